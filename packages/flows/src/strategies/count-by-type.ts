import type { BatchCounts, DatasetId } from '@qarion/core'
import { aggregate, defineQuery, from, measure } from '@qarion/plan'

import { ofBatch } from './batch-parameter.ts'

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
        ofBatch,
        aggregate({ groupBy: [type], measures: [measure('rows', 'count')] }),
      ]),
    ],
  }
}
