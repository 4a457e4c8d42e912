import {
  DataTypes,
  type CheckNode,
  type Dataset,
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
  boolean,
  call,
  caseWhen,
  checkNode,
  column,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
  equal,
  filter,
  from,
  fromQuery,
  isDistinct,
  isNotNull,
  isNull,
  join,
  measure,
  named,
  not,
  nullOf,
  or,
  remove,
  select,
  text,
  union,
  values,
} from '@qarion/plan'

import { BATCH_ID, batchId, batchTime, ofBatch } from '../strategies/batch-parameter.ts'
import type { ChangeInput } from '../strategies/change-input.ts'
import { failsColumn, testRows } from '../strategies/checks/judge-rows.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import {
  BATCH_TIME,
  COUNTS,
  FAILED_CHECKS,
  IS_PARKED,
  REPLACED_BY,
  warns,
  type ErrorParkingDatasets,
} from './error-parking-datasets.ts'
import type { ErrorParkingSettings } from './error-parking-settings.ts'

const WAS = 'xt_was_'
const failedChecks = column(FAILED_CHECKS.name, FAILED_CHECKS.type)
const isParked = column(IS_PARKED.name, IS_PARKED.type)
const STORED = [FAILED_CHECKS, BATCH_ID, BATCH_TIME] as const

/** Puts each row that the batch changes where its checks say. Parameters: `batch_id`, `batch_time`. */
export function parkBatch(
  settings: ErrorParkingSettings,
  datasets: ErrorParkingDatasets,
  input: ChangeInput,
): Instruction {
  const { key, columns, checks } = settings
  const { target, errorParking, replacedRows, batchTotals } = datasets
  const keyNames = key.map(({ name }) => name)
  const isDeleted = equal(column('xt_record_type', DataTypes.string), text('deleted'))
  const looksAtOthers = checks.some(({ test }) => test.looksAtOthers)
  return defineInstruction(
    'park_batch',
    [
      { ...input.changes('changes'), evaluate: 'once' },
      defineQuery('delivered', [
        fromQuery('changes'),
        filter(not(isDeleted)),
        select(columns.map(keep)),
      ]),
      defineQuery('deleted_keys', [fromQuery('changes'), filter(isDeleted), select(key.map(keep))]),
      defineQuery('changed_keys', [fromQuery('changes'), select(key.map(keep))]),
      ...storedRows(settings, datasets),
      ...(looksAtOthers ? judgeAll(settings) : judgeDelivered(settings)),
      defineQuery('arriving_keys', [fromQuery('arriving'), select(key.map(keep))]),
      defineQuery(
        'touched_keys',
        [fromQuery('changed_keys'), union(['arriving_keys']), distinct()],
        { evaluate: 'once' },
      ),
      defineQuery(
        'replaced',
        [
          fromQuery('stored'),
          join('touched_keys', { type: 'semi', on: onColumns(key) }),
          derive([named(REPLACED_BY.name, batchId)]),
        ],
        { evaluate: 'once' },
      ),
      arrivingRows('target_rows', settings, target, not(isParked)),
      arrivingRows('parked_rows', settings, errorParking, isParked),
      ...totals(settings),
    ],
    [
      remove('touched_keys', target.id, keyNames),
      append('target_rows', target.id),
      remove('touched_keys', errorParking.id, keyNames),
      append('parked_rows', errorParking.id),
      append('replaced', replacedRows.id),
      append('totals', batchTotals.id),
    ],
  )
}

/** Takes back what the batch did: its rows go, those that it moved, replaced or deleted come again. */
export function takeBatchBack({
  target,
  errorParking,
  replacedRows,
  batchTotals,
}: ErrorParkingDatasets): Instruction {
  const restored = (name: string, dataset: Dataset, condition: Expression): Query =>
    defineQuery(name, [
      from(replacedRows.id),
      filter(and(equal(column(REPLACED_BY.name, REPLACED_BY.type), batchId), condition)),
      select(dataset.columns.map(keep)),
    ])
  return defineInstruction(
    'take_batch_back',
    [
      defineQuery('batch', [
        values(
          [BATCH_ID, REPLACED_BY].map(({ name, type }) => ({ name, type })),
          [[batchId, batchId]],
        ),
      ]),
      restored('target_rows', target, not(isParked)),
      restored('parked_rows', errorParking, isParked),
    ],
    [
      remove('batch', target.id, [BATCH_ID.name]),
      append('target_rows', target.id),
      remove('batch', errorParking.id, [BATCH_ID.name]),
      append('parked_rows', errorParking.id),
      remove('batch', replacedRows.id, [REPLACED_BY.name]),
      remove('batch', batchTotals.id, [BATCH_ID.name]),
    ],
  )
}

/** The step that tells which rows of the batch fail checks of severity `warning`. */
export function warningNode(
  { key }: ErrorParkingSettings,
  { target }: ErrorParkingDatasets,
): CheckNode {
  return checkNode({
    id: 'warnings',
    title: 'Tell what fails',
    severity: 'warning',
    dependsOn: ['park'],
    instruction: defineInstruction(
      'warnings',
      [
        defineQuery('failed', [
          from(target.id),
          ofBatch,
          filter(isNotNull(failedChecks)),
          select([...key, FAILED_CHECKS].map(keep)),
          assert({
            guard: 'quality_warning',
            code: 'QRN-CHECK-102',
            message: 'rows that fail checks of severity warning: {count}',
            hint: `Type: qarion show ${target.id} --where "xt_failed_checks is not null"`,
            canBeAccepted: true,
          }),
        ]),
      ],
      [],
    ),
  })
}

/** `stored`: all rows as they are before the batch, with where they stand. */
function storedRows(
  settings: ErrorParkingSettings,
  { target, errorParking }: ErrorParkingDatasets,
): Query[] {
  const stored = (name: string, dataset: Dataset, parked: boolean): Query =>
    defineQuery(name, [
      from(dataset.id),
      select([
        ...settings.columns.map(keep),
        ...STORED.map((one) =>
          one === FAILED_CHECKS && !parked && !warns(settings)
            ? named(one.name, nullOf(one.type))
            : keep(one),
        ),
        named(IS_PARKED.name, boolean(parked)),
      ]),
    ])
  return [
    stored('stored_target', target, false),
    stored('stored_parked', errorParking, true),
    defineQuery('stored', [fromQuery('stored_target'), union(['stored_parked'])]),
  ]
}

/** `arriving`: what the batch delivers, judged. No check looks at other rows, so those that stay are as they were. */
function judgeDelivered(settings: ErrorParkingSettings): Query[] {
  return [
    ...testRows('tested', 'delivered', settings.checks),
    defineQuery('arriving', [fromQuery('tested'), judged(settings)], { evaluate: 'once' }),
  ]
}

/** `arriving`: what the batch delivers, and the other rows that are judged otherwise than before. */
function judgeAll(settings: ErrorParkingSettings): Query[] {
  const { key, columns } = settings
  const staysBy = column(`${WAS}xt_stays`, DataTypes.boolean)
  return [
    defineQuery('staying', [
      fromQuery('stored'),
      join('changed_keys', { type: 'anti', on: onColumns(key) }),
    ]),
    defineQuery('staying_rows', [fromQuery('staying'), select(columns.map(keep))]),
    defineQuery('staying_checks', [
      fromQuery('staying'),
      select([...[...key, FAILED_CHECKS].map(keep), named('xt_stays', boolean(true))]),
    ]),
    defineQuery('snapshot', [fromQuery('delivered'), union(['staying_rows'])]),
    ...testRows('tested', 'snapshot', settings.checks),
    defineQuery(
      'arriving',
      [
        fromQuery('tested'),
        judged(settings),
        join('staying_checks', { type: 'left', on: onColumns(key), rightPrefix: WAS }),
        filter(
          or(
            isNull(staysBy),
            isDistinct(failedChecks, column(WAS + FAILED_CHECKS.name, FAILED_CHECKS.type)),
          ),
        ),
        select([...columns, FAILED_CHECKS, IS_PARKED].map(keep)),
      ],
      { evaluate: 'once' },
    ),
  ]
}

/** The columns, which checks the row fails, and whether it is parked. */
function judged({ columns, checks }: ErrorParkingSettings): Rule {
  const fails = checks.map((_, place) => failsColumn(place))
  const ids = checks.map(({ id }, place) =>
    caseWhen([{ when: failsColumn(place), then: text(id) }], nullOf(DataTypes.string)),
  )
  const parks = fails.filter((_, place) => checks[place]?.severity === 'error')
  return select([
    ...columns.map(keep),
    named(
      FAILED_CHECKS.name,
      checks.length === 0
        ? nullOf(FAILED_CHECKS.type)
        : caseWhen(
            [{ when: or(...fails), then: call('json_array', ...ids) }],
            nullOf(FAILED_CHECKS.type),
          ),
    ),
    named(IS_PARKED.name, parks.length === 0 ? boolean(false) : or(...parks)),
  ])
}

function arrivingRows(
  name: string,
  { columns }: ErrorParkingSettings,
  dataset: Dataset,
  condition: Expression,
): Query {
  const batch: NamedExpression[] = [
    named(BATCH_ID.name, batchId),
    named(BATCH_TIME.name, batchTime),
  ]
  const hasChecks = dataset.columns.some((one) => one.name === FAILED_CHECKS.name)
  return defineQuery(name, [
    fromQuery('arriving'),
    filter(condition),
    select([...columns.map(keep), ...(hasChecks ? [keep(FAILED_CHECKS)] : []), ...batch]),
  ])
}

function counted(name: (typeof COUNTS)[number], source: string, ...rules: readonly Rule[]): Query {
  return defineQuery(`${name}_total`, [
    fromQuery(source),
    ...rules,
    aggregate({ groupBy: [], measures: [measure(name, 'count')] }),
  ])
}

/** The row of `batch_totals`. */
function totals({ key }: ErrorParkingSettings): Query[] {
  return [
    counted('passed', 'target_rows'),
    counted('parked', 'parked_rows'),
    counted(
      'released',
      'replaced',
      filter(isParked),
      join('target_rows', { type: 'semi', on: onColumns(key) }),
    ),
    counted('deleted', 'deleted_keys'),
    defineQuery('totals', [
      values([{ name: BATCH_ID.name, type: BATCH_ID.type }], [[batchId]]),
      ...COUNTS.map((name) => join(`${name}_total`, { type: 'inner', on: [] })),
    ]),
  ]
}
