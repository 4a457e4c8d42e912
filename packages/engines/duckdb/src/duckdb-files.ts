import type { ExportedFile } from '@qarion/core'
import { classifyFileError, fillFileAtomically } from '@qarion/kit-files'
import type { FileTarget, SqlStatement } from '@qarion/kit-sql'

import { copyToParquet, parquetFileSettingsOf } from './parquet/parquet-file.ts'

/**
 * Writes the rows of a statement as a Parquet file by DuckDB's own COPY. `run` runs a statement and gives the number of
 * rows that it copied. Resolves to `undefined` for other formats, and for settings that COPY lacks.
 */
export async function writeParquet(
  { sql, parameters }: SqlStatement,
  { path, columns, format, onRows, signal }: FileTarget,
  run: (statement: SqlStatement) => Promise<number>,
): Promise<ExportedFile | undefined> {
  const settings = parquetFileSettingsOf(format)
  if (settings === undefined) return undefined
  let rowCount = 0
  const written = await fillFileAtomically(
    path,
    async (aside) => {
      const copy = { sql: copyToParquet(sql, columns, aside, settings), parameters }
      rowCount = await run(copy).catch((thrown: unknown) => {
        throw ofFile(thrown, aside, path)
      })
      onRows(rowCount)
    },
    { signal },
  )
  return { path, rowCount, ...written }
}

const FULL = /No space left|Disk quota exceeded|File too large/i

/** What is about the file is told as all writers of files tell it, under the name that the file is to have. */
function ofFile(thrown: unknown, aside: string, path: string): unknown {
  const message = thrown instanceof Error ? thrown.message : ''
  if (!message.includes(aside)) return thrown
  const cause = new Error(message.replaceAll(aside, path))
  return classifyFileError(
    FULL.test(message) ? Object.assign(cause, { code: 'ENOSPC' }) : cause,
    path,
  )
}
