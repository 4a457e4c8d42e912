import { DataTypes, type BatchCounts, type Dataset, type Instruction } from '@qarion/core'
import {
  column,
  defineInstruction,
  defineQuery,
  from,
  fromQuery,
  remove,
  select,
  text,
  union,
  values,
} from '@qarion/plan'

import { BATCH_ID, batchId, ofBatch } from './batch-parameter.ts'

/** What is told of a batch from a dataset with a row per batch and a column per count. */
export function countsOfTotals(batchTotals: string, names: readonly string[]): BatchCounts {
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
  return [removeBatch('forget_batch', datasets)]
}

/** The instruction of that name which does so. */
export function removeBatch(id: string, datasets: readonly Dataset[]): Instruction {
  return defineInstruction(
    id,
    [defineQuery('batch', [values([BATCH_ID], [[batchId]])])],
    datasets.map((dataset) => remove('batch', dataset.id, [BATCH_ID.name])),
  )
}
