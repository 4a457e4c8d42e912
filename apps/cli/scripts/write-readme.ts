// Writes the command reference of README.md from the command table; with --check it only says whether it would change.
import { readFileSync, writeFileSync } from 'node:fs'

import {
  COMMAND_GROUPS,
  type CommandSpec,
  type OptionSpec,
} from '../src/command-line/command-spec.ts'
import { COMMANDS } from '../src/command-line/command-table.ts'
import { GLOBAL_OPTIONS } from '../src/command-line/global-options.ts'
import { EXIT_CODES, optionSummary, optionUsage } from '../src/command-line/help.ts'
import { usageOf } from '../src/command-line/parse-command-line.ts'

const README = new URL('../README.md', import.meta.url)
const BEGIN = '<!-- commands: written by scripts/write-readme.ts -->\n'
const END = '<!-- /commands -->'

const present = readFileSync(README, 'utf8')
const from = present.indexOf(BEGIN) + BEGIN.length
const to = present.indexOf(END)
const wanted = `${present.slice(0, from)}\n${reference()}\n${present.slice(to)}`

if (wanted === present) process.exit(0)
if (process.argv.includes('--check')) {
  process.stderr.write(
    'README.md is not what the command table says: run scripts/write-readme.ts\n',
  )
  process.exit(1)
}
writeFileSync(README, wanted)

function reference(): string {
  const commands = COMMAND_GROUPS.flatMap((group) =>
    COMMANDS.filter((command) => command.group === group).map(section),
  )
  return [
    ...commands,
    '### Everywhere\n',
    optionTable(GLOBAL_OPTIONS),
    '### Exit codes\n',
    table(
      ['code', 'meaning'],
      EXIT_CODES.map(({ code, meaning }) => [code, meaning]),
    ),
  ].join('\n')
}

function section(command: CommandSpec): string {
  const parts = [
    `### \`${usageOf(command)}\`\n`,
    `${sentence(command.summary)}${command.description === undefined ? '' : ` ${command.description}`}\n`,
  ]
  if (command.options.length > 0) parts.push(optionTable(command.options))
  const examples = command.examples.map(({ command: typed, meaning }) => `${typed}   # ${meaning}`)
  parts.push(`\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`)
  return parts.join('\n')
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function optionTable(options: readonly OptionSpec[]): string {
  return table(
    ['option', 'meaning'],
    options.map((option) => [`\`${optionUsage(option)}\``, optionSummary(option)]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))
  const lines = [head, head.map(() => '---'), ...escaped]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}
