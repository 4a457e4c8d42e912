import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

import type { NativeFile, NativeRequest } from '../native/native-file.ts'
import { csvProjection } from './csv-projection.ts'
import { csvSettingsOf, readCsvCall } from './csv-settings.ts'

/**
 * DuckDB parses in parallel into a table in memory, whose row ids give the lines (numbering the rows in the statement
 * itself would parse with one thread); from there the rows go into the target.
 */
export function planCsv({ table, source, scan, stage }: NativeRequest): NativeFile | undefined {
  const settings = csvSettingsOf(scan)
  if (settings === undefined) return undefined
  const projection = csvProjection(table, source, scan, settings)
  if (projection === undefined) return undefined
  const values = table.columns.map(({ name }) => {
    if (name === source.lineColumn) return `rowid + ${settings.dataStartLine}`
    return name === source.fileColumn ? quoteText(scan.file.name) : quoteIdentifier(name)
  })
  return {
    probe: `CREATE TABLE ${stage} AS SELECT ${projection.join(', ')} FROM ${readCsvCall(scan.file.path, settings)}`,
    rows: `SELECT ${values.join(', ')} FROM ${stage}`,
  }
}
