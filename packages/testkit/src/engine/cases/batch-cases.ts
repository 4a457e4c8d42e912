import assert from 'node:assert/strict'

import { DataTypes, type Row, type StoredBatch } from '@qarion/core'
import {
  ascending,
  defineInstruction,
  defineQuery,
  from,
  integer,
  join,
  replace,
  sameKeys,
  sort,
  text,
} from '@qarion/plan'

import { expectRows } from '../../suite/expect.ts'
import { columnsOf, rowsQuery, testDataset } from '../../support/datasets.ts'
import { sourceOf } from '../../support/rows.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const types = { id: INTEGER, label: STRING, xt_batch_id: INTEGER, xt_source_file: STRING }
const landing = testDataset('landing', types, { key: ['id'], storage: { kind: 'batches' } })

async function storeBatch(
  trial: Trial,
  name: string,
  rows: readonly Row[],
  names: readonly string[] = ['id', 'label'],
): Promise<void> {
  const columns = columnsOf(types).filter((column) => names.includes(column.name))
  const table = { name, columns, key: ['id'], isUnique: false }
  await trial.commit([
    { kind: 'create_table', table },
    { kind: 'load', table, source: sourceOf(columns, rows), count: 'rows' },
  ])
}

function batchAt(
  table: string,
  batch: bigint,
  columns: readonly string[] = ['id', 'label'],
): StoredBatch {
  const constants: Record<string, bigint | string | null> = {
    xt_batch_id: batch,
    xt_source_file: null,
  }
  return { table, columns, constants }
}

const current = defineQuery('current', [from('landing', 'current'), sort(ascending('id'))])
const predecessor = defineQuery('predecessor', [
  from('landing', 'predecessor'),
  sort(ascending('id')),
])

/** Datasets stored by batch. */
export const BATCH_CASES = {
  'batches/current and predecessor, with constants': async (trial: Trial): Promise<void> => {
    trial.declare(landing)
    await storeBatch(trial, 'landing__b1', [[1n, 'a'], [2n, null]]) // prettier-ignore
    await storeBatch(trial, 'landing__b2', [[2n, 'b']])
    trial.store(landing, {
      current: batchAt('landing__b2', 2n),
      predecessor: batchAt('landing__b1', 1n),
    })
    expectRows(await trial.read([current]), [[2n, 'b', 2n, null]])
    expectRows(await trial.read([predecessor]), [
      [1n, 'a', 1n, null],
      [2n, null, 1n, null],
    ])
    const both = defineQuery('both', [
      from('landing', 'current'),
      join('predecessor', { type: 'left', on: sameKeys(['id']), rightPrefix: 'old_' }),
    ])
    expectRows(
      await trial.read([defineQuery('predecessor', [from('landing', 'predecessor')]), both]),
      [[2n, 'b', 2n, null, 2n, null, 1n, null]],
    )
  },
  'batches/one that is absent reads as no rows': async (trial: Trial): Promise<void> => {
    trial.declare(landing)
    await storeBatch(trial, 'landing__b1', [[1n, 'a']])
    trial.store(landing, { current: batchAt('landing__b1', 1n) })
    expectRows(await trial.read([predecessor]), [])
    const joined = defineQuery('joined', [
      from('landing', 'current'),
      join('predecessor', { type: 'anti', on: sameKeys(['id']) }),
    ])
    const old = defineQuery('predecessor', [from('landing', 'predecessor')])
    expectRows(await trial.read([old, joined]), [[1n, 'a', 1n, null]])
  },
  'batches/a dataset of which no batch is stored': async (trial: Trial): Promise<void> => {
    trial.declare(landing)
    expectRows(await trial.read([current]), [])
  },
  'batches/missing columns read as their defaults': async (trial: Trial): Promise<void> => {
    const wider = {
      ...landing,
      columns: [
        ...landing.columns,
        { name: 'level', type: INTEGER, required: false, default: integer(7) },
        { name: 'note', type: STRING, required: false, default: text(`it's "new"`) },
        { name: 'late', type: DataTypes.date, required: false },
      ],
    }
    trial.declare(wider)
    await storeBatch(trial, 'landing__b1', [[1n]], ['id'])
    trial.store(wider, { current: batchAt('landing__b1', 1n, ['id']) })
    expectRows(await trial.read([current]), [[1n, null, 1n, null, 7n, `it's "new"`, null]])
  },
  'batches/tables whose columns stand in another order': async (trial: Trial): Promise<void> => {
    trial.declare(landing)
    const columns = columnsOf({ label: STRING, id: INTEGER })
    const table = { name: 'landing__b1', columns, key: [], isUnique: false }
    await trial.commit([
      { kind: 'create_table', table },
      { kind: 'load', table, source: sourceOf(columns, [['a', 1n]]), count: 'rows' },
    ])
    trial.store(landing, { current: batchAt('landing__b1', 1n, ['label', 'id']) })
    expectRows(await trial.read([current]), [[1n, 'a', 1n, null]])
  },
  'write/replace puts rows in the place of the batch': async (trial: Trial): Promise<void> => {
    trial.declare(landing)
    await storeBatch(trial, 'landing__b1', [[1n, 'a']])
    await storeBatch(trial, 'landing__b2', [[2n, 'b'], [3n, 'c']]) // prettier-ignore
    trial.store(landing, {
      current: batchAt('landing__b2', 2n),
      predecessor: batchAt('landing__b1', 1n),
    })
    const query = rowsQuery('q', { label: STRING, id: INTEGER }, [['x', 9n]])
    const result = await trial.run(defineInstruction('put', [query], [replace('q', 'landing')]), {
      parameters: { batch_id: 2n },
    })
    assert.equal(result.rowCounts['put.0'], 1)
    expectRows(await trial.read([current]), [[9n, 'x', 2n, null]])
    expectRows(await trial.read([predecessor]), [[1n, 'a', 1n, null]])
  },
}
