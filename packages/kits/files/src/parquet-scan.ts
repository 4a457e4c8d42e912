import type { FileScan } from '@qarion/core'

/** What `@qarion/loader-parquet` found of a column, as far as a native reader needs it. */
export interface StoredColumn {
  readonly kind: string
  readonly bits?: number
  readonly isSigned?: boolean
  readonly precision?: number
  readonly scale?: number
  readonly unit?: string
  readonly isUtc?: boolean
}

/** The stored types of a clean scan's columns, `null` for one that is absent; `undefined` where it is not clean. */
export function storedColumnsOf({
  format,
  isClean,
  settings,
  columns,
}: FileScan): readonly (StoredColumn | null)[] | undefined {
  const { storedTypes } = settings
  if (format !== 'parquet' || !isClean || !Array.isArray(storedTypes)) return undefined
  return storedTypes.length === columns.length
    ? (storedTypes as (StoredColumn | null)[])
    : undefined
}
