import { DataTypes, type Dataset, type Expression, type Query, type Rule } from '@qarion/core'
import {
  aggregate,
  assert,
  boolean,
  call,
  column,
  defineQuery,
  filter,
  from,
  fromQuery,
  integer,
  join,
  literal,
  measure,
  select,
  union,
} from '@qarion/plan'

import type { ChangeFeedDatasets } from '../change-feed/change-feed-datasets.ts'
import type { ChangeFeedSettings } from '../change-feed/change-feed-settings.ts'
import { batchId, batchTime, ofBatch } from './batch-parameter.ts'
import { isOfRank, keep, onColumns, rawText, sequenceWindow } from './snapshot.ts'

/**
 * Rows that a flow type refuses once it is known what they change. They become rejects like rows that cannot be read:
 * the key keeps the row of the predecessor, with which the next delivery is compared.
 */
export interface RowRefusal {
  /**
   * The last of them is `refused`, over the rows of the query `changed` (their columns and `xt_record_type`): the key,
   * `xt_column`, `xt_value` and `xt_reason`.
   */
  queries(changed: string): readonly Query[]
  /** What is told if there are more rejects than may be. */
  readonly code: string
  readonly message: string
  readonly hint: string
}

type RefusableDatasets = ChangeFeedDatasets & { readonly refusedKeys: Dataset }

const OF_REFUSED = 'xt_refused_'
const TOLD = ['xt_column', 'xt_value', 'xt_reason'] as const

/** `refused_keys`: keys of the refused rows, kept with the batch so that its snapshot is known later. */
export function refusedKeys(
  { key }: ChangeFeedSettings,
  { refusedKeys: dataset }: RefusableDatasets,
  refusal: RowRefusal | undefined,
): Query {
  const rules: Rule[] =
    refusal === undefined
      ? [from(dataset.id, 'predecessor'), filter(boolean(false))]
      : [fromQuery('refused'), select(key.map(keep))]
  return defineQuery('refused_keys', rules)
}

/** `refused_rejects`: the rows as rejects, and the guard over all rejects of the batch. */
export function refusedRejects(
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  refusal: RowRefusal,
  maxRejects: number,
): Query[] {
  const { key, columns, onDuplicateKey, sequenceBy } = settings
  const { landing, rejects } = datasets
  const place = landing.columns.filter(({ name }) => name.startsWith('xt_source_'))
  const told = TOLD.map((name) => ({
    name,
    expression: column(OF_REFUSED + name, DataTypes.string),
  }))
  const isTooMany: Expression = call(
    'greater',
    column('xt_row_count', DataTypes.integer),
    integer(maxRejects),
  )
  return [
    defineQuery('refused_rejects', [
      from(landing.id, 'current'),
      join('refused', { type: 'inner', on: onColumns(key), rightPrefix: OF_REFUSED }),
      // Of several rows of a key it is the one that counts.
      ...(sequenceBy.length > 0 ? [sequenceWindow(settings), isOfRank] : []),
      select([
        ...place.map(keep),
        { name: 'xt_batch_id', expression: batchId },
        { name: 'xt_batch_time', expression: batchTime },
        ...told,
        { name: 'xt_problems', expression: literal(DataTypes.json, '[]') },
        { name: 'xt_raw', expression: rawText(columns) },
        ...key.map(keep),
      ]),
    ]),
    defineQuery('loaded_reject_lines', [from(rejects.id), ofBatch, select(place.map(keep))]),
    ...['refused_rejects', ...(onDuplicateKey === 'reject' ? ['duplicate_rejects'] : [])].map(
      (name) => defineQuery(`${name}_lines`, [fromQuery(name), select(place.map(keep))]),
    ),
    defineQuery('refused_guard', [
      fromQuery('refused_rejects_lines'),
      union([
        'loaded_reject_lines',
        ...(onDuplicateKey === 'reject' ? ['duplicate_rejects_lines'] : []),
      ]),
      aggregate({ groupBy: [], measures: [measure('xt_row_count', 'count')] }),
      filter(isTooMany),
      assert({
        guard: 'max_rejects',
        code: refusal.code,
        message: refusal.message,
        hint: refusal.hint,
        canBeAccepted: false,
      }),
    ]),
  ]
}
