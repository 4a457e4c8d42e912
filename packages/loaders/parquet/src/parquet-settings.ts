import type { FileScan, ScannedColumn } from '@qarion/core'
import type { SchemaTree } from 'hyparquet'

import type { LocalTime } from './convert-time.ts'
import { storedTypeOf, type StoredType } from './stored-type.ts'

/** `FileScan.settings` of this format: all that a reader needs to know. */
export interface ParquetSettings extends LocalTime {
  /** Of each column of the scan, in order; `null` where the file lacks it. */
  readonly storedTypes: readonly (StoredType | null)[]
}

export function toParquetSettings(
  matched: readonly ScannedColumn[],
  columns: readonly SchemaTree[],
  { timezone, ambiguousTime }: LocalTime,
): ParquetSettings {
  return {
    timezone,
    ambiguousTime,
    storedTypes: matched.map(({ fieldIndex }) =>
      fieldIndex === undefined ? null : storedTypeOf(columns[fieldIndex] as SchemaTree),
    ),
  }
}

/** The settings of a scan that this loader made. */
export function settingsOf(scan: FileScan): ParquetSettings {
  return scan.settings as unknown as ParquetSettings
}

/** What readers of other kinds understand in different ways. */
const AMBIGUOUS: ReadonlySet<StoredType['kind']> = new Set(['nested', 'other', 'int96'])

/**
 * Whether every reader of Parquet must find the same values in the columns that are read, by their names: many readers
 * take names that differ in case for one.
 */
export function isCleanFile(
  { storedTypes }: ParquetSettings,
  columns: readonly SchemaTree[],
): boolean {
  const names = new Set(columns.map(({ element }) => element.name.toLowerCase()))
  if (names.size !== columns.length || names.has('') || names.has('file_row_number')) return false
  return storedTypes.every(
    (stored) =>
      stored === null ||
      !(AMBIGUOUS.has(stored.kind) || (stored.kind === 'float' && stored.bits === 16)),
  )
}
