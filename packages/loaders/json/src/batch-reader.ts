import {
  createVectorBuilder,
  sourceNameOf,
  type ColumnVector,
  type FileScan,
  type InputColumn,
  type LoadedBatch,
  type RejectedRow,
} from '@qarion/core'
import { keepRows } from '@qarion/kit-files'

import { createCellReader, nullTextsOf } from './cell-values.ts'
import { createColumnReader, type ColumnReader } from './column-readers.ts'
import { keysOf, settingsOf } from './json-settings.ts'
import { BROKEN, type Records } from './records.ts'
import { rejectBroken, rejectValues, type ColumnProblem } from './reject-records.ts'

/** Turns records found in a file into typed columns and rejects. */
export interface BatchReader {
  /** Records so far, rejects included. */
  readonly recordCount: number
  read(records: Records): LoadedBatch
}

export function createBatchReader(scan: FileScan): BatchReader {
  const settings = settingsOf(scan)
  const { columns } = scan
  const names = keysOf(columns)
  const keys = columns.map(({ column }) => names.indexOf(sourceNameOf(column)))
  let problems: Map<number, ColumnProblem[]> | undefined
  const readers = columns.map(({ column, fieldIndex }, columnIndex): ColumnReader => {
    if (fieldIndex === undefined && !column.required) return (records) => allNull(column, records)
    return createColumnReader(column, keys[columnIndex] as number, {
      cell: createCellReader(column, settings),
      hasNullTexts: nullTextsOf(column, settings).size > 0,
      isUtc: settings.timezone === 'UTC',
      onProblem: (row, reason) => {
        problems ??= new Map()
        const ofRow = problems.get(row)
        if (ofRow === undefined) problems.set(row, [{ columnIndex, reason }])
        else ofRow.push({ columnIndex, reason })
      },
    })
  })
  let recordCount = 0

  const read = (records: Records): LoadedBatch => {
    const { count } = records
    const skipped = new Uint8Array(count)
    const rejects = new Map<number, RejectedRow>()
    if ((records.allFlags & BROKEN) !== 0)
      for (const row of records.broken.keys()) {
        skipped[row] = 1
        rejects.set(row, rejectBroken(records, row))
      }
    problems = undefined
    const vectors = readers.map((reader) => reader(records, skipped))
    // The assignment above hides from the compiler that the readers fill it.
    const found = problems as Map<number, ColumnProblem[]> | undefined
    for (const [row, ofRow] of found ?? []) {
      skipped[row] = 1
      rejects.set(row, rejectValues(records, row, ofRow, { columns, keys, vectors }))
    }
    recordCount += count
    const lines = records.lines.slice(0, count)
    const isWhole = rejects.size === 0
    return {
      batch: {
        rowCount: count - rejects.size,
        columns: isWhole ? vectors : vectors.map((vector) => keepRows(vector, skipped)),
      },
      lines: isWhole ? lines : lines.filter((_, row) => skipped[row] === 0),
      rejects: [...rejects.entries()].toSorted(([a], [b]) => a - b).map(([, reject]) => reject),
    }
  }

  return {
    get recordCount() {
      return recordCount
    },
    read,
  }
}

/** A column that no record of the file has. */
function allNull(column: InputColumn, { count }: Records): ColumnVector {
  const builder = createVectorBuilder(column.type, count)
  for (let row = 0; row < count; row += 1) builder.append(null)
  return builder.finish()
}
