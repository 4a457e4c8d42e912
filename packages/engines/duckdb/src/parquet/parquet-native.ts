import { isSameType, isUtcZone, sourceNameOf, type Column, type ScannedColumn } from '@qarion/core'
import { storedColumnsOf, type StoredColumn } from '@qarion/kit-files'
import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

import { storedType } from '../dialect/stored-type.ts'
import { escapeGlob, type NativeFile, type NativeRequest } from '../native/native-file.ts'
import { parquetColumn, type ParquetColumn } from './parquet-column.ts'

/** The file is read once, straight into the target, without the rows that the loader might not take. */
export function planParquet({ table, source, scan }: NativeRequest): NativeFile | undefined {
  const storedColumns = storedColumnsOf(scan)
  if (storedColumns === undefined) return undefined
  const bad: string[] = []
  const values: string[] = []
  for (const target of table.columns) {
    if (target.name === source.lineColumn) values.push(`${ROW_NUMBER} + 1`)
    else if (target.name === source.fileColumn) values.push(quoteText(scan.file.name))
    else {
      const index = scan.columns.findIndex(({ column }) => column.name === target.name)
      const scanned = scan.columns[index]
      const stored = storedColumns[index]
      if (scanned === undefined || stored === undefined) return undefined
      const column = columnOf(target, scanned, stored, scan.settings['timezone'])
      if (column === undefined) return undefined
      values.push(column.value)
      if (column.isBad !== undefined) bad.push(column.isBad)
    }
  }
  const from = `read_parquet([${quoteText(escapeGlob(scan.file.path))}], ${OPTIONS})`
  const condition = bad.map((isBad) => `coalesce(${isBad}, false)`).join(' OR ')
  const good = condition === '' ? '' : ` WHERE NOT (${condition})`
  return { rows: `SELECT ${values.join(', ')} FROM ${from}${good}` }
}

const ROW_NUMBER = 'file_row_number'
const OPTIONS = `${ROW_NUMBER} = true, binary_as_string = false, hive_partitioning = false, union_by_name = false`

function columnOf(
  target: Column,
  { column, fieldIndex }: ScannedColumn,
  stored: StoredColumn | null,
  timezone: unknown,
): ParquetColumn | undefined {
  if (!isSameType(target.type, column.type)) return undefined
  const isRequired = target.required || column.required
  if (fieldIndex === undefined || stored === null)
    return isRequired ? undefined : { value: `CAST(NULL AS ${storedType(target.type)})` }
  if (stored.kind === 'timestamp' && stored.isUtc !== true && !isUtcZone(timezone)) return undefined
  const name = quoteIdentifier(sourceNameOf(column))
  const found = parquetColumn(name, stored, target.type)
  if (found === undefined || !isRequired) return found
  const isMissing = `${name} IS NULL`
  return {
    value: found.value,
    isBad: found.isBad === undefined ? isMissing : `${isMissing} OR ${found.isBad}`,
  }
}
