import type { ColumnVector } from '@qarion/core'

/** The rows of a vector that are not marked with 1 in `skipped`, in order. */
export function keepRows(vector: ColumnVector, skipped: Uint8Array): ColumnVector {
  const isKept = (_: unknown, row: number): boolean => skipped[row] === 0
  switch (vector.layout) {
    case 'text':
      return { layout: vector.layout, values: vector.values.filter(isKept) }
    case 'bigint':
      return { layout: vector.layout, values: vector.values.filter(isKept) }
    case 'bytes':
      return { layout: vector.layout, values: vector.values.filter(isKept) }
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float64':
      return {
        layout: vector.layout,
        values: (vector.values as Uint8Array).filter(isKept),
        ...(vector.isNull === undefined ? {} : { isNull: vector.isNull.filter(isKept) }),
      } as ColumnVector
  }
}
