import type { LazyFrame } from '../polars.ts'
import { EMPTY_STATE, type Part, type TableStore } from './table-store.ts'

/** Parts are data frames of this process: each lives as long as a state, or a reader, holds its part. */
export function createMemoryStore(): TableStore {
  let state = EMPTY_STATE
  let count = 0
  const frames = new WeakMap<Part, LazyFrame>()
  return {
    read: async () => state,
    writePart: async (_table, rows, columns) => {
      const part: Part = Object.freeze({
        id: String((count += 1)),
        rowCount: rows.height,
        sizeBytes: 0,
        columns: columns.map(({ name }) => name),
      })
      frames.set(part, rows.lazy())
      return part
    },
    scan: (part) => frames.get(part) as LazyFrame,
    publish: async (next) => {
      state = next
    },
    discard: async () => {},
    clean: async () => {},
  }
}
