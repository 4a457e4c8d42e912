import {
  DataTypes,
  formatValue,
  MAX_DECIMAL_PRECISION,
  type DataType,
  type Value,
} from '@qarion/core'

import { sqlError, type ExecutionErrorCode } from '../sql-errors.ts'
import { BASE_AGGREGATES, BASE_WINDOWS } from './base-aggregates.ts'
import { createBaseFunctions } from './base-functions.ts'
import type { Dialect, SqlSeries } from './dialect.ts'
import type { SqlOperand } from './operand.ts'

/** What no dialect can do without. */
export interface DialectBasis {
  readonly name: string
  readonly storedType: (type: DataType) => string
  /** An expression of any type that fails the statement with a message holding `code`. */
  readonly fail: (code: ExecutionErrorCode) => string
}

/** Standard SQL, for dialects to start from: `{ ...createBaseDialect(basis), functions: { …, length } }`. */
export function createBaseDialect({ name, storedType, fail }: DialectBasis): Dialect {
  const cast = ({ sql }: SqlOperand, to: DataType): string => `CAST(${sql} AS ${storedType(to)})`
  const literal = (value: Value | null, type: DataType): string =>
    value === null ? `CAST(NULL AS ${storedType(type)})` : printLiteral(value, type, storedType)
  return {
    name,
    quoteIdentifier,
    placeholder: (position) => `$${position}`,
    literal,
    storedType,
    functions: createBaseFunctions({ cast, fail }),
    aggregates: BASE_AGGREGATES,
    windows: BASE_WINDOWS,
    cast,
    widen: cast,
    requireType: (type) => {
      if (type.kind === 'decimal' && type.precision > MAX_DECIMAL_PRECISION)
        throw tooWide(name, type.precision)
    },
    membership: 'exists',
    sortTerm: (sql, { direction, nulls }) =>
      `${sql} ${direction === 'ascending' ? 'ASC' : 'DESC'} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}`,
    series: (series) => recursiveSeries(series, (x, step) => `${x} + ${step}`),
    unnest: (array, alias) => ({
      from: `JSON_TABLE(${array}, '$[*]' COLUMNS (ordinal FOR ORDINALITY, element JSON PATH '$')) AS ${alias}`,
      element: `${alias}.element`,
      ordinal: `${alias}.ordinal`,
    }),
    createTable: (table) => [
      `CREATE TABLE IF NOT EXISTS ${quoteIdentifier(table.name)} (${table.columns
        .map(
          ({ name: column, type, required }) =>
            `${quoteIdentifier(column)} ${storedType(type)}${required ? ' NOT NULL' : ''}`,
        )
        .concat(table.isUnique ? [`UNIQUE (${table.key.map(quoteIdentifier).join(', ')})`] : [])
        .join(', ')})`,
    ],
    addColumn: (table, column) =>
      `ALTER TABLE ${quoteIdentifier(table)} ADD COLUMN ${quoteIdentifier(column.name)} ${storedType(column.type)}`,
    createTemporaryTable: temporaryTable({ storedType }),
    temporaryName: (table) => `temp.${quoteIdentifier(table)}`,
    createView: (view, select) => [`CREATE OR REPLACE VIEW ${quoteIdentifier(view)} AS ${select}`],
    rowId: 'rowid',
    foreign: {
      text: (sql) => `CAST(${sql} AS ${storedType(DataTypes.string)})`,
      number: (sql) => sql,
    },
  }
}

/** `"name"`, quotes in it doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `'text'`, quotes in it doubled. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** `createTemporaryTable` of a dialect with these types. */
export function temporaryTable({
  storedType,
  rowIdType = storedType(DataTypes.integer),
}: Pick<Dialect, 'storedType' | 'rowIdType'>): Dialect['createTemporaryTable'] {
  return (table, columns) =>
    `CREATE TEMPORARY TABLE ${quoteIdentifier(table)} (${columns
      .map(
        ({ name, type, isRowId }) =>
          `${quoteIdentifier(name)} ${isRowId === true ? rowIdType : storedType(type)}`,
      )
      .join(', ')})`
}

/** A decimal that is wider than the engine holds exactly. */
export function tooWide(dialect: string, precision: number): Error {
  return sqlError(
    'QRN-SQL-002',
    `A result has ${precision} digits; ${dialect} calculates with fewer.`,
  )
}

/** A series as a recursive query; `next` gives the value after `x`. */
export function recursiveSeries(
  { start, stop, step, column, alias, type }: SqlSeries,
  next: (x: string, step: bigint, type: DataType) => string,
): string {
  const following = next(column, step, type)
  const isInside = step > 0n ? '<=' : '>='
  return (
    `(WITH RECURSIVE steps(${column}) AS (SELECT ${start} WHERE ${start} ${isInside} ${stop}` +
    ` UNION ALL SELECT ${following} FROM steps WHERE ${following} ${isInside} ${stop})` +
    ` SELECT ${column} FROM steps) AS ${alias}`
  )
}

function printLiteral(
  value: Value,
  type: DataType,
  storedType: (type: DataType) => string,
): string {
  switch (type.kind) {
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    case 'string':
    case 'json':
      return quoteText(value as string)
    case 'binary':
      return `X'${toHex(value as Uint8Array)}'`
    default:
      return `CAST(${quoteText(formatValue(type, value))} AS ${storedType(type)})`
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
