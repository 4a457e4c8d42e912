/** A value as it stands in a project file. */
export type TomlValue =
  | string
  | number
  | bigint
  | boolean
  | readonly TomlValue[]
  | { readonly [key: string]: TomlValue | undefined }

export interface WriteTomlOptions {
  /** Path or address for the `#:schema` line that editors read. */
  readonly schemaPath?: string
  /** Comments by path of keys joined by a point, such as `input.columns.0`: printed at the end of its line or above its table. */
  readonly comments?: Readonly<Record<string, string>>
}

type Table = { readonly [key: string]: TomlValue | undefined }

/**
 * Prints TOML as people write it: single values before tables, a table per header, a list of tables with one inline
 * table per line. Keys keep their order; `undefined` is left out.
 */
export function writeToml(document: Table, options: WriteTomlOptions = {}): string {
  const lines = options.schemaPath === undefined ? [] : [`#:schema ${options.schemaPath}`, '']
  writeTable(document, [], lines, new Map(Object.entries(options.comments ?? {})))
  return `${lines.join('\n')}\n`
}

function writeTable(
  table: Table,
  path: readonly string[],
  lines: string[],
  comments: ReadonlyMap<string, string>,
): void {
  const entries = Object.entries(table).filter(
    (entry): entry is [string, TomlValue] => entry[1] !== undefined,
  )
  const own = entries.filter(([, value]) => !isTable(value))
  const tables = entries.filter((entry): entry is [string, Table] => isTable(entry[1]))
  if (path.length > 0 && (own.length > 0 || tables.length === 0)) {
    if (lines.length > 0 && lines.at(-1) !== '') lines.push('')
    const comment = comments.get(path.join('.'))
    if (comment !== undefined) lines.push(...commentLines(comment))
    lines.push(`[${path.map(tomlKey).join('.')}]`)
  }
  for (const [key, value] of own) writeEntry([...path, key], value, lines, comments)
  for (const [key, inner] of tables) writeTable(inner, [...path, key], lines, comments)
}

function writeEntry(
  path: readonly string[],
  value: TomlValue,
  lines: string[],
  comments: ReadonlyMap<string, string>,
): void {
  const name = path.join('.')
  const key = tomlKey(path.at(-1) ?? '')
  const tail = (at: string): string => {
    const comment = comments.get(at)
    return comment === undefined ? '' : ` # ${comment.replaceAll(/[\r\n]+/g, ' ')}`
  }
  if (Array.isArray(value) && value.some((item) => isTable(item))) {
    lines.push(`${key} = [${tail(name)}`)
    for (const [index, item] of (value as readonly TomlValue[]).entries()) {
      lines.push(`  ${inline(item)},${tail(`${name}.${index}`)}`)
    }
    lines.push(']')
  } else lines.push(`${key} = ${inline(value)}${tail(name)}`)
}

function inline(value: TomlValue): string {
  if (typeof value === 'string') return tomlString(value)
  if (typeof value === 'number') return tomlNumber(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map((item: TomlValue) => inline(item)).join(', ')}]`
  const entries = Object.entries(value as Table).flatMap(([key, inner]) =>
    inner === undefined ? [] : [`${tomlKey(key)} = ${inline(inner)}`],
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function isTable(value: TomlValue | undefined): value is Table {
  return typeof value === 'object' && !Array.isArray(value)
}

function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key)
}

/** JSON's escapes are TOML's, but for DEL, which TOML wants escaped too. */
function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f')
}

function tomlNumber(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = Object.is(value, -0) ? '-0.0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function commentLines(comment: string): string[] {
  return comment.split(/\r?\n/).map((line) => `# ${line}`.trimEnd())
}
