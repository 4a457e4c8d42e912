import { isUtf8 } from 'node:buffer'

import { createParser, type FileScan, type LoadedBatch, type RejectedRow } from '@qarion/core'
import { keepRows, parseOptionsOf } from '@qarion/kit-files'

import { createColumnReader } from './column-readers.ts'
import { settingsOf } from './csv-settings.ts'
import { createFieldReader, rowEnd } from './field-text.ts'
import { createNullTest } from './null-test.ts'
import {
  isDamaged,
  rejectStructure,
  rejectValues,
  type ColumnProblem,
  type RejectContext,
} from './reject-rows.ts'
import { BLANK, NON_ASCII, type Rows } from './row-tokenizer.ts'

/** Turns rows found in a file into typed columns and rejects. */
export interface BatchReader {
  /** Rows so far, rejects included. */
  readonly rowCount: number
  /** `undefined` where no row was to be read: the header, blank lines. */
  read(rows: Rows): LoadedBatch | undefined
}

export function createBatchReader(scan: FileScan): BatchReader {
  const settings = settingsOf(scan)
  const fields = createFieldReader(settings)
  const parsers = scan.columns.map(({ column }) =>
    createParser(column.type, parseOptionsOf(column, settings)),
  )
  const nullTests = scan.columns.map(({ column }) => createNullTest(column, settings))
  const rejecting: RejectContext = {
    columns: scan.columns,
    parsers,
    nullTests,
    fields,
    dialect: settings,
    columnCount: settings.columnCount,
  }
  let problems: Map<number, ColumnProblem[]> | undefined
  const readers = scan.columns.map(({ column, fieldIndex }, columnIndex) =>
    createColumnReader(column, fieldIndex, {
      dialect: settings,
      fields,
      nulls: nullTests[columnIndex] as (typeof nullTests)[number],
      parse: parsers[columnIndex] as (typeof parsers)[number],
      isUtc: settings.timezone === 'UTC',
      onProblem: (row, reason) => {
        problems ??= new Map()
        const ofRow = problems.get(row)
        if (ofRow === undefined) problems.set(row, [{ columnIndex, reason }])
        else ofRow.push({ columnIndex, reason })
      },
    }),
  )
  let isBeforeHeader = settings.hasHeader
  let rowCount = 0

  const read = (rows: Rows): LoadedBatch | undefined => {
    const { count } = rows
    const skipped = new Uint8Array(count)
    const rejects = new Map<number, RejectedRow>()
    let skippedCount = 0
    const isText =
      (rows.allFlags & NON_ASCII) === 0 ||
      isUtf8(rows.bytes.subarray(rows.starts[0], rowEnd(rows, count - 1)))
    for (let row = 0; row < count; row += 1) {
      const isBlank = ((rows.flags[row] as number) & BLANK) !== 0
      const isLeftOut = isBlank && settings.skipBlankLines && !settings.isSingleColumn
      if (isLeftOut || isBeforeHeader) {
        if (!isLeftOut) isBeforeHeader = false
        skipped[row] = 1
        skippedCount += 1
      } else if (isDamaged(rows, row, settings.columnCount, isText)) {
        skipped[row] = 1
        rejects.set(row, rejectStructure(rows, row, rejecting))
      }
    }
    if (skippedCount === count) return undefined
    problems = undefined
    const vectors = readers.map((reader) => reader(rows, skipped))
    // The assignment above hides from the compiler that the readers fill it.
    const found = problems as Map<number, ColumnProblem[]> | undefined
    for (const [row, ofRow] of found ?? []) {
      skipped[row] = 1
      rejects.set(row, rejectValues(rows, row, ofRow, vectors, rejecting))
    }
    rowCount += count - skippedCount
    const isWhole = skippedCount + rejects.size === 0
    return {
      batch: {
        rowCount: count - skippedCount - rejects.size,
        columns: isWhole ? vectors : vectors.map((vector) => keepRows(vector, skipped)),
      },
      lines: keepNumbers(rows.lines.slice(0, count), isWhole ? undefined : skipped),
      rejects: [...rejects.entries()].toSorted(([a], [b]) => a - b).map(([, reject]) => reject),
    }
  }

  return {
    get rowCount() {
      return rowCount
    },
    read,
  }
}

function keepNumbers(lines: Float64Array, skipped: Uint8Array | undefined): Float64Array {
  return skipped === undefined ? lines : lines.filter((_, row) => skipped[row] === 0)
}
