import {
  DataTypes,
  type Dataset,
  type Instruction,
  type NamedExpression,
  type Query,
} from '@qarion/core'
import {
  and,
  append,
  boolean,
  coalesce,
  column,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  isDistinct,
  isNotNull,
  isNull,
  join,
  literal,
  not,
  or,
  remove,
  replaceKeys,
  select,
  text,
  union,
} from '@qarion/plan'

import type { DeltaPublishingDatasets } from '../delta-publishing/delta-publishing-datasets.ts'
import type { DeltaPublishingSettings } from '../delta-publishing/delta-publishing-settings.ts'
import { batchTime } from './batch-parameter.ts'
import type { ChangeInput } from './change-input.ts'
import {
  guardReversible,
  IS_DELETED,
  isDeleted,
  POSTED,
  POSTED_AT,
  postedTransactionId,
  statementId,
  TRANSACTION_ID,
  transactions,
} from './delta-transactions.ts'
import { nextRevision } from './next-revision.ts'
import { keep, onColumns } from './snapshot.ts'

export interface DeltaInstructions {
  /** Posts what the batch changed. */
  readonly instruction: Instruction
  /** Posts how the rows after all batches differ from what is published. */
  readonly rebuild: Instruction
}

/**
 * The instructions that bring ledger and published state in line with the input. Both compare with what is published,
 * so that nothing is posted twice; they differ in which rows they look at.
 *
 * Parameters they need: `batch_id`, `batch_time`, `revision`.
 */
export function changeFeedToDeltaTransaction(
  settings: DeltaPublishingSettings,
  datasets: DeltaPublishingDatasets,
  input: Pick<ChangeInput, 'changes' | 'snapshot'>,
): DeltaInstructions {
  return {
    instruction: posting(
      'change_feed_to_delta_transaction',
      settings,
      datasets,
      changedRows(settings, input),
    ),
    rebuild: posting(
      'rebuild_delta_transaction',
      settings,
      datasets,
      rowsAfterAll(settings, datasets, input),
    ),
  }
}

/** `rows`: key, dimensions and amounts as they are to be published, and whether the key is gone. */
function changedRows(
  settings: DeltaPublishingSettings,
  input: Pick<ChangeInput, 'changes'>,
): Query[] {
  const recordType = column('xt_record_type', DataTypes.string)
  return [
    input.changes('changes'),
    defineQuery('rows', [
      fromQuery('changes'),
      select([
        ...amountRow(settings),
        { name: IS_DELETED.name, expression: equal(recordType, text('deleted')) },
      ]),
    ]),
  ]
}

/** The same of all rows after the batch, and of all published keys that are no longer there. */
function rowsAfterAll(
  settings: DeltaPublishingSettings,
  { published }: DeltaPublishingDatasets,
  input: Pick<ChangeInput, 'snapshot'>,
): Query[] {
  const rows = (isGone: boolean): NamedExpression[] => [
    ...amountRow(settings),
    { name: IS_DELETED.name, expression: boolean(isGone) },
  ]
  return [
    ...input.snapshot('snapshot'),
    defineQuery('gone', [
      from(published.id),
      join('snapshot', { type: 'anti', on: onColumns(settings.key) }),
      select(rows(true)),
    ]),
    defineQuery('rows', [fromQuery('snapshot'), select(rows(false)), union(['gone'])]),
  ]
}

function amountRow({ key, dimensions, measures }: DeltaPublishingSettings): NamedExpression[] {
  return [
    ...[...key, ...dimensions].map(keep),
    ...measures.map(({ name, type }) => ({
      name,
      expression: coalesce(column(name, type), literal(type, '0')),
    })),
  ]
}

function posting(
  id: string,
  settings: DeltaPublishingSettings,
  datasets: DeltaPublishingDatasets,
  rows: readonly Query[],
): Instruction {
  const { deltaTransaction, published } = datasets
  const keyNames = settings.key.map(({ name }) => name)
  return defineInstruction(
    id,
    [
      ...rows,
      publishedRows(settings, published),
      nextRevision(deltaTransaction),
      differences(settings),
      ...guardReversible(settings),
      ...transactions(settings),
      ...publications(settings),
    ],
    [
      append('transactions', deltaTransaction.id),
      remove('gone_keys', published.id, keyNames),
      replaceKeys('publications', published.id, keyNames),
    ],
  )
}

function publishedRows(
  { key, dimensions, measures }: DeltaPublishingSettings,
  published: Dataset,
): Query {
  return defineQuery('published_rows', [
    from(published.id),
    select([...key, ...dimensions, ...measures, TRANSACTION_ID].map(keep)),
  ])
}

/** The rows that are not published as they are, beside what is published of them. */
function differences({ key, dimensions, measures }: DeltaPublishingSettings): Query {
  const isPosted = isNotNull(postedTransactionId)
  const isOther = [...dimensions, ...measures].map(({ name, type }) =>
    isDistinct(column(name, type), column(POSTED + name, type)),
  )
  return defineQuery(
    'differences',
    [
      fromQuery('rows'),
      join('published_rows', { type: 'left', on: onColumns(key), rightPrefix: POSTED }),
      filter(
        or(
          and(isDeleted, isPosted),
          and(not(isDeleted), or(isNull(postedTransactionId), ...isOther)),
        ),
      ),
      join('next_revision', { type: 'inner', on: [], rightPrefix: '' }),
    ],
    { evaluate: 'once' },
  )
}

/** `publications`: the rows that take the place of what is published of their keys. `gone_keys`: those without one. */
function publications(settings: DeltaPublishingSettings): Query[] {
  const { key, dimensions, measures } = settings
  return [
    defineQuery('gone_keys', [fromQuery('differences'), filter(isDeleted), select(key.map(keep))]),
    defineQuery('publications', [
      fromQuery('differences'),
      filter(not(isDeleted)),
      select([
        ...[...key, ...dimensions, ...measures].map(keep),
        { name: TRANSACTION_ID.name, expression: statementId(settings) },
        { name: POSTED_AT.name, expression: batchTime },
      ]),
    ]),
  ]
}
