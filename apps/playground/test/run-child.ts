import { spawn } from 'node:child_process'

/** How a process ended, and all that it printed. */
export interface Outcome {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
  readonly durationMs: number
}

/** Runs a script to its end, or kills it after so many milliseconds. */
export function runChild(
  script: string,
  words: readonly string[],
  killAfterMs?: number,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, output, durationMs: performance.now() - startedAt })
    })
  })
}
