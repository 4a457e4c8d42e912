import { DataTypes, type Column, type Dataset, type Query } from '@qarion/core'
import {
  aggregate,
  call,
  caseWhen,
  coalesce,
  column,
  defineQuery,
  from,
  integer,
  measure,
  parameter,
  select,
} from '@qarion/plan'

import { ofBatch } from './batch-parameter.ts'

/** How often a batch has posted to what is append-only. */
export const REVISION: Pick<Column, 'name' | 'type'> = Object.freeze({
  name: 'xt_revision',
  type: DataTypes.integer,
})

/**
 * `next_revision`: the revision of the run, or the one after the last that the dataset knows of the batch. A number that
 * was taken back and comes again with another delivery is in there already.
 */
export function nextRevision(appendOnly: Dataset): Query {
  const revision = column(REVISION.name, REVISION.type)
  const run = parameter('revision', DataTypes.integer)
  const next = call('add', coalesce(revision, integer(0)), integer(1))
  return defineQuery('next_revision', [
    from(appendOnly.id),
    ofBatch,
    aggregate({ groupBy: [], measures: [measure(REVISION.name, 'max', [revision])] }),
    select([
      {
        name: REVISION.name,
        expression: caseWhen([{ when: call('greater', next, run), then: next }], run),
      },
    ]),
  ])
}
