import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DataTypes, QarionError, ROWS_PER_BATCH, type ColumnBatch, type Row } from '@qarion/core'

import { expectError, expectRows } from '../../suite/expect.ts'
import { batchOf } from '../../support/rows.ts'
import {
  checkRecord,
  exportColumn,
  NO_SIGNAL,
  rowByRow,
  type ExporterTrial,
} from '../exporter-trial.ts'

const columns = [
  exportColumn('id', DataTypes.integer, true),
  exportColumn('label', DataTypes.string),
]
const rowAt = (index: number): Row => [BigInt(index), `row ${index}`]
const threeRows = (): AsyncIterable<ColumnBatch> => rowByRow(columns, rowAt, 3)

/** Batches that take room, so that something is written before they end. */
async function* largeBatches(count: number, end: () => void): AsyncGenerator<ColumnBatch> {
  for (let batch = 0; batch < count; batch += 1)
    yield batchOf(
      columns,
      Array.from({ length: ROWS_PER_BATCH }, (_, row) => [
        BigInt(row),
        `${batch} ${'x'.repeat(100)} ${row}`,
      ]),
    )
  end()
}

/** A file is there whole or not at all, and nothing else is left. */
export const EXPORT_TARGET_CASES = {
  'target/a folder that is not there is made': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const path = join(trial.directory, 'deep', 'ünï er', `out.${exporter.extension}`)
    const written = await exporter.write({ path, columns, batches: threeRows(), signal: NO_SIGNAL })
    assert.equal(written.path, path)
    await checkRecord(written, 3)
  },
  'target/a file that exists is replaced': async (trial: ExporterTrial): Promise<void> => {
    const path = await trial.path('out')
    await writeFile(path, 'x'.repeat(100_000))
    await trial.roundTrip(columns, [rowAt(0)])
    assert.equal((await trial.names()).length, 1)
  },
  'target/several files at the same time': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const paths = await Promise.all(['a', 'b', 'c'].map((name) => trial.path(name)))
    await Promise.all(
      paths.map((path, index) =>
        exporter.write({
          path,
          columns,
          batches: rowByRow(columns, (row) => rowAt(row + index), 100),
          signal: NO_SIGNAL,
        }),
      ),
    )
    for (const [index, path] of paths.entries())
      expectRows(
        await trial.readBack(path, columns),
        Array.from({ length: 100 }, (_, row) => rowAt(row + index)),
      )
  },
  'target/a folder under the name is refused': async (trial: ExporterTrial): Promise<void> => {
    const path = await trial.path('out')
    await mkdir(path)
    const exporter = await trial.exporter()
    const request = { path, columns, batches: threeRows(), signal: NO_SIGNAL }
    const error = await expectError(() => exporter.write(request), { reason: 'file_system' })
    assert.ok(error.message.includes(path))
    assert.equal((await trial.names()).length, 1)
  },
  'target/a way through a file is refused': async (trial: ExporterTrial): Promise<void> => {
    await writeFile(join(trial.directory, 'file'), 'x')
    const exporter = await trial.exporter()
    const path = join(trial.directory, 'file', 'out')
    const request = { path, columns, batches: threeRows(), signal: NO_SIGNAL }
    await expectError(() => exporter.write(request), { reason: 'file_system' })
    assert.equal(await readFile(join(trial.directory, 'file'), 'utf8'), 'x')
  },
  'target/a name that no file may have is refused': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const path = join(trial.directory, 'x'.repeat(300))
    const request = { path, columns, batches: threeRows(), signal: NO_SIGNAL }
    await expectError(() => exporter.write(request), { reason: 'file_system' })
    assert.deepEqual(await trial.names(), [])
  },
  'failure/of the source leaves what was there': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const path = await trial.path('out')
    await writeFile(path, 'old')
    const failure = new QarionError('QRN-TEST-001', 'execution', 'The source broke.')
    const batches = largeBatches(60, () => {
      throw failure
    })
    const request = { path, columns, batches, signal: NO_SIGNAL }
    const error = await expectError(() => exporter.write(request), { code: 'QRN-TEST-001' })
    assert.equal(error, failure)
    assert.equal(await readFile(path, 'utf8'), 'old')
    assert.equal((await trial.names()).length, 1)
  },
  'failure/before the first row leaves nothing': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const batches = largeBatches(0, () => {
      throw new QarionError('QRN-TEST-001', 'execution', 'The source broke.')
    })
    const request = { path: await trial.path('out'), columns, batches, signal: NO_SIGNAL }
    await expectError(() => exporter.write(request), { code: 'QRN-TEST-001' })
    assert.deepEqual(await trial.names(), [])
  },
  'cancel/before it starts': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const request = {
      path: await trial.path('out'),
      columns,
      batches: threeRows(),
      signal: AbortSignal.abort(),
    }
    await expectError(() => exporter.write(request), { reason: 'interrupted' })
    assert.deepEqual(await trial.names(), [])
  },
  'cancel/while it writes, for whatever reason': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const controller = new AbortController()
    const path = await trial.path('out')
    await writeFile(path, 'old')
    let isOpen = true
    async function* endless(): AsyncGenerator<ColumnBatch> {
      try {
        for (let batch = 0; ; batch += 1) {
          if (batch === 40) controller.abort(new Error('enough'))
          yield* largeBatches(1, () => {})
        }
      } finally {
        isOpen = false
      }
    }
    const request = { path, columns, batches: endless(), signal: controller.signal }
    await expectError(() => exporter.write(request), { reason: 'interrupted' })
    assert.equal(isOpen, false, 'the source is closed')
    assert.equal(await readFile(path, 'utf8'), 'old')
    assert.equal((await trial.names()).length, 1)
  },
  'memory/does not grow with the file': async (trial: ExporterTrial): Promise<void> => {
    const exporter = await trial.exporter()
    const batchCount = 150
    const samples: number[] = []
    const before = usedBytes()
    async function* sampled(): AsyncGenerator<ColumnBatch> {
      for await (const batch of largeBatches(batchCount, () => {})) {
        samples.push(usedBytes())
        yield batch
      }
    }
    const path = await trial.path('out')
    const written = await exporter.write({ path, columns, batches: sampled(), signal: NO_SIGNAL })
    assert.equal(written.rowCount, batchCount * ROWS_PER_BATCH)
    // The low points between collections: what is kept, not what waits to be freed.
    const kept = Math.min(...samples.slice(-Math.ceil(samples.length / 2))) - before
    const textBytes = written.rowCount * 110
    assert.ok(kept < textBytes, `${kept} bytes are kept of rows that take ${textBytes}`)
  },
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
