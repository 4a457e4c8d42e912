/**
 * An option as data: its check, its JSON Schema, its prompt and its line in a README all come from this one value.
 */
export interface OptionDescriptor {
  readonly name: string
  readonly type: OptionType
  readonly description: string
  readonly isRequired?: boolean
  /** Used where the option is absent; the only home of the default. */
  readonly default?: string | number | boolean
  /** The values that a `choice` admits. */
  readonly choices?: readonly string[]
  /** Bounds of an `integer` or `number`. */
  readonly minimum?: number
  readonly maximum?: number
  /** Left out of prompts and short help. */
  readonly isAdvanced?: boolean
}

/**
 * `path`: within the project unless `allowed_paths` says more; handed over absolute. `duration`: `30m`, handed over in
 * milliseconds. `size`: `256MB`, handed over in bytes. `secret`: handed over as a `Secret`. `json`: handed over as is,
 * references in it are not resolved.
 */
export type OptionType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'path'
  | 'duration'
  | 'size'
  | 'secret'
  | 'strings'
  | 'column'
  | 'columns'
  | 'expression'
  | 'table'
  | 'json'

/** Options after checking, defaults filled in. */
export type ResolvedOptions = Readonly<Record<string, unknown>>
