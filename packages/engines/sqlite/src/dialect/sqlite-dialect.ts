import {
  formatType,
  formatValue,
  type DataType,
  type TableDefinition,
  type Value,
} from '@qarion/core'
import {
  createBaseDialect,
  quoteIdentifier,
  quoteText,
  recursiveSeries,
  sqlError,
  type Dialect,
} from '@qarion/kit-sql'

import { MAX_PRECISION, STORED_TYPES } from '../sqlite-types.ts'
import { SQLITE_AGGREGATES, SQLITE_WINDOWS } from './sqlite-aggregates.ts'
import { castSqlite, widenSqlite } from './sqlite-cast.ts'
import { SQLITE_FUNCTIONS } from './sqlite-functions.ts'

const storedType = ({ kind }: DataType): string => STORED_TYPES[kind]

/** What SQLite says differently. Functions that start with `xt_` are registered by the worker. */
export const sqliteDialect: Dialect = Object.freeze<Dialect>({
  ...createBaseDialect({ name: 'sqlite', storedType, fail: (code) => `xt_fail('${code}')` }),
  placeholder: (position) => `?${position}`,
  literal: (value, type) => (value === null ? 'NULL' : printLiteral(value, type)),
  functions: SQLITE_FUNCTIONS,
  aggregates: SQLITE_AGGREGATES,
  windows: SQLITE_WINDOWS,
  cast: castSqlite,
  widen: widenSqlite,
  requireType: (type) => {
    if (type.kind !== 'decimal' || type.precision <= MAX_PRECISION) return
    throw sqlError(
      'QRN-SQL-002',
      `SQLite calculates with decimals of up to ${MAX_PRECISION} digits; the plan needs ${formatType(type)}.`,
    )
  },
  membership: 'lookup',
  series: (series) =>
    recursiveSeries(series, (x, step, { kind }) =>
      kind === 'date' ? `date(${x}, '${step > 0n ? '+' : ''}${step} days')` : `${x} + ${step}`,
    ),
  unnest: (array, alias) => ({
    from: `json_each(${array}) AS ${alias}`,
    // json_each turns numbers into 64 bits or doubles; the path keeps their digits.
    element: `(${array} -> ${alias}.key)`,
    ordinal: `(${alias}.key + 1)`,
  }),
  createTable: (table) => [createTable(table), ...createKeyIndex(table)],
  createTemporaryTable: (name, columns) =>
    `CREATE TEMPORARY TABLE ${quoteIdentifier(name)} (${columns
      .map((column) => `${quoteIdentifier(column.name)} ${storedType(column.type)}`)
      .join(', ')}) STRICT`,
  createView: (name, select) => [
    `DROP VIEW IF EXISTS ${quoteIdentifier(name)}`,
    `CREATE VIEW ${quoteIdentifier(name)} AS ${select}`,
  ],
  foreign: {
    text: (sql) => `xt_foreign_text(${sql})`,
    // Numbers may be stored as text; SQLite would compare them as such.
    number: (sql) => `CAST(${sql} AS NUMERIC)`,
  },
  // The other names of it, rowid and oid, are likelier to be names of columns.
  rowId: '_rowid_',
})

/** The statement that creates the table; `rowIdKey` names the integer column by which its rows are stored, if one is. */
export function createTable({ name, columns }: TableDefinition, rowIdKey?: string): string {
  const definitions = columns.map(
    (column) =>
      `${quoteIdentifier(column.name)} ${storedType(column.type)}` +
      `${column.name === rowIdKey ? ' PRIMARY KEY' : ''}${column.required ? ' NOT NULL' : ''}`,
  )
  return `CREATE TABLE IF NOT EXISTS ${quoteIdentifier(name)} (${definitions.join(', ')}) STRICT`
}

/** Name of the index over a table's key, quoted. */
export function keyIndexName(table: string): string {
  return quoteIdentifier(`xt_key_${table}`)
}

/** The statement that creates the index over the key, if there is a key. */
export function createKeyIndex({ name, key, isUnique }: TableDefinition): readonly string[] {
  if (key.length === 0) return []
  return [
    `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${keyIndexName(name)}` +
      ` ON ${quoteIdentifier(name)} (${key.map(quoteIdentifier).join(', ')})`,
  ]
}

function printLiteral(value: Value, type: DataType): string {
  switch (type.kind) {
    case 'boolean':
      return value === true ? '1' : '0'
    case 'integer':
    case 'decimal':
    case 'time':
    case 'timestamp':
      return String(value)
    case 'float': {
      const text = formatValue(type, value)
      return /[.e]/.test(text) ? text : `${text}.0`
    }
    case 'string':
    case 'json':
      return quoteText(value as string)
    case 'date':
      return quoteText(formatValue(type, value))
    case 'binary':
      return `X'${Buffer.from(value as Uint8Array).toString('hex')}'`
  }
}
