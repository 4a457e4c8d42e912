import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'

import { DataTypes, ROWS_PER_BATCH, type ColumnBatch, type Row } from '@qarion/core'

import { expectRows } from '../../suite/expect.ts'
import { batchOf } from '../../support/rows.ts'
import { checkRecord, exportColumn, NO_SIGNAL, type ExporterTrial } from '../exporter-trial.ts'

const columns = [
  exportColumn('id', DataTypes.integer, true),
  exportColumn('label', DataTypes.string),
]

function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => [
    BigInt(index),
    index % 7 === 0 ? null : `row ${index}`,
  ])
}

async function borders(trial: ExporterTrial, count: number, rowsPerBatch?: number): Promise<void> {
  await trial.roundTrip(columns, rows(count), rowsPerBatch)
}

/** Rows, batches and columns, however many. */
export const EXPORT_ROW_CASES = {
  'rows/none': (trial: ExporterTrial): Promise<void> => borders(trial, 0),
  'rows/one': (trial: ExporterTrial): Promise<void> => borders(trial, 1),
  'rows/25 001': (trial: ExporterTrial): Promise<void> => borders(trial, 25_001),
  'rows/300 001': (trial: ExporterTrial): Promise<void> => borders(trial, 300_001),
  'batches/many small ones': (trial: ExporterTrial): Promise<void> => borders(trial, 3_000, 3),
  'batches/one large one': (trial: ExporterTrial): Promise<void> => borders(trial, 50_000, 50_000),
  'batches/empty ones among others': async (trial: ExporterTrial): Promise<void> => {
    const [first, second] = [rows(3).slice(0, 2), rows(3).slice(2)]
    async function* batches(): AsyncGenerator<ColumnBatch> {
      for (const part of [[], first, [], [], second, []]) yield batchOf(columns, part)
    }
    const exporter = await trial.exporter()
    const path = await trial.path('out')
    const written = await exporter.write({
      path,
      columns,
      batches: batches(),
      signal: NO_SIGNAL,
    })
    expectRows(await trial.readBack(path, columns), rows(3))
    await checkRecord(written, 3)
  },
  'batches/the same rows give the same bytes': async (trial: ExporterTrial): Promise<void> => {
    const first = await trial.write(columns, rows(10_000), ROWS_PER_BATCH)
    const bytes = await readFile(first.path)
    const second = await trial.write(columns, rows(10_000), ROWS_PER_BATCH)
    assert.equal(second.contentHash, first.contentHash)
    assert.deepEqual(await readFile(second.path), bytes)
  },
  'columns/with names that need care': async (trial: ExporterTrial): Promise<void> => {
    const names = ['a b', 'Ä😀', 'quote"d', 'comma,d', "it's", 'a.b', '__proto__', '1', 'select']
    const many = names.map((name) => exportColumn(name, DataTypes.string))
    await trial.roundTrip(many, [names, names.map(() => null)])
  },
  'columns/200 of them': async (trial: ExporterTrial): Promise<void> => {
    const many = Array.from({ length: 200 }, (_, index) =>
      exportColumn(`c${index}`, index % 2 === 0 ? DataTypes.integer : DataTypes.string),
    )
    const wide = Array.from({ length: 50 }, (_, row) =>
      many.map((_column, index) => (index % 2 === 0 ? BigInt(row * index) : `${row}:${index}`)),
    )
    await trial.roundTrip(many, wide)
  },
}
