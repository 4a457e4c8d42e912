import { DataTypes, type Expression, type Instruction, type Query } from '@qarion/core'
import {
  aggregate,
  and,
  boolean,
  call,
  caseWhen,
  castTo,
  coalesce,
  column,
  decimal,
  defineInstruction,
  defineQuery,
  derive,
  filter,
  from,
  fromQuery,
  integer,
  join,
  literal,
  measure,
  named,
  not,
  nullOf,
  replace,
  select,
  text,
  union,
  window,
  windowColumn,
} from '@qarion/plan'

import { batchId, batchTime } from '../strategies/batch-parameter.ts'
import type { Check, CheckedColumn } from '../strategies/checks/check.ts'
import {
  failing,
  failsColumn,
  isRowCheck,
  testRows,
  type RowCheck,
} from '../strategies/checks/judge-rows.ts'
import { withTextForm } from '../strategies/checks/read-checks.ts'
import { SET_COLUMNS } from '../strategies/checks/set-tests.ts'
import { keep } from '../strategies/snapshot.ts'
import { FRACTION, type QualityCheckDatasets } from './quality-check-datasets.ts'
import type { QualityCheckSettings, Suite } from './quality-check-settings.ts'

const { integer: INTEGER, string: STRING, boolean: BOOLEAN, json: JSON_TYPE } = DataTypes
const MILLION = 1_000_000n

const ROWS = column('rows_checked', INTEGER)
const FAILED = column('rows_failed', INTEGER)

/** What each check gives before it is known whether it is skipped. */
const FOUND: readonly CheckedColumn[] = [
  { name: 'suite_id', type: STRING },
  { name: 'check_id', type: STRING },
  { name: 'check_number', type: INTEGER },
  { name: 'check_name', type: STRING },
  { name: 'check_type', type: STRING },
  { name: 'dataset_id', type: STRING },
  { name: 'columns', type: JSON_TYPE },
  { name: 'severity', type: STRING },
  { name: 'rows_checked', type: INTEGER },
  { name: 'rows_failed', type: INTEGER },
  { name: 'threshold', type: FRACTION },
  { name: 'expected', type: STRING },
  { name: 'observed', type: STRING },
  { name: 'xt_failed', type: BOOLEAN },
  { name: 'xt_stops', type: INTEGER },
]

const FAILURES: readonly CheckedColumn[] = [
  { name: 'suite_id', type: STRING },
  { name: 'check_id', type: STRING },
  { name: 'dataset_id', type: STRING },
  { name: 'row_key', type: STRING },
  { name: 'key_columns', type: JSON_TYPE },
  { name: 'failed_values', type: STRING },
]

/** Makes all checks and writes what they found. Parameters: `batch_id`, `batch_time`. */
export function judgeSuites(
  { suites, failureLimit }: QualityCheckSettings,
  { results, failures, rowCounts }: QualityCheckDatasets,
): Instruction {
  let number = 0
  const made = suites.map((suite, index) => {
    const first = number + 1
    number += suite.checks.length
    return judgeSuite(suite, { name: `suite_${index}`, first, rowCounts: rowCounts.id })
  })
  const found = made.flatMap((one) => one.found)
  const failed = made.flatMap((one) => one.failed)
  const counted = made.flatMap((one) => one.counted)
  const isKept = failureLimit > 0 && failed.length > 0
  return defineInstruction(
    'judge_suites',
    [
      ...made.flatMap(({ queries }) => queries),
      unite('found', found, FOUND),
      resultRows(),
      ...(isKept ? [unite('failing', failed, FAILURES), failureRows(failureLimit)] : []),
      ...(counted.length > 0 ? [unite('counted', counted, COUNTED)] : []),
    ],
    [
      replace('results', results.id),
      ...(isKept ? [replace('failures', failures.id)] : []),
      ...(counted.length > 0 ? [replace('counted', rowCounts.id)] : []),
    ],
  )
}

const COUNTED: readonly CheckedColumn[] = [
  { name: 'suite_id', type: STRING },
  { name: 'check_id', type: STRING },
  { name: 'rows', type: INTEGER },
]

interface MadeSuite {
  readonly queries: readonly Query[]
  /** Names of queries with the columns `FOUND`, `FAILURES` and `COUNTED`. */
  readonly found: readonly string[]
  readonly failed: readonly string[]
  readonly counted: readonly string[]
}

interface SuitePlace {
  readonly name: string
  /** Number of its first check. */
  readonly first: number
  readonly rowCounts: string
}

function judgeSuite(suite: Suite, { name, first, rowCounts }: SuitePlace): MadeSuite {
  const queries: Query[] = [defineQuery(name, suite.source.rules)]
  const found: string[] = []
  const failed: string[] = []
  const counted: string[] = []
  const rowChecks = suite.checks.filter(isRowCheck)
  if (rowChecks.length > 0) queries.push(...judgeRows(suite, name, rowChecks))
  for (const [index, check] of suite.checks.entries()) {
    const place = `${name}_check_${index}`
    const known = describe(suite, check, first + index)
    if (isRowCheck(check)) {
      const at = rowChecks.indexOf(check)
      queries.push(rowResult(place, name, check, known, at))
      failed.push(`${place}_failures`)
      queries.push(failuresOf(`${place}_failures`, name, suite, check, at))
    } else if (check.test.kind === 'set') {
      const previous = `${place}_before`
      queries.push(
        ...(check.type === 'row_count' ? [previousCount(previous, rowCounts, suite, check)] : []),
        ...check.test.make({ rows: name, name: `${place}_test`, previous }),
        setResult(place, `${place}_test`, known, check.test.expected),
      )
      if (check.type === 'row_count') {
        counted.push(`${place}_counted`)
        queries.push(
          defineQuery(`${place}_counted`, [
            fromQuery(`${place}_test`),
            select([
              named('suite_id', text(suite.id)),
              named('check_id', text(check.id)),
              named('rows', column('xt_rows', INTEGER)),
            ]),
          ]),
        )
      }
    }
    found.push(place)
  }
  return { queries, found, failed, counted }
}

/** `<name>_totals`: rows, and of each check those that fail. `<name>_failing`: the rows that fail any. */
function judgeRows(suite: Suite, name: string, checks: readonly RowCheck[]): Query[] {
  const { key } = suite.source
  return [
    ...testRows(`${name}_tested`, name, checks),
    defineQuery(
      `${name}_totals`,
      [
        fromQuery(`${name}_tested`),
        aggregate({
          groupBy: [],
          measures: [
            measure('xt_rows', 'count'),
            ...checks.map((_, at) =>
              measure(`xt_failed_${at}`, 'count', [
                caseWhen([{ when: failsColumn(at), then: integer(1) }], nullOf(INTEGER)),
              ]),
            ),
          ],
        }),
      ],
      { evaluate: 'once' },
    ),
    defineQuery(
      `${name}_failing`,
      [
        fromQuery(`${name}_tested`),
        failing(checks.length),
        select([
          named('row_key', call('key_text', ...key.map(({ name: of, type }) => column(of, type)))),
          ...checks.flatMap(({ columns }, at) => [
            named(failsColumn(at).name, failsColumn(at)),
            named(`xt_values_${at}`, valuesText(columns)),
          ]),
        ]),
      ],
      { evaluate: 'once' },
    ),
  ]
}

function valuesText(columns: readonly CheckedColumn[]): Expression {
  const shown = withTextForm(columns)
  if (shown.length === 0) return nullOf(STRING)
  return call('key_text', ...shown.map(({ name, type }) => column(name, type)))
}

type Known = Readonly<Record<string, Expression>>

function describe({ id, source, stopsOnFirstFailure }: Suite, check: Check, number: number): Known {
  const stops = stopsOnFirstFailure && check.severity === 'error'
  return {
    suite_id: text(id),
    check_id: text(check.id),
    check_number: integer(number),
    check_name: text(check.name),
    check_type: text(check.type),
    dataset_id: text(source.dataset),
    columns: literal(JSON_TYPE, JSON.stringify(check.columns.map(({ name }) => name))),
    severity: text(check.severity),
    xt_stops: integer(stops ? 1 : stopsOnFirstFailure ? 0 : -1),
  }
}

function rowResult(name: string, suite: string, check: RowCheck, known: Known, at: number): Query {
  const rows = column('xt_rows', INTEGER)
  const failed = column(`xt_failed_${at}`, INTEGER)
  const passed = call('subtract', rows, failed)
  return defineQuery(name, [
    fromQuery(`${suite}_totals`),
    select(
      inOrder({
        ...known,
        rows_checked: rows,
        rows_failed: failed,
        threshold: fraction(check.thresholdMillionths),
        expected: nullOf(STRING),
        observed: nullOf(STRING),
        xt_failed: call(
          'less',
          call('multiply', passed, integer(MILLION)),
          call('multiply', rows, integer(check.thresholdMillionths)),
        ),
      }),
    ),
  ])
}

function setResult(name: string, test: string, known: Known, expected: string): Query {
  const [rows, observed, failed] = SET_COLUMNS.map(({ name: of, type }) => column(of, type))
  return defineQuery(name, [
    fromQuery(test),
    select(
      inOrder({
        ...known,
        rows_checked: rows as Expression,
        rows_failed: nullOf(INTEGER),
        threshold: nullOf(FRACTION),
        expected: text(expected),
        observed: observed as Expression,
        xt_failed: failed as Expression,
      }),
    ),
  ])
}

const inOrder = (values: Known): ReturnType<typeof named>[] =>
  FOUND.map(({ name }) => named(name, values[name] as Expression))

function fraction(millionths: bigint): Expression {
  const digits = millionths.toString().padStart(7, '0')
  return castTo(decimal(`${digits.slice(0, -6)}.${digits.slice(-6)}`), FRACTION)
}

const isOf = (name: string, value: string): Expression =>
  call('equal', column(name, STRING), text(value))

function previousCount(name: string, rowCounts: string, suite: Suite, check: Check): Query {
  return defineQuery(name, [
    from(rowCounts, 'predecessor'),
    filter(and(isOf('suite_id', suite.id), isOf('check_id', check.id))),
    select([named('rows', column('rows', INTEGER))]),
  ])
}

function failuresOf(
  name: string,
  suiteName: string,
  { id, source }: Suite,
  check: Check,
  at: number,
): Query {
  return defineQuery(name, [
    fromQuery(`${suiteName}_failing`),
    filter(failsColumn(at)),
    select([
      named('suite_id', text(id)),
      named('check_id', text(check.id)),
      named('dataset_id', text(source.dataset)),
      named('row_key', column('row_key', STRING)),
      named('key_columns', literal(JSON_TYPE, JSON.stringify(source.key.map((one) => one.name)))),
      named('failed_values', column(`xt_values_${at}`, STRING)),
    ]),
  ])
}

function unite(name: string, queries: readonly string[], columns: readonly CheckedColumn[]): Query {
  const [first, ...others] = queries as [string, ...string[]]
  return defineQuery(
    name,
    [fromQuery(first), select(columns.map(keep)), ...(others.length === 0 ? [] : [union(others)])],
    { evaluate: 'once' },
  )
}

const kept = (name: string): ReturnType<typeof named> =>
  keep(FOUND.find((one) => one.name === name) as CheckedColumn)

/** `results`: a check after one that stops its suite is skipped. */
function resultRows(): Query {
  const stops = column('xt_stops', INTEGER)
  const failed = column('xt_failed', BOOLEAN)
  const isStop = caseWhen(
    [{ when: and(failed, call('equal', stops, integer(1))), then: integer(1) }],
    integer(0),
  )
  const own = column('xt_is_stop', INTEGER)
  const isSkipped = column('xt_is_skipped', BOOLEAN)
  const unless = (value: Expression): Expression =>
    caseWhen([{ when: not(isSkipped), then: value }], nullOf(value.type))
  return defineQuery(
    'results',
    [
      fromQuery('found'),
      derive([named('xt_is_stop', isStop)]),
      window({
        partitionBy: ['suite_id'],
        orderBy: [{ column: 'check_number', direction: 'ascending', nulls: 'first' }],
        columns: [windowColumn('xt_stops_so_far', 'running_sum', [own])],
      }),
      derive([
        named(
          'xt_is_skipped',
          and(
            call('greater_or_equal', stops, integer(0)),
            call('greater', call('subtract', column('xt_stops_so_far', INTEGER), own), integer(0)),
          ),
        ),
      ]),
      select([
        named('xt_batch_id', batchId),
        named('xt_batch_time', batchTime),
        ...[
          'suite_id',
          'check_id',
          'check_number',
          'check_name',
          'check_type',
          'dataset_id',
          'columns',
          'severity',
        ].map(kept),
        named(
          'status',
          caseWhen(
            [
              { when: isSkipped, then: text('skipped') },
              { when: coalesce(failed, boolean(true)), then: text('failed') },
            ],
            text('passed'),
          ),
        ),
        named('rows_checked', unless(ROWS)),
        named('rows_failed', unless(FAILED)),
        named('passed_fraction', unless(call('ratio', call('subtract', ROWS, FAILED), ROWS))),
        kept('threshold'),
        kept('expected'),
        named('observed', unless(column('observed', STRING))),
      ]),
    ],
    { evaluate: 'once' },
  )
}

/** `failures`: of each check that was not skipped the first rows by key. */
function failureRows(limit: number): Query {
  return defineQuery('failures', [
    fromQuery('failing'),
    join('results', {
      type: 'inner',
      on: ['suite_id', 'check_id'].map((name) => ({ left: name, right: name, nullSafe: false })),
      rightPrefix: 'xt_result_',
    }),
    filter(call('not_equal', column('xt_result_status', STRING), text('skipped'))),
    window({
      partitionBy: ['suite_id', 'check_id'],
      orderBy: ['row_key', 'failed_values'].map((name) => ({
        column: name,
        direction: 'ascending' as const,
        nulls: 'first' as const,
      })),
      columns: [windowColumn('failure_number', 'row_number')],
    }),
    filter(call('less_or_equal', column('failure_number', INTEGER), integer(limit))),
    select([
      named('xt_batch_id', batchId),
      named('xt_batch_time', batchTime),
      named('failure_number', column('failure_number', INTEGER)),
      ...FAILURES.map(keep),
    ]),
  ])
}
