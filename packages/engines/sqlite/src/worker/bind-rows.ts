import {
  exactNumberAt,
  wordsOf,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
} from '@qarion/core'

import { dateText, type SqliteValue } from '../sqlite-types.ts'

/** Writes `count` rows into `bound`, row by row, one column after the other: each column's loop knows its layout. */
export function fillRows(
  bound: SqliteValue[],
  { columns }: ColumnBatch,
  types: readonly DataType[],
  from: number,
  count: number,
): void {
  const width = types.length
  for (let column = 0; column < width; column += 1) {
    fillColumn(bound, columns[column] as ColumnVector, types[column] as DataType, {
      column,
      width,
      from,
      count,
    })
  }
}

interface Span {
  readonly column: number
  readonly width: number
  readonly from: number
  readonly count: number
}

function fillColumn(bound: SqliteValue[], vector: ColumnVector, type: DataType, span: Span): void {
  const { column, width, from, count } = span
  let at = column
  switch (vector.layout) {
    case 'text':
    case 'bytes':
    case 'bigint': {
      for (let row = from; row < from + count; row += 1, at += width)
        bound[at] = vector.values[row] ?? null
      return
    }
    case 'int64': {
      const { values, isNull } = vector
      const words = wordsOf(values)
      for (let row = from; row < from + count; row += 1, at += width) {
        // A STRICT column of integers takes an exact number as one, and it is cheaper to bind than a bigint.
        bound[at] =
          isNull?.[row] === 1 ? null : (exactNumberAt(words, row) ?? (values[row] as bigint))
      }
      return
    }
    case 'boolean':
    case 'float64':
    case 'int32': {
      const { values, isNull } = vector
      const isDate = type.kind === 'date'
      for (let row = from; row < from + count; row += 1, at += width) {
        const value = values[row] as number
        bound[at] = isNull?.[row] === 1 ? null : isDate ? dateText(value) : value
      }
    }
  }
}
