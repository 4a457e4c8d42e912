import { spawn } from 'node:child_process'

import type { UnprivilegedUser } from './unprivileged-user.ts'

export interface ProgramOptions {
  readonly user: UnprivilegedUser | undefined
  readonly cwd: string
}

/** Runs a program to its end and returns what it wrote, which is in the error if it fails. */
export function runProgram(
  program: string,
  words: readonly string[],
  { user, cwd }: ProgramOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      ...user,
      cwd,
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ended with ${code ?? signal}:\n${output}`))
    })
  })
}

/** Nothing of the caller's locale or of its PG… variables. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env
  return {
    LC_ALL: 'C',
    ...(PATH === undefined ? {} : { PATH }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    ...(TEMP === undefined ? {} : { TEMP }),
  }
}
