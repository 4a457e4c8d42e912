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
  /** Keys that every table of its kind has and that this option stands in the place of. */
  readonly insteadOf?: readonly string[]
  /** Of a format: where it is set, a delivery holds some of the rows, and what is absent from it is not deleted. */
  readonly makesPartial?: boolean
  /** Of a task: the option names a format, whose own options stand beside it. */
  readonly formatOf?: 'loader' | 'exporter'
  /** Left out of prompts and short help. */
  readonly isAdvanced?: boolean
}

/**
 * `path`: within the project unless `allowed_paths` says more; handed over absolute. `duration`: `30m`, handed over in
 * milliseconds. `size`: `256MB`, handed over in bytes. `secret`: handed over as a `Secret`. `json`: handed over as is,
 * references in it are not resolved. `connection` and `environment`: a name of the project, for `host.openEngine`.
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
  | 'connection'
  | 'environment'
  | 'table'
  | 'json'

/** Options after checking, defaults filled in. */
export type ResolvedOptions = Readonly<Record<string, unknown>>
