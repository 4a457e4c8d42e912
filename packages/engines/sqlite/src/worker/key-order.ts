import { isAscending, type ColumnBatch, type TableDefinition } from '@qarion/core'

/** Watches whether rows come in ascending order of a table's key. */
export interface KeyOrder {
  /** Name of the key. */
  readonly key: string
  /** Whether the rows of the batch follow those before, each greater than the last. */
  continues(batch: ColumnBatch): boolean
}

/** `undefined` where a table cannot be stored by its key: it is written to again, or its key is not one integer. */
export function createKeyOrder({
  columns,
  key,
  isWrittenOnce,
}: TableDefinition): KeyOrder | undefined {
  const [name, ...others] = key
  const index = columns.findIndex((column) => column.name === name)
  const column = columns[index]
  if (name === undefined || others.length > 0 || isWrittenOnce !== true) return undefined
  if (column?.type.kind !== 'integer' || !column.required) return undefined
  let last: bigint | undefined
  return {
    key: name,
    continues: ({ columns: vectors, rowCount }) => {
      if (rowCount === 0) return true
      const vector = vectors[index]
      if (vector?.layout !== 'int64' || hasNulls(vector.isNull, rowCount)) return false
      const first = vector.values[0] as bigint
      if ((last !== undefined && first <= last) || !isAscending(vector.values, rowCount))
        return false
      last = vector.values[rowCount - 1]
      return true
    },
  }
}

function hasNulls(isNull: Uint8Array | undefined, rowCount: number): boolean {
  return isNull?.subarray(0, rowCount).includes(1) ?? false
}
