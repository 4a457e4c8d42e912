import { createHash } from 'node:crypto'

import { MAX_IDENTIFIER_BYTES, type DataType, type TableDefinition } from '@qarion/core'
import {
  createBaseDialect,
  quoteIdentifier as quote,
  quoteText,
  temporaryTable,
  type Dialect,
  type SqlColumn,
  type SqlSeries,
} from '@qarion/kit-sql'

import { AGGREGATES, WINDOWS } from './dialect/aggregates.ts'
import { cast, widen } from './dialect/casts.ts'
import { CHOICE_FUNCTIONS } from './dialect/choice-functions.ts'
import { COMPARISON_FUNCTIONS } from './dialect/comparison-functions.ts'
import { fail } from './dialect/fail.ts'
import { literal } from './dialect/literal.ts'
import { NUMBER_FUNCTIONS } from './dialect/number-functions.ts'
import { castAs, storedType } from './dialect/stored-type.ts'
import { TEXT_FUNCTIONS } from './dialect/text-functions.ts'
import {
  dateOfDays,
  daysOf,
  microsOfTimestamp,
  TIME_FUNCTIONS,
  timestampOfMicros,
} from './dialect/time-functions.ts'
import { unnest } from './dialect/unnest.ts'

const base: Dialect = createBaseDialect({ name: 'postgres', storedType, fail })
const rowIdType = 'TID'
const BATCH_COLUMN = 'xt_batch_id'

/** PostgreSQL's SQL with the semantics of Qarion: exact numbers, UTC, order by code point, failures instead of NULL. */
export const postgresDialect: Dialect = Object.freeze({
  ...base,
  quoteIdentifier,
  literal,
  placeholder: (position, type) => castAs(`$${position}`, type),
  cast,
  widen,
  functions: Object.freeze({
    ...base.functions,
    ...COMPARISON_FUNCTIONS,
    ...NUMBER_FUNCTIONS,
    ...CHOICE_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...TIME_FUNCTIONS,
  }),
  aggregates: AGGREGATES,
  windows: WINDOWS,
  // The planner turns both EXISTS and NOT EXISTS into hashed joins.
  membership: 'exists',
  series,
  unnest,
  createTable,
  addColumn: (table, column) =>
    `ALTER TABLE ${quote(table)} ADD COLUMN ${quote(column.name)} ${storedType(column.type)}`,
  createTemporaryTable: temporaryTable({ storedType, rowIdType }),
  createTemporaryTableAs,
  temporaryName: (table) => `pg_temp.${quote(table)}`,
  createView,
  rowId: 'ctid',
  rowIdType,
  shareLock: ' FOR SHARE',
  foreign: { ...base.foreign, text: foreignText },
} satisfies Dialect)

function foreignText(sql: string, { kind }: DataType): string {
  // The server breaks long lines of base64.
  if (kind === 'binary') return `translate(encode(${sql}, 'base64'), E'\\n', '')`
  // Arrays and records have a text of their own that is no JSON; text that is JSON already stays.
  return kind === 'json'
    ? `CASE WHEN pg_typeof(${sql}) IN ('text'::regtype, 'varchar'::regtype) THEN ${sql}::text ELSE to_json(${sql})::text END`
    : `${sql}::text`
}

/**
 * Names of tables and columns fit; those of common table expressions may not, and the server would cut them, the same
 * or not.
 */
function quoteIdentifier(name: string): string {
  if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) return quote(name)
  return quote(`xt:${createHash('sha256').update(name).digest('hex').slice(0, 40)}`)
}

function series({ start, stop, step, type, column, alias }: SqlSeries): string {
  const steps = (from: string, to: string, value: (n: string) => string): string =>
    `(SELECT ${value('n')} AS ${column} FROM generate_series(${from}, ${to}, ${step}::BIGINT) AS series(n)) AS ${alias}`
  if (type.kind === 'date') return steps(daysOf(start), daysOf(stop), dateOfDays)
  if (type.kind === 'timestamp')
    return steps(microsOfTimestamp(start), microsOfTimestamp(stop), timestampOfMicros)
  return steps(start, stop, (n) => n)
}

/** Unlike an INSERT it may be worked on by several processes of the server. */
function createTemporaryTableAs(
  name: string,
  columns: readonly SqlColumn[],
  select: string,
): string {
  const values = columns.map((column) => {
    const value = quoteIdentifier(column.name)
    const typed = column.isRowId === true ? value : castAs(value, column.type)
    return `${typed} AS ${value}`
  })
  return `CREATE TEMPORARY TABLE ${quote(name)} AS SELECT ${values.join(', ')} FROM (${select}) AS kept`
}

/**
 * Without an index of the key: a delivery is read whole and joined by hash, where an index only costs its making; and a
 * row of an index has no room for long keys. Rows of a batch are found in a history without reading it: they lie together.
 * Analysed while it is empty: the planner would take it for ten pages, and hash what it is joined with.
 */
function createTable({ name, columns, isWrittenOnce }: TableDefinition): readonly string[] {
  const list = columns.map(
    (column) =>
      `${quote(column.name)} ${storedType(column.type)}${column.required ? ' NOT NULL' : ''}`,
  )
  return [
    `CREATE TABLE IF NOT EXISTS ${quote(name)} (${list.join(', ')})`,
    ...(isWrittenOnce !== true && columns.some((column) => column.name === BATCH_COLUMN)
      ? [`CREATE INDEX ON ${quote(name)} USING brin (${quote(BATCH_COLUMN)})`]
      : []),
    `ANALYZE ${quote(name)}`,
  ]
}

/** Replaced in place while its columns stay, so that views of others over it stay too. */
function createView(view: string, select: string): readonly string[] {
  const statement = `VIEW ${quote(view)} AS ${select}`
  const body = [
    `BEGIN EXECUTE ${quoteText(`CREATE OR REPLACE ${statement}`)};`,
    `EXCEPTION WHEN invalid_table_definition THEN`,
    `EXECUTE ${quoteText(`DROP VIEW ${quote(view)}`)};`,
    `EXECUTE ${quoteText(`CREATE ${statement}`)}; END`,
  ].join(' ')
  return [`DO ${quoteText(body)}`]
}
