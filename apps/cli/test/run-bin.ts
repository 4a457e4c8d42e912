import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const BIN: string = fileURLToPath(new URL('../bin/qarion.js', import.meta.url))

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The real command in a process of its own, without a terminal. */
export function runBin(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return runNode([BIN, ...words], options)
}

export function runNode(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { COLUMNS: _, FORCE_COLOR: __, ...env } = process.env
  const child = spawn(process.execPath, words, {
    cwd: options.cwd ?? tmpdir(),
    env: { ...env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) =>
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    )
  })
}

/** A folder of its own that goes away with the test. */
export function createFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'qarion-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Puts the packages of the workspace where an install would put them. */
export function linkPackages(project: string): void {
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  symlinkSync(
    fileURLToPath(new URL('../node_modules/@qarion', import.meta.url)),
    join(project, 'node_modules/@qarion'),
    'dir',
  )
}
