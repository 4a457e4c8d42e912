import { COMMAND_GROUPS, type CommandSpec, type OptionSpec } from './command-spec.ts'
import { COMMANDS } from './command-table.ts'
import { GLOBAL_OPTIONS } from './global-options.ts'
import { usageOf } from './parse-command-line.ts'

export interface HelpStyle {
  readonly heading: (text: string) => string
  readonly dim: (text: string) => string
}

/** What the numbers mean that `qarion` ends with. */
export const EXIT_CODES: readonly { readonly code: string; readonly meaning: string }[] = [
  { code: '0', meaning: 'done, or nothing to do' },
  { code: '1', meaning: 'a run or a test failed' },
  { code: '2', meaning: 'the project or the command line is wrong' },
  { code: '3', meaning: 'partly done: some flows failed or were refused' },
  { code: '4', meaning: 'refused by a guard, a contract, a check, or by bad data' },
  { code: '5', meaning: 'another process holds the data' },
  { code: '130, 143', meaning: 'interrupted (Ctrl-C, SIGTERM); the state is clean' },
]

/** `qarion --help`. */
export function renderHelp(style: HelpStyle): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  const groups = COMMAND_GROUPS.map((group) => {
    const lines = COMMANDS.filter((command) => command.group === group).map(
      ({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`,
    )
    return [style.heading(group), ...lines].join('\n')
  })
  return [
    `${style.heading('qarion')}: change feeds from the files you receive`,
    `${style.heading('Usage')}\n  qarion COMMAND [arguments] [options]`,
    ...groups,
    renderOptions('Everywhere', GLOBAL_OPTIONS, style),
    `${style.heading('Exit codes')}\n${rows(EXIT_CODES.map(({ code, meaning }) => [code, meaning]))}`,
    `${style.dim('`qarion help COMMAND` says more. Begin with `qarion init shop`.')}\n`,
  ].join('\n\n')
}

/** `qarion COMMAND --help`. */
export function renderCommandHelp(command: CommandSpec, style: HelpStyle): string {
  const sections = [
    `${style.heading(`qarion ${command.name}`)}: ${command.summary}`,
    ...(command.description === undefined ? [] : [command.description]),
    `${style.heading('Usage')}\n  ${usageOf(command)}${command.options.length > 0 ? ' [options]' : ''}`,
  ]
  if (command.arguments.length > 0) {
    const lines = rows(command.arguments.map(({ name, summary }) => [name, summary]))
    sections.push(`${style.heading('Arguments')}\n${lines}`)
  }
  if (command.options.length > 0) sections.push(renderOptions('Options', command.options, style))
  sections.push(renderOptions('Everywhere', GLOBAL_OPTIONS, style))
  const examples = command.examples.map(
    ({ command: typed, meaning }) => `  ${typed}\n      ${style.dim(meaning)}`,
  )
  sections.push(`${style.heading('Examples')}\n${examples.join('\n')}`)
  return `${sections.join('\n\n')}\n`
}

/** The option as one types it: `-q, --quiet`, `--env NAME`. */
export function optionUsage(option: OptionSpec): string {
  const short = option.short === undefined ? '' : `-${option.short}, `
  return `${short}--${option.name}${option.placeholder === undefined ? '' : ` ${option.placeholder}`}`
}

/** The summary with what may be chosen. */
export function optionSummary(option: OptionSpec): string {
  return option.choices === undefined
    ? option.summary
    : `${option.summary}: ${option.choices.join(', ')}`
}

function renderOptions(title: string, options: readonly OptionSpec[], style: HelpStyle): string {
  const lines = rows(options.map((option) => [optionUsage(option), optionSummary(option)]))
  return `${style.heading(title)}\n${lines}`
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length))
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
