import { resolve } from 'node:path'

import type { RunEvent } from '@qarion/core'
import type { Qarion } from '@qarion/sdk'

import type { CommandLine } from './command-line/command-spec.ts'
import { DOCUMENT_VERSION } from './documents/document-version.ts'
import { toJsonText } from './documents/json-text.ts'
import type { Terminal } from './output/terminal.ts'

/** What a command has at hand. */
export interface Session {
  readonly line: CommandLine
  readonly terminal: Terminal
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** Absolute. */
  readonly projectDirectory: string
  /** The project; closed when the command ends. */
  open(onEvent?: (event: RunEvent) => void, environment?: string): Promise<Qarion>
  /** The answer of the command as the one document of `--json`. */
  printDocument(document: Readonly<Record<string, unknown>>): Promise<void>
  close(): Promise<void>
}

/** Carries out a command and resolves with its exit code. */
export type Execute = (session: Session) => Promise<number>

export function createSession(line: CommandLine, terminal: Terminal, signal: AbortSignal): Session {
  const projectDirectory = resolve(line.options.project ?? '.')
  const opened: Qarion[] = []
  return {
    line,
    terminal,
    signal,
    projectDirectory,
    async open(onEvent, environment = line.options.env) {
      // Loading it takes longer than `init` and most errors of a command line.
      const { createQarion } = await import('@qarion/sdk')
      const qarion = createQarion({
        projectDirectory,
        env: process.env,
        signal,
        ...(environment === undefined ? {} : { environment }),
        ...(onEvent === undefined ? {} : { onEvent }),
      })
      opened.push(qarion)
      return qarion
    },
    async printDocument(document) {
      const whole = { qarion: DOCUMENT_VERSION, command: line.command, ...document }
      await terminal.data.write(`${toJsonText(whole)}\n`)
    },
    async close() {
      for (const qarion of opened) await qarion.close()
    },
  }
}
