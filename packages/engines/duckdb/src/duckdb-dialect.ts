import type { DataType, TableDefinition } from '@qarion/core'
import { createBaseDialect, quoteIdentifier, type Dialect, type SqlSeries } from '@qarion/kit-sql'

import { AGGREGATES, WINDOWS } from './dialect/aggregates.ts'
import { cast, widen } from './dialect/casts.ts'
import { CHOICE_FUNCTIONS } from './dialect/choice-functions.ts'
import { fail } from './dialect/fail.ts'
import { literal } from './dialect/literal.ts'
import { NUMBER_FUNCTIONS } from './dialect/number-functions.ts'
import { storedType } from './dialect/stored-type.ts'
import { TEXT_FUNCTIONS } from './dialect/text-functions.ts'
import { dateOfDays, daysOf, TIME_FUNCTIONS } from './dialect/time-functions.ts'
import { unnest } from './dialect/unnest.ts'

const base: Dialect = createBaseDialect({ name: 'duckdb', storedType, fail })

/** DuckDB's SQL with the semantics of Qarion: exact numbers, UTC, order by code point, failures instead of NULL. */
export const duckdbDialect: Dialect = Object.freeze({
  ...base,
  literal,
  placeholder: (position, type) => `CAST($${position} AS ${storedType(type)})`,
  cast,
  widen,
  functions: Object.freeze({
    ...base.functions,
    ...NUMBER_FUNCTIONS,
    ...CHOICE_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...TIME_FUNCTIONS,
  }),
  aggregates: AGGREGATES,
  windows: WINDOWS,
  // A join that DuckDB hashes; it takes plain and null-safe equality alike.
  membership: 'join',
  series,
  unnest,
  createTable,
  foreign: { ...base.foreign, text: foreignText },
} satisfies Dialect)

function foreignText(sql: string, { kind }: DataType): string {
  const text = `CAST(${sql} AS VARCHAR)`
  if (kind === 'binary') return `to_base64(CAST(${sql} AS BLOB))`
  // Lists and structures have a text of their own that is no JSON; text that is JSON already stays.
  return kind === 'json'
    ? `CASE typeof(${sql}) WHEN 'VARCHAR' THEN ${text} ELSE CAST(to_json(${sql}) AS VARCHAR) END`
    : text
}

function series({ start, stop, step, type, column, alias }: SqlSeries): string {
  const steps = (from: string, to: string, value: (n: string) => string): string =>
    `(SELECT ${value('n')} AS ${column} FROM generate_series(${from}, ${to}, ${step}::BIGINT) AS series(n)) AS ${alias}`
  if (type.kind === 'date') return steps(daysOf(start), daysOf(stop), dateOfDays)
  if (type.kind === 'timestamp')
    return steps(`epoch_us(${start})`, `epoch_us(${stop})`, (n) => `make_timestamp(${n})`)
  return steps(start, stop, (n) => n)
}

/** Without indexes: they make loads several times slower, and DuckDB finds rows by scans and hash joins anyway. */
function createTable({ name, columns }: TableDefinition): readonly string[] {
  const list = columns.map(
    (column) =>
      `${quoteIdentifier(column.name)} ${storedType(column.type)}${column.required ? ' NOT NULL' : ''}`,
  )
  return [`CREATE TABLE IF NOT EXISTS ${quoteIdentifier(name)} (${list.join(', ')})`]
}
