import { DataTypes, type BatchCounts, type DatasetId } from '@qarion/core'
import {
  aggregate,
  column,
  defineQuery,
  equal,
  filter,
  from,
  measure,
  parameter,
} from '@qarion/plan'

/** Rows of a batch by the text in the column `type`; `names` are all texts that there may be. */
export function countByType(
  dataset: DatasetId,
  type: string,
  names: readonly string[],
): BatchCounts {
  return {
    names,
    queries: [
      defineQuery('counts', [
        from(dataset),
        filter(
          equal(column('xt_batch_id', DataTypes.integer), parameter('batch_id', DataTypes.integer)),
        ),
        aggregate({ groupBy: [type], measures: [measure('rows', 'count')] }),
      ]),
    ],
  }
}
