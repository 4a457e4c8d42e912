import {
  DataTypes,
  type Column,
  type Expression,
  type InputColumn,
  type NamedExpression,
  type Query,
} from '@qarion/core'
import {
  and,
  assert,
  call,
  caseWhen,
  column,
  defineQuery,
  filter,
  fromQuery,
  integer,
  isNotNull,
  isNull,
  not,
  nullOf,
  or,
  select,
  text,
  union,
} from '@qarion/plan'

import type { DeltaPublishingSettings } from '../delta-publishing/delta-publishing-settings.ts'
import { batchId, batchTime } from './batch-parameter.ts'
import { REVISION } from './next-revision.ts'
import { keep } from './snapshot.ts'

/** All types of transactions, in the order in which they are told. */
export const TRANSACTION_TYPES = ['insert', 'reversal', 'restatement', 'deletion'] as const

type TransactionType = (typeof TRANSACTION_TYPES)[number]

/** Before the names of what is published, in the query `differences`. */
export const POSTED = 'xt_posted_'
export const TRANSACTION_ID: Pick<Column, 'name' | 'type'> = {
  name: 'xt_transaction_id',
  type: DataTypes.string,
}
export const POSTED_AT: typeof TRANSACTION_ID = { name: 'xt_posted_at', type: DataTypes.timestamp }
export const IS_DELETED: typeof TRANSACTION_ID = { name: 'xt_is_deleted', type: DataTypes.boolean }

export const isDeleted: Expression = column(IS_DELETED.name, IS_DELETED.type)
/** NULL where the key is not published. */
export const postedTransactionId: Expression = column(
  POSTED + TRANSACTION_ID.name,
  TRANSACTION_ID.type,
)

/** An amount without a negation is refused while it can be corrected, not once it must be reversed. */
export function guardReversible({ key, measures }: DeltaPublishingSettings): Query[] {
  const integers = measures.filter(({ type }) => type.kind === 'integer')
  if (integers.length === 0) return []
  const leastReversible = integer(-9_223_372_036_854_775_807n)
  return [
    defineQuery('reversible_guard', [
      fromQuery('differences'),
      filter(
        and(
          not(isDeleted),
          or(
            ...integers.map(({ name, type }) => call('less', column(name, type), leastReversible)),
          ),
        ),
      ),
      select([...key, ...integers].map(keep)),
      assert({
        guard: 'irreversible_amount',
        code: 'QRN-DELTA-101',
        message: '{count} rows have the amount -9223372036854775808, which cannot be reversed',
        hint: 'Correct the delivery, or declare the measure as a decimal.',
        canBeAccepted: false,
      }),
    ]),
  ]
}

/** `transactions`: what is taken back of what is published, and what is posted anew. */
export function transactions(settings: DeltaPublishingSettings): Query[] {
  const { key, dimensions, measures } = settings
  const carried = (
    amount: (measured: InputColumn) => Expression,
    prefix: string,
  ): NamedExpression[] => [
    ...key.map(keep),
    ...dimensions.map(({ name, type }) => ({ name, expression: column(prefix + name, type) })),
    ...measures.map((measured) => ({ name: measured.name, expression: amount(measured) })),
    { name: 'xt_batch_id', expression: batchId },
    keep(REVISION),
    { name: POSTED_AT.name, expression: batchTime },
  ]
  const reversal = typeOf(isDeleted, 'deletion', 'reversal')
  const statement = statementType()
  return [
    defineQuery('reversals', [
      fromQuery('differences'),
      filter(isNotNull(postedTransactionId)),
      select([
        { name: TRANSACTION_ID.name, expression: transactionId(settings, reversal) },
        { name: 'xt_transaction_type', expression: reversal },
        { name: 'xt_reverses_transaction_id', expression: postedTransactionId },
        ...carried(({ name, type }) => call('negate', column(POSTED + name, type)), POSTED),
      ]),
    ]),
    defineQuery('transactions', [
      fromQuery('differences'),
      filter(not(isDeleted)),
      select([
        { name: TRANSACTION_ID.name, expression: transactionId(settings, statement) },
        { name: 'xt_transaction_type', expression: statement },
        { name: 'xt_reverses_transaction_id', expression: nullOf(DataTypes.string) },
        ...carried(({ name, type }) => column(name, type), ''),
      ]),
      union(['reversals']),
    ]),
  ]
}

function typeOf(
  condition: Expression,
  whenTrue: TransactionType,
  otherwise: TransactionType,
): Expression {
  return caseWhen([{ when: condition, then: text(whenTrue) }], text(otherwise))
}

function statementType(): Expression {
  return typeOf(isNull(postedTransactionId), 'insert', 'restatement')
}

/** The transaction that posts the amounts of a row of `differences`. */
export function statementId(settings: DeltaPublishingSettings): Expression {
  return transactionId(settings, statementType())
}

/** Key, batch, revision and type as text. */
function transactionId({ key }: DeltaPublishingSettings, type: Expression): Expression {
  return call(
    'key_text',
    ...key.map((part) => column(part.name, part.type)),
    batchId,
    column(REVISION.name, REVISION.type),
    type,
  )
}
