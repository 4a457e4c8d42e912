/** How the text of an option is read; the result's type stands in `ParsedOptions`. */
export type OptionValueType =
  | 'flag'
  | 'text'
  | 'texts'
  /** `name=value`, collected by name. */
  | 'assignments'
  /** As many words as follow, up to the next option. */
  | 'words'
  | 'names'
  | 'count'
  | 'batch'
  | 'batches'
  | 'duration'
  | 'time'
  | 'choice'

/** One option, as data: parsing, help, completion and the README come from it. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string
  readonly short?: string
  readonly type: OptionValueType
  /** What stands for the value in help, for instance `FILE`; a flag has none. */
  readonly placeholder?: string
  readonly summary: string
  readonly choices?: readonly string[]
  /** Least value of a `count`. */
  readonly minimum?: number
}

export interface ArgumentSpec {
  readonly name: string
  readonly summary: string
  readonly isRequired?: boolean
  readonly isRepeatable?: boolean
  readonly choices?: readonly string[]
}

export interface CommandExample {
  readonly command: string
  readonly meaning: string
}

export interface CommandSpec {
  readonly name: CommandName
  readonly group: CommandGroup
  /** One line, for lists. */
  readonly summary: string
  /** Sentences for the command's own help. */
  readonly description?: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly CommandExample[]
}

export const COMMAND_GROUPS = ['Start', 'Work', 'Look', 'Care'] as const

export type CommandGroup = (typeof COMMAND_GROUPS)[number]

export const COMMAND_NAMES = [
  'init',
  'validate',
  'test',
  'plan',
  'run',
  'retry',
  'revert',
  'publish',
  'show',
  'diff',
  'lineage',
  'status',
  'runs',
  'plugins',
  'doctor',
  'completion',
  'help',
] as const

export type CommandName = (typeof COMMAND_NAMES)[number]

/** Batches as typed: `3` or `2..5`, both ends included. */
export interface BatchRange {
  readonly from: number
  readonly to: number
}

/** The options of every command, read. An option that was not typed is absent. */
export interface ParsedOptions {
  readonly project?: string
  readonly env?: string
  readonly json?: boolean
  readonly events?: string
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly yes?: boolean
  readonly help?: boolean
  readonly version?: boolean
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly sql?: boolean
  readonly format?: string
  readonly out?: string
  readonly batch?: BatchRange
  readonly file?: string
  readonly 'batch-time'?: string
  readonly 'full-refresh'?: boolean
  readonly cascade?: boolean
  readonly accept?: readonly string[]
  readonly reason?: readonly string[]
  readonly plan?: string
  /** In the order typed; the last of a name counts. */
  readonly var?: readonly { readonly name: string; readonly value: string }[]
  /** Milliseconds. */
  readonly wait?: number
  readonly jobs?: number
  readonly where?: string
  readonly columns?: readonly string[]
  readonly limit?: number
  readonly upstream?: boolean
  readonly write?: boolean
  readonly downstream?: boolean
  readonly 'retry-dead'?: boolean
}

/** What was typed, checked against the command table. */
export interface CommandLine {
  readonly command: CommandName
  readonly arguments: readonly string[]
  readonly options: ParsedOptions
  /** The words after `qarion`, quoted for a shell where needed: for history and messages. */
  readonly typed: string
}

/** Something wrong with the command line. Plain data: making it loads nothing. */
export interface UsageProblem {
  readonly code: `QRN-CLI-${number}`
  readonly message: string
  readonly hint?: string
  /** A word that is none of the names it could be; the nearest becomes the hint. */
  readonly misspelt?: { readonly word: string; readonly names: readonly string[] }
}
