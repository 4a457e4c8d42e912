import assert from 'node:assert/strict'

import {
  DataTypes,
  decimalType,
  formatType,
  formatValue,
  MAX_DATE,
  MIN_DATE,
  type DataType,
  type Row,
  type Value,
} from '@qarion/core'
import {
  aggregate,
  ascending,
  call,
  column,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  isNull,
  literal,
  measure,
  named,
  parameter,
  select,
  sort,
} from '@qarion/plan'

import { expectError, expectRows } from '../../suite/expect.ts'
import { rowsQuery, tableOf, testDataset } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING, float: FLOAT } = DataTypes
const MICROSECONDS_PER_DAY = 86_400_000_000n
const FIRST_INSTANT = BigInt(MIN_DATE) * MICROSECONDS_PER_DAY
const LAST_INSTANT = (BigInt(MAX_DATE) + 1n) * MICROSECONDS_PER_DAY - 1n

const TEXTS = [
  '', ' ', 'a', 'A', 'a ', ' a', 'NULL', 'null', '\\N', '0', '1.0', 'é', 'e\u0301', '😀', '\uffff', '\u{10ffff}',
  'a\nb', 'a\r\nb', '\t', '"', "'", '""', '\\', '\\\\', '%', '_', '\u0001', '\u007f', '\u00a0', '\u200b', '\ufeff',
  'İı', 'ß', 'ﬁ', 'x'.repeat(10_000),
] // prettier-ignore

function bounds(precision: number): readonly bigint[] {
  const top = 10n ** BigInt(precision) - 1n
  return [-top, -1n, 0n, 1n, 5n, top - 1n, top]
}

/** Writes values to a table, reads them back, and finds each by equality with a parameter. */
async function roundTrip(trial: Trial, type: DataType, values: readonly Value[]): Promise<void> {
  const dataset = testDataset('stored', { id: INTEGER, value: type }, { key: ['id'] })
  const rows: Row[] = [[0n, null], ...values.map((value, index): Row => [BigInt(index + 1), value])]
  await trial.seed(dataset, rows)
  expectRows(await trial.rows(dataset), rows, `${formatType(type)} through load and read`)

  const id = select([named('id', column('id', INTEGER))])
  const same = filter(equal(column('value', type), parameter('wanted', type)))
  const found = defineQuery('found', [from('stored'), same, id])
  for (const [index, value] of values.entries()) {
    const expected = [[BigInt(index + 1)]]
    const what = `${formatType(type)} ${formatValue(type, value).slice(0, 40)}`
    expectRows(
      await trial.read([found], { parameters: { wanted: value } }),
      expected,
      `${what} as parameter`,
    )
  }
  expectRows(
    await trial.read([
      defineQuery('null', [from('stored'), filter(isNull(column('value', type))), id]),
    ]),
    [[0n]],
  )

  const constants = rowsQuery('constants', { id: INTEGER, value: type }, rows)
  const sorted = defineQuery('sorted', [fromQuery('constants'), sort(ascending('id'))])
  expectRows(await trial.read([constants, sorted]), rows, `${formatType(type)} as constants`)
}

/** Extreme values go in and come out as they are. */
export const VALUE_CASES = {
  'value/boolean': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.boolean, [true, false]),
  'value/integer': (trial: Trial): Promise<void> =>
    roundTrip(trial, INTEGER, [
      -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n, -1n, 1n,
    ]), // prettier-ignore
  'value/decimal of 18 digits': async (trial: Trial): Promise<void> => {
    await roundTrip(trial, decimalType(18, 2), bounds(18))
  },
  'value/decimal with fractional digits only': (trial: Trial): Promise<void> =>
    roundTrip(trial, decimalType(18, 18), bounds(18)),
  'value/decimal beyond 18 digits, or its refusal': async (trial: Trial): Promise<void> => {
    const { maxDecimalPrecision } = trial.engine.capabilities
    if (maxDecimalPrecision >= 38) return roundTrip(trial, decimalType(38, 10), bounds(38))
    const type = decimalType(maxDecimalPrecision + 1, 2)
    const table = tableOf(testDataset('wide', { value: type }))
    await expectError(() => trial.commit([{ kind: 'create_table', table }]), {
      reason: 'unsupported',
    })
    assert.deepEqual(await trial.tables(), [])
  },
  'value/float': (trial: Trial): Promise<void> =>
    roundTrip(trial, FLOAT, [
      0, 1, 0.1, -0.1, 1 / 3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308,
      1e21, 1e-7, 2 ** 53, 123456.789,
    ]), // prettier-ignore
  'value/negative zero becomes zero': async (trial: Trial): Promise<void> => {
    const reals = testDataset('reals', { id: INTEGER, value: FLOAT }, { key: ['id'] })
    await trial.seed(reals, [[1n, -0], [2n, 0], [3n, -1]]) // prettier-ignore
    const value = column('value', FLOAT)
    const product = call('multiply', value, literal(FLOAT, '0'))
    const query = defineQuery('q', [
      from('reals'),
      derive([named('product', product), named('negated', call('negate', value))]),
      sort(ascending('id')),
    ])
    expectRows(await trial.read([query]), [
      [1n, 0, 0, 0],
      [2n, 0, 0, 0],
      [3n, -1, 0, 1],
    ])
  },
  'value/string': (trial: Trial): Promise<void> => roundTrip(trial, STRING, TEXTS),
  'value/strings that look alike stay apart': async (trial: Trial): Promise<void> => {
    const texts = testDataset('texts', { value: STRING })
    const rows = [null, ...TEXTS].map((value): Row => [value])
    await trial.seed(texts, [...rows, ...rows])
    const grouped = defineQuery('q', [
      from('texts'),
      aggregate({ groupBy: ['value'], measures: [measure('n', 'count')] }),
      filter(equal(column('n', INTEGER), literal(INTEGER, '2'))),
    ])
    assert.equal((await trial.read([grouped])).length, TEXTS.length + 1)
  },
  'value/a text of 10 MB': async (trial: Trial): Promise<void> => {
    const texts = testDataset('texts', { id: INTEGER, value: STRING }, { key: ['id'] })
    const long = 'né😀 "x",\n'.repeat(1_000_000)
    await trial.seed(texts, [[1n, long], [2n, 'short']]) // prettier-ignore
    const rows = await trial.rows(texts)
    assert.ok(rows[0]?.[1] === long && rows[1]?.[1] === 'short')
  },
  'value/a long key': async (trial: Trial): Promise<void> => {
    const texts = testDataset('texts', { value: STRING, id: INTEGER }, { key: ['value'] })
    const key = 'k'.repeat(60_000)
    await trial.seed(texts, [[`${key}1`, 1n], [`${key}2`, 2n]]) // prettier-ignore
    const wanted = filter(equal(column('value', STRING), parameter('p', STRING)))
    const found = await trial.read([defineQuery('q', [from('texts'), wanted])], {
      parameters: { p: `${key}2` },
    })
    expectRows(found, [[`${key}2`, 2n]])
  },
  'value/date': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.date, [MIN_DATE, MAX_DATE, 0, -1, 1, 19_782]),
  'value/time': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.time, [
      0n,
      1n,
      999_999n,
      43_200_000_000n,
      MICROSECONDS_PER_DAY - 1n,
    ]),
  'value/timestamp': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.timestamp, [
      FIRST_INSTANT, FIRST_INSTANT + 1n, LAST_INSTANT, -1n, 0n, 1n, MICROSECONDS_PER_DAY - 1n, -999_999n,
      1_709_251_199_999_999n,
    ]), // prettier-ignore
  'value/json': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.json, [
      'null', 'true', '0', '""', '"null"', '[]', '{}', '{"a":1,"b":[true,null,"\\""]}', '"é😀\\n\\u0001"',
      '1.23456789012345678901235e+22',
    ]), // prettier-ignore
  'value/binary': (trial: Trial): Promise<void> =>
    roundTrip(trial, DataTypes.binary, [
      new Uint8Array(0),
      Uint8Array.of(0),
      Uint8Array.from({ length: 256 }, (_, index) => index),
      Uint8Array.of(39, 34, 92, 120),
    ]),
}
