import {
  DataTypes,
  type Expression,
  type Instruction,
  type NamedExpression,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  and,
  append,
  assert,
  call,
  caseWhen,
  coalesce,
  column,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  boolean,
  isDistinct,
  isNotNull,
  isNull,
  join,
  limit,
  literal,
  measure,
  not,
  nullOf,
  or,
  parameter,
  replace,
  select,
  text,
  union,
} from '@qarion/plan'

import { beforeName, type ChangeFeedDatasets } from '../change-feed/change-feed-datasets.ts'
import type { ChangeFeedSettings, CompareSettings } from '../change-feed/change-feed-settings.ts'
import { batchId, batchTime, isOfBatch } from './batch-parameter.ts'
import { refusedKeys, refusedRejects, type RowRefusal } from './refused-rows.ts'
import {
  deliveredRows,
  duplicateColumns,
  duplicateKeys,
  isMarked,
  keep,
  onColumns,
  rawText,
  snapshotRows,
} from './snapshot.ts'

const PREVIOUS = 'xt_previous_'
const LANDED = 'xt_landed_'

/**
 * The instruction that compares the landed delivery with the predecessor's snapshot and writes what changed.
 *
 * Parameters it needs: `batch_id`, `batch_time`, `suspend_deletions` (true: absent keys stay, since a reject had no
 * readable key), and with `baseline_on_add` one `is_added_<column>` per compared column.
 */
export function landingToChangeFeed(
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  maxRejects: number,
  refusal?: RowRefusal,
): Instruction {
  const { refusedKeys: keptRefused } = datasets
  const queries: Query[] = [
    ...deliveredRows('delivered', settings, datasets.landing, 'current'),
    ...snapshotRows('previous', settings, datasets, 'predecessor'),
    ...guardDuplicates(settings, datasets, maxRejects),
    ...guardEmpty(settings),
    ...goneRows(settings, datasets),
    ...guardMassDelete(settings),
    ...changeRows(settings, datasets, refusal),
    newlyDeletedKeys(settings),
    ...(keptRefused === undefined
      ? []
      : [refusedKeys(settings, { ...datasets, refusedKeys: keptRefused }, refusal)]),
    ...(refusal === undefined ? [] : refusedRows(settings, datasets, refusal, maxRejects)),
  ]
  return defineInstruction('landing_to_change_feed', queries, [
    replace('feed', datasets.changeFeed.id),
    replace(refusal === undefined ? 'carried' : 'kept_rows', datasets.carried.id),
    append('newly_deleted_keys', datasets.deletedKeys.id),
    ...(settings.onDuplicateKey === 'reject'
      ? [append('duplicate_rejects', datasets.rejects.id)]
      : []),
    ...(keptRefused === undefined ? [] : [replace('refused_keys', keptRefused.id)]),
    ...(refusal === undefined ? [] : [append('refused_rejects', datasets.rejects.id)]),
  ])
}

/** `kept_rows`: `carried`, and what the predecessor has of refused keys; with what tells of the refused rows. */
function refusedRows(
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  refusal: RowRefusal,
  maxRejects: number,
): Query[] {
  return [
    defineQuery('kept_of_refused', [
      fromQuery('previous'),
      join('refused', { type: 'semi', on: onColumns(settings.key) }),
      select(settings.columns.map(keep)),
    ]),
    defineQuery('kept_rows', [fromQuery('carried'), union(['kept_of_refused'])]),
    ...refusedRejects(settings, datasets, refusal, maxRejects),
  ]
}

function guardDuplicates(
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  maxRejects: number,
): Query[] {
  const keys = duplicateColumns(settings)
  if (settings.onDuplicateKey !== 'reject') {
    return [
      duplicateKeys('duplicates', settings, datasets.landing, 'current'),
      defineQuery('landed_lines', [
        from(datasets.landing.id, 'current'),
        select([...keys.map(keep), keep({ name: 'xt_source_line', type: DataTypes.integer })]),
      ]),
      defineQuery('duplicates_guard', [
        fromQuery('duplicates'),
        join('landed_lines', {
          type: 'inner',
          on: keys.map(({ name, required }) => ({ left: name, right: name, nullSafe: !required })),
          rightPrefix: LANDED,
        }),
        aggregate({
          groupBy: [...keys.map(({ name }) => name), 'xt_row_count'],
          measures: [
            measure('xt_first_line', 'min', [column(`${LANDED}xt_source_line`, DataTypes.integer)]),
          ],
        }),
        assert({
          guard: 'duplicate_key',
          code: 'QRN-FEED-101',
          message: 'the delivery holds {count} keys more than once',
          hint: 'Correct the delivery, or set on_duplicate_key = "reject", or order the rows of a key with sequence_by.',
          canBeAccepted: false,
        }),
      ]),
    ]
  }
  const rejected = column('xt_row_count', DataTypes.integer)
  return [
    defineQuery('duplicate_rejects', [
      from(datasets.landing.id, 'current'),
      join('delivered_duplicates', { type: 'semi', on: onColumns(keys) }),
      select([
        ...['xt_source_file', 'xt_source_line'].map((name) =>
          keep(datasets.rejects.columns.find((c) => c.name === name) as never),
        ),
        { name: 'xt_batch_id', expression: batchId },
        { name: 'xt_batch_time', expression: batchTime },
        { name: 'xt_reason', expression: text('duplicate key') },
        { name: 'xt_problems', expression: literal(DataTypes.json, '[]') },
        { name: 'xt_raw', expression: rawText(settings.columns) },
        ...settings.key.map(keep),
      ]),
    ]),
    defineQuery('duplicates_guard', [
      fromQuery('duplicate_rejects'),
      aggregate({ groupBy: [], measures: [measure('xt_row_count', 'count')] }),
      filter(call('greater', rejected, integer(maxRejects))),
      assert({
        guard: 'max_rejects',
        code: 'QRN-FEED-101',
        message: 'rows with duplicate keys are more than max_rejects allows',
        hint: 'Correct the delivery or raise max_rejects under [properties.load].',
        canBeAccepted: false,
      }),
    ]),
  ]
}

function guardEmpty(settings: ChangeFeedSettings): Query[] {
  const count = column('xt_row_count', DataTypes.integer)
  const counted = defineQuery('delivered_count', [
    fromQuery('delivered_landed'),
    limit(1),
    aggregate({ groupBy: [], measures: [measure('xt_row_count', 'count')] }),
    derive([{ name: 'xt_one', expression: integer(1) }]),
  ])
  if (settings.onEmpty === 'accept') return []
  if (settings.onEmpty === 'skip') return [counted]
  return [
    counted,
    defineQuery('empty_guard', [
      fromQuery('delivered_count'),
      filter(equal(count, integer(0))),
      select([keep({ name: 'xt_row_count', type: DataTypes.integer })]),
      assert({
        guard: 'empty_delivery',
        code: 'QRN-FEED-102',
        message: 'the delivery holds no rows',
        hint: 'Check the delivery. If it is right, run again with --accept empty_delivery --reason "…".',
        canBeAccepted: true,
      }),
    ]),
  ]
}

/** `gone`: keys of the predecessor that the delivery does not hold; `carried`: those that stay; `deleted`: the rest. */
function goneRows(settings: ChangeFeedSettings, datasets: ChangeFeedDatasets): Query[] {
  const key = settings.key
  const firstKey = key[0] as (typeof key)[number]
  const queries: Query[] = [
    defineQuery(
      'gone',
      [fromQuery('previous'), join('delivered', { type: 'anti', on: onColumns(key) })],
      { evaluate: 'once' },
    ),
    defineQuery('shielded', [
      from(datasets.rejects.id),
      filter(and(isOfBatch, ...key.map((c) => isNotNull(column(c.name, c.type))))),
      select(key.map(keep)),
      distinct(),
      ...(settings.onDuplicateKey === 'reject' ? [union(['shielded_duplicates'])] : []),
    ]),
  ]
  if (settings.onDuplicateKey === 'reject') {
    queries.splice(
      1,
      0,
      defineQuery('shielded_duplicates', [
        fromQuery('delivered_duplicates'),
        select(key.map(keep)),
      ]),
    )
  }
  const joins: Rule[] = []
  const stays: Expression[] = [parameter('suspend_deletions', DataTypes.boolean)]
  if (settings.extract === 'partial') {
    stays.push(boolean(true))
  } else {
    joins.push(join('shielded', { type: 'left', on: onColumns(key), rightPrefix: 'xt_shielded_' }))
    stays.push(isNotNull(column(`xt_shielded_${firstKey.name}`, firstKey.type)))
  }
  if (settings.extractScope.length > 0) {
    const scope = settings.columns.filter(({ name }) => settings.extractScope.includes(name))
    queries.push(
      defineQuery('delivered_scope', [
        fromQuery('delivered_landed'),
        select(scope.map(keep)),
        distinct(),
        derive([{ name: 'xt_is_delivered', expression: boolean(true) }]),
      ]),
    )
    joins.push(
      join('delivered_scope', {
        type: 'left',
        on: onColumns(scope, true),
        rightPrefix: 'xt_scope_',
      }),
    )
    stays.push(isNull(column('xt_scope_xt_is_delivered', DataTypes.boolean)))
  }
  if (settings.onEmpty === 'skip') {
    joins.push(
      derive([{ name: 'xt_one', expression: integer(1) }]),
      join('delivered_count', {
        type: 'left',
        on: [{ left: 'xt_one', right: 'xt_one', nullSafe: false }],
        rightPrefix: 'xt_delivered_',
      }),
    )
    stays.push(equal(column('xt_delivered_xt_row_count', DataTypes.integer), integer(0)))
  }
  const isCarried: Expression[] = [or(...stays)]
  if (settings.deletedWhen !== undefined) {
    queries.push(
      defineQuery('marked', [
        fromQuery('delivered_landed'),
        filter(isMarked(settings.deletedWhen)),
        select(key.map(keep)),
      ]),
    )
    joins.push(join('marked', { type: 'left', on: onColumns(key), rightPrefix: 'xt_marked_' }))
    isCarried.push(isNull(column(`xt_marked_${firstKey.name}`, firstKey.type)))
  }
  queries.push(
    defineQuery(
      'carried',
      [fromQuery('gone'), ...joins, filter(and(...isCarried)), select(settings.columns.map(keep))],
      { evaluate: 'once' },
    ),
    defineQuery(
      'deleted',
      [fromQuery('gone'), join('carried', { type: 'anti', on: onColumns(key) })],
      { evaluate: 'once' },
    ),
  )
  return queries
}

function rowCount(query: string): Query {
  return defineQuery(`${query}_count`, [
    fromQuery(query),
    aggregate({ groupBy: [], measures: [measure(`${query}_rows`, 'count')] }),
    derive([{ name: 'xt_one', expression: integer(1) }]),
  ])
}

function guardMassDelete(settings: ChangeFeedSettings): Query[] {
  if (settings.maxDeletedFraction === undefined) return []
  // Fractions are compared as whole millionths, exact on every engine.
  const millionths = BigInt(Math.round(Number(settings.maxDeletedFraction) * 1_000_000))
  return [
    rowCount('deleted'),
    rowCount('previous'),
    defineQuery('mass_delete_guard', [
      fromQuery('deleted_count'),
      join('previous_count', {
        type: 'inner',
        on: [{ left: 'xt_one', right: 'xt_one', nullSafe: false }],
        rightPrefix: 'xt_',
      }),
      filter(
        call(
          'greater',
          call('multiply', column('deleted_rows', DataTypes.integer), integer(1_000_000n)),
          call('multiply', column('xt_previous_rows', DataTypes.integer), integer(millionths)),
        ),
      ),
      select([
        keep({ name: 'deleted_rows', type: DataTypes.integer }),
        { name: 'previous_rows', expression: column('xt_previous_rows', DataTypes.integer) },
      ]),
      assert({
        guard: 'mass_delete',
        code: 'QRN-FEED-103',
        message: `the delivery deletes more than ${formatPercent(settings.maxDeletedFraction)} of the rows`,
        hint: 'Check the delivery. If it is right, run again with --accept mass_delete --reason "…".',
        canBeAccepted: true,
      }),
    ]),
  ]
}

function systemColumns(recordType: Expression, changedColumns: Expression): NamedExpression[] {
  return [
    { name: 'xt_batch_id', expression: batchId },
    { name: 'xt_batch_time', expression: batchTime },
    { name: 'xt_record_type', expression: recordType },
    { name: 'xt_changed_columns', expression: changedColumns },
  ]
}

/** `feed`: the rows of the change feed for this batch. */
function changeRows(
  settings: ChangeFeedSettings,
  datasets: ChangeFeedDatasets,
  refusal: RowRefusal | undefined,
): Query[] {
  const key = settings.key
  const firstKey = key[0] as (typeof key)[number]
  const isAbsent = isNull(column(PREVIOUS + firstKey.name, firstKey.type))
  const differences = settings.compared.map(({ column: compared, compare }) => ({
    column: compared,
    isDifferent: isDifferent(settings, compared, compare),
  }))
  const isChanged =
    differences.length === 0
      ? boolean(false)
      : or(...differences.map((difference) => difference.isDifferent))
  const wasDeleted = isNotNull(column(`xt_deleted_${firstKey.name}`, firstKey.type))
  const recordType = caseWhen(
    [
      { when: and(isAbsent, wasDeleted), then: text('reinserted') },
      { when: isAbsent, then: text('new') },
      ...(settings.includeUnchanged ? [{ when: not(isChanged), then: text('unchanged') }] : []),
    ],
    text('changed'),
  )
  const names = differences.map(({ column: changed, isDifferent: differs }) =>
    caseWhen([{ when: differs, then: text(changed.name) }], nullOf(DataTypes.string)),
  )
  const changedColumns =
    names.length === 0
      ? nullOf(DataTypes.json)
      : caseWhen(
          [{ when: and(not(isAbsent), isChanged), then: call('json_array', ...names) }],
          nullOf(DataTypes.json),
        )
  const before = (
    of: (name: string, type: (typeof key)[number]['type']) => Expression,
  ): NamedExpression[] =>
    settings.beforeImage
      ? settings.compared.map(({ column: c }) => ({
          name: beforeName(c.name),
          expression: of(c.name, c.type),
        }))
      : []
  return [
    defineQuery('deleted_feed', [
      fromQuery('deleted'),
      select([
        ...settings.columns.map(keep),
        ...systemColumns(text('deleted'), nullOf(DataTypes.json)),
        ...before((name, type) => column(name, type)),
      ]),
    ]),
    defineQuery('known_deletions', [from(datasets.deletedKeys.id), select(key.map(keep))]),
    ...feedOf([
      fromQuery('delivered'),
      join('previous', { type: 'left', on: onColumns(key), rightPrefix: PREVIOUS }),
      ...(settings.includeUnchanged ? [] : [filter(or(isAbsent, isChanged))]),
      join('known_deletions', { type: 'left', on: onColumns(key), rightPrefix: 'xt_deleted_' }),
      select([
        ...settings.columns.map(keep),
        ...systemColumns(recordType, changedColumns),
        ...before((name, type) => column(PREVIOUS + name, type)),
      ]),
    ]),
  ]

  function feedOf(rows: readonly Rule[]): Query[] {
    const deleted = union(['deleted_feed'])
    if (refusal === undefined) return [defineQuery('feed', [...rows, deleted])]
    return [
      defineQuery('delivered_feed', rows, { evaluate: 'once' }),
      defineQuery('changed', [
        fromQuery('delivered_feed'),
        filter(call('not_equal', column('xt_record_type', DataTypes.string), text('unchanged'))),
      ]),
      ...refusal.queries('changed'),
      defineQuery('feed', [
        fromQuery('delivered_feed'),
        join('refused', { type: 'anti', on: onColumns(key) }),
        deleted,
      ]),
    ]
  }
}

function newlyDeletedKeys(settings: ChangeFeedSettings): Query {
  return defineQuery('newly_deleted_keys', [
    fromQuery('deleted'),
    select([...settings.key.map(keep), { name: 'xt_batch_id', expression: batchId }]),
    join('known_deletions', { type: 'anti', on: onColumns(settings.key) }),
  ])
}

function isDifferent(
  settings: ChangeFeedSettings,
  compared: ChangeFeedSettings['columns'][number],
  compare: CompareSettings,
): Expression {
  const differs = isDistinct(
    comparable(column(compared.name, compared.type), compare),
    comparable(column(PREVIOUS + compared.name, compared.type), compare),
  )
  return settings.baselineOnAdd
    ? and(
        not(coalesce(parameter(`is_added_${compared.name}`, DataTypes.boolean), boolean(false))),
        differs,
      )
    : differs
}

function comparable(value: Expression, compare: CompareSettings): Expression {
  let result = value
  if (compare.trim === true) result = call('trim', result)
  if (compare.casefold === true) result = call('lower', result)
  if (compare.scale !== undefined) result = call('round', result, integer(compare.scale))
  return result
}

function formatPercent(fraction: string): string {
  return `${Number((Number(fraction) * 100).toFixed(4))} %`
}
