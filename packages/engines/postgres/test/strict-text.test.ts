import {
  DataTypes,
  decimalType,
  formatType,
  formatValue,
  isValueProblem,
  parseValue,
  type DataType,
} from '@qarion/core'
import { quoteText } from '@qarion/kit-sql'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { connect, type PostgresConnection } from '../src/connection/connection.ts'
import { textOf } from '../src/dialect/casts.ts'
import { divideExactly } from '../src/dialect/exact-division.ts'
import { divideFloats, multiplyFloats } from '../src/dialect/float-arithmetic.ts'
import { decimalOfFloat } from '../src/dialect/float-to-decimal.ts'
import { asText } from '../src/dialect/stored-type.ts'
import { readText } from '../src/dialect/strict-text.ts'
import { newSchema, testSettings } from './support.ts'

let connection: PostgresConnection
beforeAll(async () => {
  connection = await connect(await testSettings(newSchema()), 'read')
})
afterAll(async () => connection.close())

/** One expression over many rows, as texts. */
async function over(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  sql: string,
): Promise<readonly (string | null)[]> {
  const list = rows.map((row, index) => `(${[index, ...row].join(', ')})`).join(', ')
  const found = await connection.query(
    `SELECT ${sql} FROM (VALUES ${list}) AS t(place, ${names.join(', ')}) ORDER BY place`,
  )
  return found.rows.map(([value]) => value ?? null)
}

const digits = fc.stringMatching(/^[0-9]{1,4}$/)
const piece = fc.oneof(
  digits,
  fc.constantFrom(
    '-', '+', '.', 'e', 'E', 'T', 'Z', ':', ' ', '_', '00', '0', '9223372036854775807', '2024', '-02-', '-29', '10:20',
    '24:00', '+01:00', '-0530', '.000001', '.0000010', 'true', 'FALSE', 'nan', 'infinity', 'today', '٣', '\u00a0', '\n',
  ),
) // prettier-ignore
const assembled = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
const date = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  )
  .map(([year, month, day]) =>
    [
      String(year).padStart(4, '0'),
      String(month).padStart(2, '0'),
      String(day).padStart(2, '0'),
    ].join('-'),
  )
const clock = fc
  .tuple(
    fc.integer({ min: 0, max: 24 }),
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom('', ':00', ':59', ':60', ':09.5', ':59.9999990', ':00.0000001'),
  )
  .map(
    ([hour, minute, end]) =>
      `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}${end}`,
  )
const instant = fc
  .tuple(
    date,
    fc.constantFrom('T', ' ', 't', ''),
    clock,
    fc.constantFrom('', 'Z', 'z', '+01', '-23:59', '+0530', '+24:00', ' Z'),
  )
  .map((parts) => parts.join(''))
const number = fc.oneof(
  fc.double({ noNaN: false }).map(String),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.stringMatching(/^[0-9]{0,12}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`),
  fc
    .tuple(digits, fc.integer({ min: -1200, max: 1200 }))
    .map(([whole, exponent]) => `${whole}e${exponent}`),
)
const anyText = fc.oneof(assembled, date, clock, instant, number)

const TYPES: readonly DataType[] = [
  DataTypes.boolean,
  DataTypes.integer,
  decimalType(12, 4),
  decimalType(5, 5),
  decimalType(38, 0),
  DataTypes.float,
  DataTypes.date,
  DataTypes.time,
  DataTypes.timestamp,
]

/** The text that the form of the type gives, NULL where the text is no value. */
function expected(type: DataType, text: string): string | null {
  const value = parseValue(type, text)
  return isValueProblem(value) ? null : formatValue(type, value)
}

describe.each(TYPES.map((type) => [formatType(type), type] as const))('%s', (_name, type) => {
  it('reads the texts that core reads, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 200 }), async (texts) => {
        const value = readText('t.x', type) as string
        const sql =
          type.kind === 'float'
            ? `encode(float8send(${value}), 'hex')`
            : textOf({ sql: value, type })
        const found = await over(
          ['x'],
          texts.map((text) => [asText(quoteText(text))]),
          sql,
        )
        const wanted = texts.map((text) => {
          const read = expected(type, text)
          return type.kind === 'float' && read !== null ? bitsOf(Number(read)) : read
        })
        expect(Object.fromEntries(texts.map((text, index) => [text, found[index]]))).toEqual(
          Object.fromEntries(texts.map((text, index) => [text, wanted[index]])),
        )
      }),
      { numRuns: 20 },
    )
  })
})

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

const float = fc.double({ noNaN: true, noDefaultInfinity: true })
const float8 = (value: number): string => `CAST('${value}' AS DOUBLE PRECISION)`

describe('floats', () => {
  it('become decimals by their exact value, rounded half away from zero', async () => {
    const small = fc.oneof(
      fc.double({ noNaN: true, min: -99_999, max: 99_999 }),
      fc.integer({ min: -99_999_999, max: 99_999_999 }).map((whole) => whole / 4096),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(small, { minLength: 1, maxLength: 100 }), async (values) => {
        const found = await over(
          ['x'],
          values.map((value) => [float8(value)]),
          decimalOfFloat('t.x', decimalType(12, 3)),
        )
        expect(found).toEqual(
          values.map((value) => formatValue(decimalType(12, 3), exactly(value, 3))),
        )
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['product', multiplyFloats, (a: number, b: number) => a * b],
    ['quotient', divideFloats, (a: number, b: number) => a / b],
  ] as const)('have the nearest %s, also where that is 0', async (_what, print, calculate) => {
    const tiny = fc.oneof(
      float,
      fc.tuple(float, fc.integer({ min: -320, max: -100 })).map(([x, e]) => x * 10 ** e),
    )
    const pair = fc
      .tuple(tiny, tiny)
      .filter(([a, b]) => b !== 0 && Number.isFinite(calculate(a, b)))
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 100 }), async (pairs) => {
        const rows = pairs.map(([a, b]) => [float8(a), float8(b)])
        const found = await over(
          ['x', 'y'],
          rows,
          `encode(float8send(${print('t.x', 't.y')}), 'hex')`,
        )
        expect(found).toEqual(pairs.map(([a, b]) => bitsOf(calculate(a, b) + 0)))
      }),
      { numRuns: 20 },
    )
  })
})

it('divides decimals exactly, half away from zero', async () => {
  const digits38 = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  const pair = fc.tuple(
    digits38,
    digits38.filter((value) => value !== 0n),
  )
  const type = decimalType(38, 6)
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 100 }), async (pairs) => {
      const rows = pairs.map(([a, b]) => [`${a}::numeric`, `${b}::numeric`])
      const found = await over(['x', 'y'], rows, divideExactly('t.x', 't.y', type, 'NULL'))
      expect(found).toEqual(pairs.map(([a, b]) => formatValue(type, rounded(a * 10n ** 6n, b))))
    }),
    { numRuns: 20 },
  )
})

function rounded(dividend: bigint, divisor: bigint): bigint {
  const [n, d] = [dividend, divisor].map((value) => (value < 0n ? -value : value)) as [
    bigint,
    bigint,
  ]
  const magnitude = (2n * n + d) / (2n * d)
  return dividend < 0n === divisor < 0n ? magnitude : -magnitude
}

/** The unscaled decimal of a double, by its bits. */
function exactly(value: number, scale: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const field = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & (2n ** 52n - 1n)) + (field === 0 ? 0n : 2n ** 52n)
  const exponent = Math.max(field, 1) - 1075
  const unit = 10n ** BigInt(scale)
  const magnitude =
    exponent >= 0
      ? mantissa * 2n ** BigInt(exponent) * unit
      : rounded(mantissa * unit, 2n ** BigInt(-exponent))
  return value < 0 ? -magnitude : magnitude
}
