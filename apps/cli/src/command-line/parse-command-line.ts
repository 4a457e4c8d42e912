import { parseArgs } from 'node:util'

import type {
  CommandLine,
  CommandName,
  CommandSpec,
  OptionSpec,
  ParsedOptions,
  UsageProblem,
} from './command-spec.ts'
import { COMMANDS, findCommand } from './command-table.ts'
import { GLOBAL_OPTIONS } from './global-options.ts'
import { COMMAND_HABITS, OPTION_HABITS } from './habits.ts'
import { readOptionValue } from './option-values.ts'
import { quoteWords } from './quote-words.ts'

/** What a command line asks for, or everything that is wrong with it. */
export type ParseResult =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly command?: CommandName }
  | { readonly kind: 'command'; readonly line: CommandLine }
  | {
      readonly kind: 'wrong'
      readonly command?: CommandName
      readonly problems: readonly UsageProblem[]
    }

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
}

/** Reads the words after `qarion`. Loads nothing and throws nothing. */
export function parseCommandLine(words: readonly string[]): ParseResult {
  const { options, positionals } = tokenize(words)
  const wantsHelp = options.some((option) => option.name === 'help')
  const [name, ...rest] = positionals
  if (name === undefined) {
    if (options.some((option) => option.name === 'version')) return { kind: 'version' }
    const { problems } = readOptions(options, undefined, [])
    return wantsHelp || problems.length === 0 ? { kind: 'help' } : { kind: 'wrong', problems }
  }
  const command = findCommand(name)
  if (command === undefined) {
    // What was taken for a command may be the value of an option that nobody has.
    const strange = options.filter((option) => !ALL_OPTIONS.has(option.name))
    const { problems } = readOptions(strange, undefined, [])
    return { kind: 'wrong', problems: [...problems, unknownCommand(name)] }
  }
  if (wantsHelp) return { kind: 'help', command: command.name }

  const read = readOptions(options, command, rest)
  const problems = [...read.problems, ...checkArguments(command, rest), ...checkPairs(read.values)]
  if (problems.length > 0) return { kind: 'wrong', command: command.name, problems }
  if (read.values.version) return { kind: 'version' }
  if (command.name === 'help') {
    return rest[0] === undefined
      ? { kind: 'help' }
      : { kind: 'help', command: rest[0] as CommandName }
  }
  return {
    kind: 'command',
    line: {
      command: command.name,
      arguments: rest,
      options: read.values,
      typed: quoteWords(words),
    },
  }
}

// No two commands give one option name different shapes, so a word can be read before the command is known.
const ALL_OPTIONS: ReadonlyMap<string, OptionSpec> = new Map(
  [...COMMANDS.flatMap((command) => command.options), ...GLOBAL_OPTIONS].map((option) => [
    option.name,
    option,
  ]),
)

const PARSER_OPTIONS = Object.fromEntries(
  Array.from(ALL_OPTIONS.values(), (option) => [
    option.name,
    {
      type: option.type === 'flag' ? ('boolean' as const) : ('string' as const),
      ...(option.short === undefined ? {} : { short: option.short }),
    },
  ]),
)

function tokenize(words: readonly string[]): {
  readonly options: readonly OptionToken[]
  readonly positionals: readonly string[]
} {
  const { tokens } = parseArgs({
    args: [...words],
    options: PARSER_OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const options: OptionToken[] = []
  const positionals: string[] = []
  let open: OptionToken | undefined
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (open === undefined) positionals.push(token.value)
      else options.push({ ...open, value: token.value })
    } else open = undefined
    if (token.kind === 'option') {
      // `--out --json`: the value was forgotten, the next option is not it.
      const isForgotten = token.inlineValue === false && /^--[a-z]/.test(token.value)
      options.push({
        name: token.name,
        rawName: token.rawName,
        value: isForgotten ? undefined : token.value,
      })
      const takesMore =
        positionals.length > 0 &&
        ALL_OPTIONS.get(token.name)?.type === 'words' &&
        token.inlineValue === false &&
        !isForgotten
      if (takesMore) open = { name: token.name, rawName: token.rawName, value: undefined }
      if (isForgotten) options.push(...tokenize([token.value]).options)
    }
  }
  return { options, positionals }
}

function readOptions(
  tokens: readonly OptionToken[],
  command: CommandSpec | undefined,
  positionals: readonly string[],
): { readonly values: ParsedOptions; readonly problems: readonly UsageProblem[] } {
  const known = [...(command?.options ?? []), ...GLOBAL_OPTIONS]
  const values: Record<string, unknown> = {}
  const problems: UsageProblem[] = []
  for (const token of tokens) {
    const option = known.find(({ name }) => name === token.name)
    if (option === undefined) {
      problems.push(unknownOption(token, command, positionals))
    } else if (option.type === 'flag') {
      if (token.value === undefined) values[option.name] = true
      else problems.push(wrongValue(token, 'no value', token.value))
    } else if (token.value === undefined) {
      problems.push({
        code: 'QRN-CLI-004',
        message: `${token.rawName} needs a value.`,
        hint: `Type \`${token.rawName} ${option.placeholder ?? 'VALUE'}\`: ${option.summary}.`,
      })
    } else {
      const read = readOptionValue(option, token.value)
      if (!read.isValid) problems.push(wrongValue(token, read.expected, token.value))
      else if (isList(option)) {
        const present = (values[option.name] ?? []) as readonly unknown[]
        values[option.name] = present.concat(read.value)
      } else values[option.name] = read.value
    }
  }
  return { values, problems }
}

function isList(option: OptionSpec): boolean {
  return ['texts', 'names', 'words', 'assignments'].includes(option.type)
}

function wrongValue(token: OptionToken, expected: string, value: string): UsageProblem {
  return {
    code: 'QRN-CLI-005',
    message: `${token.rawName} is \`${value}\`; it takes ${expected}.`,
  }
}

function unknownCommand(name: string): UsageProblem {
  const habit = Object.hasOwn(COMMAND_HABITS, name) ? COMMAND_HABITS[name] : undefined
  const message = `There is no command \`${name}\`.`
  return habit === undefined
    ? {
        code: 'QRN-CLI-001',
        message,
        hint: '`qarion --help` lists the commands.',
        misspelt: {
          word: name,
          names: [...COMMANDS.map((command) => command.name), ...Object.keys(COMMAND_HABITS)],
        },
      }
    : { code: 'QRN-CLI-001', message, hint: `Type \`qarion ${habit.use}\`: ${habit.why}.` }
}

function unknownOption(
  token: OptionToken,
  command: CommandSpec | undefined,
  positionals: readonly string[],
): UsageProblem {
  const of = command === undefined ? 'qarion' : `qarion ${command.name}`
  const message = `\`${of}\` has no option ${token.rawName}.`
  const habit = Object.hasOwn(OPTION_HABITS, token.rawName)
    ? OPTION_HABITS[token.rawName]
    : undefined
  if (habit !== undefined) {
    const flows = positionals.length > 0 ? ` ${quoteWords(positionals)}` : ''
    const use = habit.use === 'FLOW…' ? (flows === '' ? ' FLOW' : flows) : ` ${habit.use}`
    const typed = habit.isCommand
      ? `qarion ${habit.use}${flows}`
      : habit.use.startsWith('NO_COLOR')
        ? `${habit.use} ${of}`
        : `${of}${use}`
    return { code: 'QRN-CLI-002', message, hint: `Type \`${typed}\`: ${habit.why}.` }
  }
  const owners = COMMANDS.filter((other) => other.options.some(({ name }) => name === token.name))
  if (owners.length > 0) {
    const names = owners.map((owner) => `\`qarion ${owner.name}\``).join(', ')
    return { code: 'QRN-CLI-002', message, hint: `${token.rawName} is an option of ${names}.` }
  }
  return {
    code: 'QRN-CLI-002',
    message,
    hint: `\`${of} --help\` lists the options.`,
    misspelt: {
      word: token.rawName,
      names: [...(command?.options ?? []), ...GLOBAL_OPTIONS].map(({ name }) => `--${name}`),
    },
  }
}

function checkArguments(command: CommandSpec, given: readonly string[]): UsageProblem[] {
  const usage = `Type \`${usageOf(command)}\`.`
  const problems: UsageProblem[] = []
  for (const [index, argument] of command.arguments.entries()) {
    const value = given[index]
    if (value === undefined) {
      if (argument.isRequired) {
        problems.push({
          code: 'QRN-CLI-003',
          message: `\`qarion ${command.name}\` needs ${argument.name.toUpperCase()}: ${argument.summary}.`,
          hint: usage,
        })
      }
      continue
    }
    const names =
      command.name === 'help' ? COMMANDS.map(({ name }) => name as string) : argument.choices
    if (names !== undefined && !names.includes(value)) {
      problems.push(
        command.name === 'help'
          ? unknownCommand(value)
          : {
              code: 'QRN-CLI-003',
              message: `\`qarion ${command.name}\` takes ${names.join(', ')}, not \`${value}\`.`,
              hint: usage,
              misspelt: { word: value, names },
            },
      )
    }
  }
  const isOpen = command.arguments.some((argument) => argument.isRepeatable)
  const extra = given.slice(command.arguments.length)
  if (!isOpen && extra.length > 0) {
    problems.push({
      code: 'QRN-CLI-003',
      message: `\`qarion ${command.name}\` takes no further \`${quoteWords(extra)}\`.`,
      hint: usage,
    })
  }
  return problems
}

/** The command with its arguments, as one types it. */
export function usageOf(command: CommandSpec): string {
  const words = command.arguments.map((argument) => {
    const name = argument.isRequired
      ? argument.name.toUpperCase()
      : `${argument.name}${argument.isRepeatable ? '…' : ''}`
    return argument.isRequired ? name : `[${name}]`
  })
  return ['qarion', command.name, ...words].join(' ')
}

function checkPairs(options: ParsedOptions): UsageProblem[] {
  const accepted = options.accept?.length ?? 0
  const reasons = options.reason?.length ?? 0
  if (accepted === reasons) return []
  return [
    {
      code: 'QRN-CLI-006',
      message:
        accepted > reasons
          ? 'Every --accept needs a --reason.'
          : 'There are more --reason than --accept.',
      hint: 'Type `--accept GUARD --reason "why it may pass"`; the reason is kept with the run.',
    },
  ]
}
