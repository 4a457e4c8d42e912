import { toQarionError, type QarionError } from '@qarion/core'

import { fileError } from './cli-errors.ts'
import type { UsageProblem } from './command-line/command-spec.ts'
import type { ParseResult } from './command-line/parse-command-line.ts'
import { loadCommand } from './commands/load-command.ts'
import { errorDocument } from './documents/error-document.ts'
import { toJsonText } from './documents/json-text.ts'
import { EXIT_DONE, EXIT_INTERRUPTED, exitCodeOfError } from './exit-codes.ts'
import { watchSignals } from './interruption.ts'
import { renderError, type ErrorStyle } from './output/render-error.ts'
import { createTerminal, type Terminal } from './output/terminal.ts'
import { createSession } from './session.ts'
import { usageErrorOf } from './usage-error-of.ts'

/** Carries out what was typed, prints what went wrong, and ends the process with the exit code of the outcome. */
export async function main(
  parsed: Extract<ParseResult, { kind: 'command' | 'wrong' }>,
  words: readonly string[],
): Promise<void> {
  const options = parsed.kind === 'command' ? parsed.line.options : undefined
  const terminal = createTerminal({
    isQuiet: options?.quiet ?? false,
    isVerbose: options?.verbose ?? false,
    isJson: options?.json ?? words.includes('--json'),
  })
  let exitCode =
    parsed.kind === 'command'
      ? await execute(parsed, terminal)
      : await reportUsage(parsed, terminal)
  // What was written must have left before the process ends.
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  if (terminal.data.failure !== undefined && exitCode === EXIT_DONE) {
    const error = fileError('write', 'the output', terminal.data.failure)
    exitCode = exitCodeOfError(error)
    await terminal.notes.write(renderError(error, errorStyle(terminal)))
  }
  process.exit(exitCode)
}

async function execute(
  { line }: Extract<ParseResult, { kind: 'command' }>,
  terminal: Terminal,
): Promise<number> {
  const interruption = watchSignals(terminal)
  const session = createSession(line, terminal, interruption.signal)
  let exitCode: number
  try {
    const command = await loadCommand(line.command)
    try {
      exitCode = await command(session)
    } finally {
      await session.close()
    }
  } catch (thrown) {
    const error = toQarionError(thrown)
    exitCode = exitCodeOfError(error)
    await reportError(error, line.command, exitCode, terminal)
  }
  return exitCode === EXIT_INTERRUPTED ? (interruption.exitCode ?? EXIT_INTERRUPTED) : exitCode
}

async function reportUsage(
  wrong: { readonly command?: string; readonly problems: readonly UsageProblem[] },
  terminal: Terminal,
): Promise<number> {
  const error = usageErrorOf(wrong.problems)
  const exitCode = exitCodeOfError(error)
  await reportError(error, wrong.command, exitCode, terminal)
  return exitCode
}

async function reportError(
  error: QarionError,
  command: string | undefined,
  exitCode: number,
  terminal: Terminal,
): Promise<void> {
  if (terminal.isJson) {
    await terminal.data.write(`${toJsonText(errorDocument(error, command, exitCode))}\n`)
    return
  }
  await terminal.notes.write(renderError(error, errorStyle(terminal)))
}

function errorStyle({ isVerbose, notes }: Terminal): ErrorStyle {
  return { colors: notes.colors, width: notes.width ?? 120, isVerbose }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}
