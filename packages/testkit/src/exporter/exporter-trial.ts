import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Column, ColumnBatch, ExportedFile, Exporter, Row } from '@qarion/core'

import { expectRows } from '../suite/expect.ts'
import { batchOf, sourceOf } from '../support/rows.ts'
import type { MakeExporter, ReadBack } from './exporter-subject.ts'

/** One case's folder, with what most cases do in one line. */
export interface ExporterTrial {
  readonly directory: string
  readonly readBack: ReadBack
  exporter(): Promise<Exporter>
  /** Path of a file in the folder, with the exporter's ending; the name is without. */
  path(name: string): Promise<string>
  /** Writes rows to `out` and gives what was recorded. */
  write(
    columns: readonly Column[],
    rows: Iterable<Row>,
    rowsPerBatch?: number,
  ): Promise<ExportedFile>
  /** Writes rows, reads them back and throws unless they are the same; checks what was recorded too. */
  roundTrip(columns: readonly Column[], rows: readonly Row[], rowsPerBatch?: number): Promise<void>
  /** Names of all that lies in the folder. */
  names(): Promise<readonly string[]>
}

const ROWS_COMPARED = 500

export const NO_SIGNAL: AbortSignal = new AbortController().signal

/** A column; NULL is allowed unless told otherwise. */
export function exportColumn(name: string, type: Column['type'], required = false): Column {
  return { name, type, required }
}

/** Batches of one row each time they are asked for, without end unless `count` is given. */
export async function* rowByRow(
  columns: readonly Column[],
  rowAt: (index: number) => Row,
  count: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<ColumnBatch> {
  for (let index = 0; index < count; index += 1) yield batchOf(columns, [rowAt(index)])
}

export function createExporterTrial(
  directory: string,
  makeExporter: MakeExporter,
  readBack: ReadBack,
): ExporterTrial {
  const exporter = async (): Promise<Exporter> => makeExporter()
  const path = async (name: string): Promise<string> =>
    join(directory, `${name}.${(await exporter()).extension}`)
  const write: ExporterTrial['write'] = async (columns, rows, rowsPerBatch) =>
    (await exporter()).write({
      path: await path('out'),
      columns,
      batches: sourceOf(columns, rows, rowsPerBatch).batches(),
      signal: NO_SIGNAL,
    })
  return {
    directory,
    readBack,
    exporter,
    path,
    write,
    roundTrip: async (columns, rows, rowsPerBatch) => {
      const written = await write(columns, rows, rowsPerBatch)
      const found = await readBack(written.path, columns)
      assert.equal(found.length, rows.length, 'as many rows come back')
      // In parts: the difference of many rows takes minutes to print.
      for (let start = 0; start < rows.length; start += ROWS_COMPARED)
        expectRows(
          found.slice(start, start + ROWS_COMPARED),
          rows.slice(start, start + ROWS_COMPARED),
        )
      await checkRecord(written, rows.length)
    },
    names: async () => (await readdir(directory)).toSorted(),
  }
}

/** Throws unless what was recorded of a file is true. */
export async function checkRecord(written: ExportedFile, rowCount: number): Promise<void> {
  const bytes = await readFile(written.path)
  assert.equal(written.rowCount, rowCount)
  assert.equal(written.sizeBytes, bytes.length)
  assert.equal(written.contentHash, createHash('sha256').update(bytes).digest('hex'))
}
