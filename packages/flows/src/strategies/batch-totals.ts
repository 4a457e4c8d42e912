import { DataTypes, type BatchCounts, type Dataset, type Instruction } from '@qarion/core'
import {
  column,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  parameter,
  remove,
  select,
  text,
  union,
  values,
} from '@qarion/plan'

const BATCH_ID = { name: 'xt_batch_id', type: DataTypes.integer }
const batchId = parameter('batch_id', DataTypes.integer)

/** What is told of a batch from a dataset with a row per batch and a column per count. */
export function countsOfTotals(batchTotals: string, names: readonly string[]): BatchCounts {
  const ofBatch = filter(equal(column(BATCH_ID.name, BATCH_ID.type), batchId))
  const [first, ...others] = names as [string, ...string[]]
  return {
    names,
    queries: [
      ...names.map((name) =>
        defineQuery(name, [
          from(batchTotals),
          ofBatch,
          select([
            { name: 'name', expression: text(name) },
            { name: 'rows', expression: column(name, DataTypes.integer) },
          ]),
        ]),
      ),
      defineQuery('counts', [fromQuery(first), union(others)]),
    ],
  }
}

/** Takes the rows of a batch out of datasets that all batches share. */
export function forgetBatch(datasets: readonly Dataset[]): readonly Instruction[] {
  if (datasets.length === 0) return []
  return [
    defineInstruction(
      'forget_batch',
      [defineQuery('batch', [values([BATCH_ID], [[batchId]])])],
      datasets.map(({ id }) => remove('batch', id, [BATCH_ID.name])),
    ),
  ]
}
