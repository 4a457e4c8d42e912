import { createHash } from 'node:crypto'

import type { CsvTable } from '@qarion/config'
import {
  createParser,
  isValueProblem,
  vectorFromValues,
  type FieldProblem,
  type FileScan,
  type InputColumn,
  type InputFile,
  type LoadedBatch,
  type Loader,
  type RejectedRow,
  type Row,
  type Value,
} from '@qarion/core'

const NULL_IN_REQUIRED = 'NULL in a required column'

/** A loader whose deliveries are rows of a test. */
export interface RowLoader extends Loader {
  /** The next delivery; it is called `delivery <number>`. */
  deliver(number: number, rows: CsvTable): void
  /** Takes the newest delivery away: it was refused. */
  withdraw(): void
}

interface Delivered {
  readonly file: InputFile
  readonly rows: CsvTable
  readonly contentHash: string
}

/** Reads rows as they are printed, whatever format the flow's own deliveries have. */
export function createRowLoader(): RowLoader {
  const deliveries: Delivered[] = []
  const find = (name: string): Delivered =>
    deliveries.find(({ file }) => file.name === name) as Delivered
  return {
    deliver(number, rows) {
      const name = `delivery ${number}`
      const text = JSON.stringify(
        [rows.header, ...rows.records.map(({ fields }) => fields)].map((fields) =>
          fields.map(({ text: field }) => field),
        ),
      )
      deliveries.push({
        rows,
        contentHash: createHash('sha256').update(text).digest('hex'),
        file: { path: name, name, sizeBytes: text.length, modifiedAtMs: number, captures: {} },
      })
    },
    withdraw: () => void deliveries.pop(),
    discover: () => Promise.resolve(deliveries.map(({ file }) => file)),
    scan: (file, columns) => Promise.resolve(scanOf(find(file.name), columns)),
    async *read(scan) {
      yield readRows(find(scan.file.name).rows, scan)
    },
  }
}

function scanOf({ contentHash, file, rows }: Delivered, columns: readonly InputColumn[]): FileScan {
  return {
    format: 'test',
    file,
    contentHash,
    rowCount: rows.records.length,
    // What engines read by themselves are files.
    isClean: false,
    columns: columns.map((column) => {
      const fieldIndex = rows.header.findIndex(({ text }) => text === column.name)
      return { column, fieldIndex: fieldIndex < 0 ? undefined : fieldIndex }
    }),
    settings: {},
  }
}

function readRows({ records }: CsvTable, { columns }: FileScan): LoadedBatch {
  const parsers = columns.map(({ column }) => createParser(column.type))
  const accepted: { readonly row: Row; readonly line: number }[] = []
  const rejects: RejectedRow[] = []
  for (const { fields, line, text } of records) {
    const problems: FieldProblem[] = []
    const row = columns.map(({ column, fieldIndex }, index): Value | null => {
      const field = fieldIndex === undefined ? null : (fields[fieldIndex]?.text ?? null)
      const value = field === null ? null : (parsers[index]?.(field) ?? null)
      const reason = isValueProblem(value)
        ? value.reason
        : value === null && column.required
          ? NULL_IN_REQUIRED
          : undefined
      if (reason !== undefined) problems.push({ column: column.name, text: field, reason })
      return isValueProblem(value) ? null : value
    })
    if (problems.length === 0) accepted.push({ row, line })
    else {
      const values = Object.fromEntries(
        columns.map(({ column }, index) => [column.name, row[index] ?? null]),
      )
      rejects.push({ line, problems, rawText: text, values })
    }
  }
  return {
    batch: {
      rowCount: accepted.length,
      columns: columns.map(({ column }, index) =>
        vectorFromValues(
          column.type,
          accepted.map(({ row }) => row[index] ?? null),
        ),
      ),
    },
    lines: Float64Array.from(accepted, ({ line }) => line),
    rejects,
  }
}
