import assert from 'node:assert/strict'

import {
  DataTypes,
  decimalType,
  formatType,
  formatValue,
  type DataType,
  type DataTypeKind,
} from '@qarion/core'
import {
  castTo,
  column,
  defineQuery,
  fromQuery,
  literal,
  named,
  select,
  values,
} from '@qarion/plan'

import { expectError } from '../../suite/expect.ts'
import type { Trial } from '../trial.ts'

interface CastExample {
  readonly from: DataType
  readonly to: DataType
  /** Text forms before and after. */
  readonly good: readonly (readonly [before: string, after: string])[]
  /** Text forms that fail the step. */
  readonly bad?: readonly string[]
}

const {
  boolean: BOOLEAN,
  integer: INTEGER,
  float: FLOAT,
  string: STRING,
  date: DATE,
  time: TIME,
  timestamp: TIMESTAMP,
  json: JSON_TYPE,
} = DataTypes

const same = (...texts: readonly string[]): readonly (readonly [string, string])[] =>
  texts.map((text) => [text, text])

/** Every conversion of the cast table. */
export const CAST_EXAMPLES: readonly CastExample[] = [
  { from: BOOLEAN, to: STRING, good: same('true', 'false') },
  {
    from: INTEGER,
    to: STRING,
    good: same('0', '-1', '9223372036854775807', '-9223372036854775808'),
  },
  { from: decimalType(4, 2), to: STRING, good: [['1.5', '1.50'], ['-0.05', '-0.05'], ['0', '0.00'], ['99.99', '99.99']] }, // prettier-ignore
  { from: DATE, to: STRING, good: same('0001-01-01', '2024-02-29', '9999-12-31') },
  { from: TIME, to: STRING, good: [['23:59:59.999999', '23:59:59.999999'], ['00:00', '00:00:00'], ['12:00:00.5', '12:00:00.500000']] }, // prettier-ignore
  {
    from: TIMESTAMP,
    to: STRING,
    good: same(
      '0001-01-01T00:00:00Z',
      '1969-12-31T23:59:59.999999Z',
      '2024-02-29T12:00:00.500000Z',
      '9999-12-31T23:59:59.999999Z',
    ),
  },
  { from: JSON_TYPE, to: STRING, good: same('{"a":[1,null]}', '"x"', 'null') },
  {
    from: STRING,
    to: BOOLEAN,
    good: [['true', 'true'], ['FALSE', 'false'], ['1', 'true'], ['0', 'false']], // prettier-ignore
    bad: ['', 't', 'yes', ' true', '2'],
  },
  {
    from: STRING,
    to: INTEGER,
    good: [['007', '7'], ['+5', '5'], ['-0', '0'], ['9223372036854775807', '9223372036854775807'], ['-9223372036854775808', '-9223372036854775808']], // prettier-ignore
    bad: ['', ' 1', '1 ', '1.0', '1e3', '0x10', '9223372036854775808', 'abc', '1_000', '--1'],
  },
  {
    from: STRING,
    to: decimalType(6, 2),
    good: [['1.5', '1.50'], ['-0.05', '-0.05'], ['1.500', '1.50'], ['+9999.99', '9999.99'], ['0', '0.00']], // prettier-ignore
    bad: ['', '.5', '1.', '1.505', '10000', '1e2', '1,5', ' 1'],
  },
  {
    from: STRING,
    to: FLOAT,
    good: [['1.5', '1.5'], ['-1e3', '-1000'], ['0.1', '0.1'], ['1E-2', '0.01'], ['-0', '0']], // prettier-ignore
    bad: ['', 'NaN', 'inf', 'Infinity', '1e400', ' 1', '.5', '0x1p3'],
  },
  { from: STRING, to: DATE, good: same('2024-02-29', '0001-01-01', '9999-12-31'), bad: ['', '2023-02-29', '2024-2-9', '2024-02-29T00:00', '29.02.2024', '0000-01-01', '10000-01-01', ' 2024-01-01'] }, // prettier-ignore
  { from: STRING, to: TIME, good: [['23:59', '23:59:00'], ['12:00:00.5', '12:00:00.500000'], ['00:00:00.0000010', '00:00:00.000001']], bad: ['', '24:00', '12:60', '12:00:60', '1:00', '12:00:00.0000001'] }, // prettier-ignore
  {
    from: STRING,
    to: TIMESTAMP,
    good: [
      ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'],
      ['2024-02-29 12:00', '2024-02-29T12:00:00Z'],
      ['2024-02-29T00:30:00+01:00', '2024-02-28T23:30:00Z'],
      ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    ],
    bad: [
      '',
      '2024-02-30T00:00:00Z',
      '2024-02-29',
      '2024-02-29T25:00:00Z',
      '0001-01-01T00:00:00+01:00',
      '2024-01-01T00:00:00.0000001Z',
    ],
  },
  { from: INTEGER, to: decimalType(6, 2), good: [['9999', '9999.00'], ['-1', '-1.00']], bad: ['10000', '9223372036854775807'] }, // prettier-ignore
  { from: decimalType(6, 2), to: INTEGER, good: [['1.00', '1'], ['-2', '-2'], ['0', '0']], bad: ['1.50', '-0.01'] }, // prettier-ignore
  { from: decimalType(6, 3), to: decimalType(4, 2), good: [['1.500', '1.50'], ['-99.99', '-99.99']], bad: ['1.505', '100'] }, // prettier-ignore
  { from: decimalType(4, 2), to: decimalType(9, 4), good: [['-1.25', '-1.2500']] },
  { from: INTEGER, to: FLOAT, good: [['9007199254740993', '9007199254740992'], ['-1', '-1'], ['9223372036854775807', '9223372036854775807']].map(([a, b]) => [a, formatValue(FLOAT, Number(b))] as never) }, // prettier-ignore
  { from: decimalType(18, 2), to: FLOAT, good: [['0.10', '0.1'], ['-1.50', '-1.5'], ['90071992547409.93', '90071992547409.94']] }, // prettier-ignore
  {
    from: FLOAT,
    to: decimalType(6, 2),
    good: [['1.5', '1.50'], ['0.125', '0.13'], ['-0.125', '-0.13'], ['1.005', '1.00'], ['0.1', '0.10'], ['9999.99', '9999.99']], // prettier-ignore
    bad: ['10000', '1e300', '9999.996'],
  },
  { from: BOOLEAN, to: INTEGER, good: [['true', '1'], ['false', '0']] }, // prettier-ignore
  { from: TIMESTAMP, to: DATE, good: [['1969-12-31T23:59:59.999999Z', '1969-12-31'], ['2024-02-29T00:00:00Z', '2024-02-29'], ['0001-01-01T00:00:00Z', '0001-01-01']] }, // prettier-ignore
  { from: DATE, to: TIMESTAMP, good: [['0001-01-01', '0001-01-01T00:00:00Z'], ['2024-02-29', '2024-02-29T00:00:00Z']] }, // prettier-ignore
]

export type CastCaseName = `cast/${DataTypeKind} to ${DataTypeKind}`

/** One case for each conversion of the cast table. */
export function castCases(): Readonly<Record<CastCaseName, (trial: Trial) => Promise<void>>> {
  const names = new Set(
    CAST_EXAMPLES.map(({ from, to }): CastCaseName => `cast/${from.kind} to ${to.kind}`),
  )
  return Object.fromEntries(
    [...names].map((name) => {
      const examples = CAST_EXAMPLES.filter(
        ({ from, to }) => `cast/${from.kind} to ${to.kind}` === name,
      )
      return [
        name,
        async (trial: Trial): Promise<void> => {
          for (const example of examples) await tryCast(trial, example)
        },
      ]
    }),
  ) as Record<CastCaseName, (trial: Trial) => Promise<void>>
}

async function tryCast(trial: Trial, { from, to, good, bad = [] }: CastExample): Promise<void> {
  const what = `${formatType(from)} to ${formatType(to)}`
  for (const [before, after] of [...good, [null, null] as const]) {
    assert.equal(await cast(trial, from, to, before), after, `${what} of ${String(before)}`)
  }
  for (const before of bad) {
    try {
      await expectError(() => cast(trial, from, to, before), { reason: 'execution' })
    } catch (cause) {
      throw new Error(`${what} of "${before}" has to fail the step`, { cause })
    }
  }
}

async function cast(
  trial: Trial,
  from: DataType,
  to: DataType,
  text: string | null,
): Promise<string | null> {
  const one = defineQuery('one', [values([{ name: 'x', type: from }], [[literal(from, text)]])])
  const query = defineQuery('q', [
    fromQuery('one'),
    select([named('y', castTo(column('x', from), to))]),
  ])
  const [row] = await trial.read([one, query])
  const value = row?.[0] ?? null
  return value === null ? null : formatValue(to, value)
}
