import { DataTypes, type ForeignReadRequest } from '@qarion/core'

import { quoteText } from '../dialect/base-dialect.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { SqlColumn, SqlStatement } from './sql-session.ts'

/** The statement that reads a table or query of somebody else, each column as text. */
export function foreignReadStatement(
  { relation, columns, from, orderBy }: ForeignReadRequest,
  dialect: Dialect,
): SqlStatement & { readonly columns: readonly SqlColumn[] } {
  const { quoteIdentifier, foreign } = dialect
  const texts = columns.map(({ name, type }) => foreign.text(quoteIdentifier(name), type))
  const source =
    relation.kind === 'table'
      ? relation.path.map(quoteIdentifier).join('.')
      : `(\n${withoutEnd(relation.text)}\n) AS ${quoteIdentifier('xt_source')}`
  const where = from === undefined ? '' : ` WHERE ${boundOf(from, dialect)}`
  const order = orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.map(quoteIdentifier).join(', ')}`
  return {
    sql: `SELECT ${texts.join(', ')} FROM ${source}${where}${order}`,
    parameters: [],
    columns: columns.map((_, index) => ({ name: `column_${index + 1}`, type: DataTypes.string })),
  }
}

function boundOf(
  { column, text, isNumber }: NonNullable<ForeignReadRequest['from']>,
  { foreign, quoteIdentifier }: Dialect,
): string {
  const name = quoteIdentifier(column)
  // Text without a type takes that of the column it is compared with.
  const bound = isNumber ? `${foreign.number(name)} >= ${text}` : `${name} >= ${quoteText(text)}`
  return `(${bound} OR ${name} IS NULL)`
}

/** Statements may end in semicolons; within another they may not. */
function withoutEnd(sql: string): string {
  return sql.replace(/[\s;]+$/, '')
}
