import { formatValue, rowsOf, type Row } from '@qarion/core'

import type { SqlColumn, SqlSession, SqlStatement } from './sql-session.ts'

/** All rows of a small result. */
export async function collectRows(
  session: SqlSession,
  statement: SqlStatement,
  columns: readonly SqlColumn[],
  signal?: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of session.query(statement, columns, signal)) rows.push(...rowsOf(batch))
  return rows
}

/** Rows as text for messages and JSON. */
export function formatRows(
  rows: readonly Row[],
  columns: readonly SqlColumn[],
): readonly (readonly (string | null)[])[] {
  return rows.map((row) =>
    columns.map(({ type }, index) => {
      const value = row[index] ?? null
      return value === null ? null : formatValue(type, value)
    }),
  )
}
