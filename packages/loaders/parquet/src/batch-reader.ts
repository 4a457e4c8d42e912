import {
  createVectorBuilder,
  type FileScan,
  type LoadedBatch,
  type RejectedRow,
} from '@qarion/core'
import { keepRows } from '@qarion/kit-files'
import type { DecodedArray, SchemaTree } from 'hyparquet'

import { createColumnReader, REQUIRED } from './column-reader.ts'
import { settingsOf } from './parquet-settings.ts'
import { rejectRow, type ColumnProblem } from './reject-rows.ts'

/** Rows `start` to before `end` of `data` as typed columns and rejects; the first of them has the number `rowNumber`. */
export type BatchReader = (
  data: readonly (DecodedArray | undefined)[],
  start: number,
  end: number,
  rowNumber: number,
) => LoadedBatch

/** Turns decoded columns, in the order of the scan, into batches. */
export function createBatchReader(scan: FileScan, nodes: readonly SchemaTree[]): BatchReader {
  const local = settingsOf(scan)
  let problems = new Map<number, ColumnProblem[]>()
  const note = (row: number, problem: ColumnProblem): void => {
    const ofRow = problems.get(row)
    if (ofRow === undefined) problems.set(row, [problem])
    else ofRow.push(problem)
  }
  const readers = scan.columns.map(({ column, fieldIndex }, columnIndex) => {
    if (fieldIndex === undefined) return undefined
    const node = nodes[fieldIndex] as SchemaTree
    return createColumnReader(column, node, local, (row, reason, raw) =>
      note(row, { columnIndex, reason, raw }),
    )
  })

  return (data, start, end, rowNumber) => {
    problems = new Map()
    const count = end - start
    const vectors = scan.columns.map(({ column }, index) => {
      const read = readers[index]
      const decoded = data[index]
      if (read !== undefined && decoded !== undefined) return read(decoded, start, end)
      const builder = createVectorBuilder(column.type, count)
      for (let row = 0; row < count; row += 1) {
        builder.append(null)
        if (column.required) note(row, { columnIndex: index, reason: REQUIRED, raw: null })
      }
      return builder.finish()
    })
    const rejects: RejectedRow[] = [...problems]
      .toSorted(([left], [right]) => left - right)
      .map(([row, ofRow]) => rejectRow(row, rowNumber + row, ofRow, scan.columns, vectors))
    const lines = Float64Array.from({ length: count }, (_, row) => rowNumber + row)
    if (rejects.length === 0)
      return { batch: { rowCount: count, columns: vectors }, lines, rejects }
    const skipped = Uint8Array.from({ length: count }, (_, row) => (problems.has(row) ? 1 : 0))
    return {
      batch: {
        rowCount: count - rejects.length,
        columns: vectors.map((vector) => keepRows(vector, skipped)),
      },
      lines: lines.filter((_, row) => skipped[row] === 0),
      rejects,
    }
  }
}
