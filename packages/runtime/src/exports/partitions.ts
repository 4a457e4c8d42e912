import { posix } from 'node:path'

import {
  formatValue,
  valueAt,
  type Column,
  type ColumnBatch,
  type ColumnVector,
  type Value,
} from '@qarion/core'

/** Rows of one folder; `batches` is read to its end before the next one is asked for. */
export interface Partition {
  /** `region=EU/day=2024-01-31`; empty without partitions. */
  readonly folder: string
  readonly batches: AsyncIterable<ColumnBatch>
}

const NULL_FOLDER = '__null__'

/**
 * Cuts rows that are sorted by the partition columns where their values change. One batch is held at a time. Without
 * partition columns all rows are one partition, also if there are none.
 */
export async function* partitionRows(
  batches: AsyncIterable<ColumnBatch>,
  columns: readonly Column[],
  partitionBy: readonly string[],
): AsyncGenerator<Partition> {
  if (partitionBy.length === 0) {
    yield { folder: '', batches }
    return
  }
  const parts = partitionBy.map((name) => {
    const index = columns.findIndex((column) => column.name === name)
    return { index, column: columns[index] as Column }
  })
  const folderAt = (batch: ColumnBatch, row: number): string =>
    parts
      .map(({ index, column }) => {
        const value = valueAt(batch.columns[index] as ColumnVector, row)
        return (
          folderPrefix(column.name) + (value === null ? NULL_FOLDER : encodeValue(column, value))
        )
      })
      .join('/')
  const iterator = batches[Symbol.asyncIterator]()
  let batch: ColumnBatch | undefined
  let row = 0
  const advance = async (): Promise<boolean> => {
    while (batch === undefined || row >= batch.rowCount) {
      const next = await iterator.next()
      if (next.done === true) return false
      batch = next.value
      row = 0
    }
    return true
  }
  async function* rowsOfFolder(folder: string): AsyncGenerator<ColumnBatch> {
    while (await advance()) {
      const current = batch as ColumnBatch
      const start = row
      while (row < current.rowCount && folderAt(current, row) === folder) row += 1
      if (row === start) return
      yield sliceBatch(current, start, row)
    }
  }
  try {
    while (await advance()) {
      const folder = folderAt(batch as unknown as ColumnBatch, row)
      yield { folder, batches: rowsOfFolder(folder) }
    }
  } finally {
    await iterator.return?.()
  }
}

/** The file of a partition, beside the one that the path names. */
export function pathOfPartition(target: string, folder: string): string {
  return folder === '' ? target : posix.join(posix.dirname(target), folder, posix.basename(target))
}

/** What the names of a column's folders start with. */
export function folderPrefix(column: string): string {
  return `${encodeName(column)}=`
}

/** A text that reads like NULL's folder is told apart by its first sign. */
function encodeValue(column: Column, value: Value): string {
  const name = encodeName(formatValue(column.type, value))
  return name === NULL_FOLDER ? `%5F${name.slice(1)}` : name
}

/** As in addresses, and what patterns and file systems take for something else as well. */
function encodeName(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sliceBatch({ columns, rowCount }: ColumnBatch, start: number, end: number): ColumnBatch {
  if (start === 0 && end === rowCount) return { columns, rowCount }
  return {
    rowCount: end - start,
    columns: columns.map((vector) => sliceVector(vector, start, end)),
  }
}

function sliceVector(vector: ColumnVector, start: number, end: number): ColumnVector {
  switch (vector.layout) {
    case 'text':
    case 'bigint':
    case 'bytes':
      return { ...vector, values: vector.values.slice(start, end) } as ColumnVector
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float64':
      return {
        ...vector,
        values: vector.values.subarray(start, end),
        ...(vector.isNull === undefined ? {} : { isNull: vector.isNull.subarray(start, end) }),
      } as ColumnVector
  }
}
