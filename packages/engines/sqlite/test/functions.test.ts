import { DataTypes, formatValue, type Expression, type Row } from '@qarion/core'
import {
  AGGREGATE_SIGNATURES,
  aggregate,
  ascending,
  column,
  defineQuery,
  FUNCTION_SIGNATURES,
  fromQuery,
  integer,
  literal,
  measure,
  named,
  nullOf,
  parseExpression,
  select,
  values,
  window,
  WINDOW_SIGNATURES,
  windowColumn,
} from '@qarion/plan'
import { beforeAll, expect, it } from 'vitest'

import { openSharedDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await openSharedDatabase()
})

const INTEGER = DataTypes.integer
const ONE_ROW = values([{ name: 'one', type: INTEGER }], [[integer(1)]])

function textOf(
  rows: readonly Row[],
  expression: { readonly type: Expression['type'] },
  row = 0,
): string | null {
  const value = rows[row]?.[0] ?? null
  return value === null ? null : formatValue(expression.type, value)
}

async function evaluate(text: string): Promise<string | null> {
  const expression = parseExpression(text, { columns: [] })
  const query = defineQuery('q', [ONE_ROW, select([named('x', expression)])])
  return textOf(await database.read([query]), expression)
}

it('gives every function the result of its documented example', async () => {
  for (const [name, { example }] of Object.entries(FUNCTION_SIGNATURES)) {
    expect([name, await evaluate(example.text)]).toEqual([name, example.result])
  }
})

const cells = (texts: readonly (string | null)[]): readonly Expression[] =>
  texts.map((text) => (text === null ? nullOf(INTEGER) : literal(INTEGER, text)))

it('gives every aggregate the result of its documented example', async () => {
  const rows = ['1', '2', '2', null].map((x, index) => cells([x, String(index + 1)]))
  const source = defineQuery('source', [
    values(
      [
        { name: 'x', type: INTEGER },
        { name: 'n', type: INTEGER },
      ],
      rows,
    ),
  ])
  for (const [name, { example }] of Object.entries(AGGREGATE_SIGNATURES)) {
    const names = /\((.*)\)/.exec(example.text)?.[1]?.split(', ').filter(Boolean) ?? []
    const order = name === 'collect' ? ascending('n') : undefined
    const made = measure(
      'm',
      name as never,
      names.map((arg) => column(arg, INTEGER)),
      order,
    )
    const result = await database.read([
      source,
      defineQuery('q', [fromQuery('source'), aggregate({ groupBy: [], measures: [made] })]),
    ])
    expect([name, textOf(result, made)]).toEqual([name, example.result])
  }
})

it('gives every window function the result of its documented example', async () => {
  const rows = ['1', '2', '4', null].map((x, index) => cells([x, String(index + 1)]))
  const source = defineQuery('source', [
    values(
      [
        { name: 'x', type: INTEGER },
        { name: 'n', type: INTEGER },
      ],
      rows,
    ),
  ])
  for (const [name, { example }] of Object.entries(WINDOW_SIGNATURES)) {
    const names = /\((.*)\)/.exec(example.text)?.[1]?.split(', ').filter(Boolean) ?? []
    const made = windowColumn(
      'w',
      name as never,
      names.map((arg) => column(arg, INTEGER)),
    )
    const result = await database.read([
      source,
      defineQuery('q', [
        fromQuery('source'),
        window({ partitionBy: [], orderBy: ascending('n'), columns: [made] }),
        select([named('w', column('w', made.type)), named('n', column('n', INTEGER))]),
      ]),
    ])
    const third = result.find((row) => row[1] === 3n)
    expect([name, textOf(third === undefined ? [] : [third], made)]).toEqual([name, example.result])
  }
})

it.each<readonly [string, string | null]>([
  // rounding half away from zero
  ['round(2.5)', '3'],
  ['round(-2.5)', '-3'],
  ['1 / 3.0', '0.333333'],
  ['-2 / 3', '-0.666667'],
  ['ratio(1, 8000000)', '0.000000'],
  ['ratio(1, 2000000)', '0.000001'],
  // borders of 64 bits
  ['9223372036854775806 + 1', '9223372036854775807'],
  ['-9223372036854775807 - 1', '-9223372036854775808'],
  ['mod(-9223372036854775808, -1)', '0'],
  ['9007199254740993 = 9007199254740992', 'false'],
  ['9223372036854775807 > 1.5', 'true'],
  ['9223372036854775807 in (1.5, 9.5)', 'false'],
  // text by code point
  ["'é' < 'é'", 'false'],
  ["length('👩‍👩‍👧')", '5'],
  ["substring('a😀b', 2, 1)", '😀'],
  ["substring('abc', -1, 3)", 'a'],
  ["substring('abc', 2)", 'bc'],
  ["position('a😀b', 'b')", '3'],
  ["position('abc', '')", '1'],
  ["upper('ß')", 'ß'],
  ["'A' like 'a'", 'false'],
  ["'a*c' like 'a*_'", 'true'],
  ["'a?c' like 'a??'", 'false'],
  ["'a[c' like 'a[_'", 'true'],
  ["'100%' like '100\\%'", 'true'],
  // time before 1970
  ["hour(timestamp '1969-12-31T23:59:59.999999Z')", '23'],
  ["year(timestamp '0001-01-01T00:00:00Z')", '1'],
  ["date_trunc('hour', timestamp '1969-12-31T23:59:59.5Z')", '1969-12-31T23:00:00Z'],
  ["date_trunc('week', timestamp '1969-12-31T23:59:59.5Z')", '1969-12-29T00:00:00Z'],
  ["days_between(date '0001-01-01', date '9999-12-31')", '3652058'],
  // casts
  ["cast(' 1' = '1' as integer)", '0'],
  ["cast(0.1 as float) = cast('0.1' as float)", 'true'],
  ["cast(cast('0.5' as float) as decimal(3,0))", '1'],
  ["cast(cast('-2.5' as float) as decimal(3,0))", '-3'],
  ["cast(timestamp '1969-12-31T23:59:59Z' as date)", '1969-12-31'],
  ["cast(date '1969-12-31' as timestamp)", '1969-12-31T00:00:00Z'],
  ['cast(-1.50 as string)', '-1.50'],
  ["cast(time '01:02:03.5' as string)", '01:02:03.500000'],
  ["json_array('\u0001', '😀', '/')", '["\\u0001","😀","/"]'],
  [
    "key_text(date '2024-01-02', 1.50, true, timestamp '1970-01-01T00:00:01Z')",
    '2024-01-02|1.50|true|1000000',
  ],
])('evaluates %s to %s', async (text, expected) => {
  expect(await evaluate(text)).toBe(expected)
})

it.each<readonly [string, string]>([
  ['9223372036854775807 + 1', 'QRN-EXEC-001'],
  ['-9223372036854775808 - 1', 'QRN-EXEC-001'],
  ['9223372036854775807 * 2', 'QRN-EXEC-001'],
  ['negate(-9223372036854775808)', 'QRN-EXEC-001'],
  ['abs(-9223372036854775808)', 'QRN-EXEC-001'],
  ['div(-9223372036854775808, -1)', 'QRN-EXEC-001'],
  ["cast('1e308' as float) * cast('10' as float)", 'QRN-EXEC-001'],
  ["add_days(date '9999-12-31', 1)", 'QRN-EXEC-001'],
  ["add_microseconds(timestamp '0001-01-01T00:00:00Z', -1)", 'QRN-EXEC-001'],
  ['1 / 0', 'QRN-EXEC-002'],
  ['div(1, 0)', 'QRN-EXEC-002'],
  ['mod(1, 0)', 'QRN-EXEC-002'],
  ["cast('1' as float) / cast('0' as float)", 'QRN-EXEC-002'],
  ["cast('x' || '' as integer)", 'QRN-EXEC-003'],
  ["cast('2024-02-30' || '' as date)", 'QRN-EXEC-003'],
  ['cast(1.5 as integer)', 'QRN-EXEC-003'],
  ['cast(12345 as decimal(4,0))', 'QRN-EXEC-003'],
])('fails the step for %s with %s', async (text, code) => {
  await expect(evaluate(text)).rejects.toMatchObject({ code, reason: 'execution' })
})

it('refuses decimals beyond 18 digits when compiling', async () => {
  await expect(evaluate('1234567890.12 * 1234567890.12')).rejects.toMatchObject({
    code: 'QRN-SQL-002',
    reason: 'unsupported',
  })
})

it('sums exactly, whatever the order of the rows', async () => {
  expect(await sum(['9223372036854775807', '1', '-2'])).toBe('9223372036854775806')
  await expect(sum(['9223372036854775807', '1'])).rejects.toMatchObject({ code: 'QRN-EXEC-001' })
})

async function sum(texts: readonly string[]): Promise<string | null> {
  const made = measure('total', 'sum', [column('x', INTEGER)])
  const rows = texts.map((text) => [literal(INTEGER, text)])
  const query = defineQuery('q', [
    values([{ name: 'x', type: INTEGER }], rows),
    aggregate({ groupBy: [], measures: [made] }),
  ])
  return textOf(await database.read([query]), made)
}
