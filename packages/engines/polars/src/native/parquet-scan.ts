import { isSameType, isUtcZone, sourceNameOf, type Column, type ScannedColumn } from '@qarion/core'
import { storedColumnsOf, type StoredColumn } from '@qarion/kit-files'

import { dtypeOf } from '../frame/dtypes.ts'
import { columnNode, nullNode } from '../frame/node.ts'
import {
  nativeColumns,
  type NativeFile,
  type NativeRequest,
  type ReadColumn,
} from './native-file.ts'
import { parquetColumn } from './parquet-columns.ts'

/** Plans a clean file of whose columns Polars gives what the loader gives. */
export function planParquet(request: NativeRequest): NativeFile | undefined {
  const { scan, polars } = request
  const storedColumns = storedColumnsOf(scan)
  if (storedColumns === undefined) return undefined
  const columns = nativeColumns(request, (target, scanned, index) =>
    readColumn(target, scanned, storedColumns[index], scan.settings['timezone']),
  )
  return columns && { scan, frame: polars.scanParquet(scan.file.path), firstLine: 1, columns }
}

function readColumn(
  target: Column,
  { column, fieldIndex }: ScannedColumn,
  stored: StoredColumn | null | undefined,
  timezone: unknown,
): ReadColumn | undefined {
  if (!isSameType(target.type, column.type)) return undefined
  if (fieldIndex === undefined || stored === null || stored === undefined) {
    const isRequired = target.required || column.required
    return isRequired ? undefined : { value: nullNode(dtypeOf(target.type)) }
  }
  if (stored.kind === 'timestamp' && stored.isUtc !== true && !isUtcZone(timezone)) return undefined
  return parquetColumn(columnNode(sourceNameOf(column)), stored, target.type)
}
