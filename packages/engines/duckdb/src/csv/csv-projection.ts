import {
  isSameType,
  type Column,
  type FileScan,
  type NativeSource,
  type ScannedColumn,
  type TableDefinition,
} from '@qarion/core'
import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

import { storedType } from '../dialect/stored-type.ts'
import { readText } from '../dialect/strict-text.ts'
import { fieldName, type CsvSettings } from './csv-settings.ts'

/**
 * Typed columns of the table from the fields of a file, without those for line and file. A bad value, or NULL in a
 * required column, fails the statement. `undefined` where DuckDB cannot check a column.
 */
export function csvProjection(
  { columns }: TableDefinition,
  { lineColumn, fileColumn }: NativeSource,
  scan: FileScan,
  settings: CsvSettings,
): readonly string[] | undefined {
  const projection: string[] = []
  for (const column of columns) {
    if (column.name === lineColumn || column.name === fileColumn) continue
    const scanned = scan.columns.find((other) => other.column.name === column.name)
    const value = scanned === undefined ? undefined : columnValue(column, scanned, settings)
    if (value === undefined) return undefined
    projection.push(`${value} AS ${quoteIdentifier(column.name)}`)
  }
  return projection
}

/** Any text; the statement's failure is all that is looked at. */
const BAD = "error('bad value')"

function columnValue(
  target: Column,
  { column, fieldIndex }: ScannedColumn,
  settings: CsvSettings,
): string | undefined {
  if (!isSameType(target.type, column.type) || hasOwnForm(column)) return undefined
  if (fieldIndex === undefined)
    return target.required || column.required
      ? undefined
      : `CAST(NULL AS ${storedType(target.type)})`
  const spellings = [...settings.nullValues, ...(column.nullValues ?? [])].filter(
    (text) => text !== '',
  )
  // Whether a spelling was quoted, and so is none, is not to be seen any more.
  if (spellings.length > 0 && settings.hasQuotes && settings.emptyString === 'quoted')
    return undefined
  // Only strings have an empty value; `""` is NULL elsewhere.
  if (settings.hasQuotes && settings.emptyString === 'quoted' && target.type.kind !== 'string')
    spellings.push('')
  const field = fieldName(fieldIndex)
  const text =
    spellings.length === 0
      ? field
      : `(CASE WHEN ${field} NOT IN (${spellings.map(quoteText).join(', ')}) THEN ${field} END)`
  const value = readText(text, target.type)
  if (value === undefined) return undefined
  const isRequired = target.required || column.required
  if (target.type.kind === 'string') return isRequired ? `coalesce(${value}, ${BAD})` : value
  return isRequired
    ? `coalesce(${value}, ${BAD})`
    : `coalesce(${value}, CASE WHEN ${text} IS NOT NULL THEN ${BAD} END)`
}

function hasOwnForm({
  format,
  decimalSeparator = '.',
  groupSeparator,
}: ScannedColumn['column']): boolean {
  return format !== undefined || decimalSeparator !== '.' || groupSeparator !== undefined
}
