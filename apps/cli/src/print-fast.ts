import type { CommandSpec } from './command-line/command-spec.ts'
import { findCommand } from './command-line/command-table.ts'
import { renderCompletion, type Shell } from './command-line/completion.ts'
import { renderCommandHelp, renderHelp, type HelpStyle } from './command-line/help.ts'
import type { ParseResult } from './command-line/parse-command-line.ts'
import { hasColors } from './output/colors.ts'
import { ownVersion } from './own-package.ts'

/** Prints what needs no project: help, version, completion. */
export function printFast(parsed: ParseResult): void {
  // `qarion --help | head -1` closes the pipe early, and that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  process.stdout.write(textOf(parsed))
}

function textOf(parsed: ParseResult): string {
  if (parsed.kind === 'version') return `${ownVersion()}\n`
  if (parsed.kind === 'command') return renderCompletion(parsed.line.arguments[0] as Shell)
  if (parsed.kind === 'help' && parsed.command !== undefined) {
    return renderCommandHelp(findCommand(parsed.command) as CommandSpec, styleOf())
  }
  return renderHelp(styleOf())
}

function styleOf(): HelpStyle {
  const isOn = hasColors(process.stdout)
  const wrap =
    (open: number, close: number) =>
    (text: string): string =>
      isOn ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return { heading: wrap(1, 22), dim: wrap(2, 22) }
}
