import { DataTypes, decimalType, type DataType, type Value } from '@qarion/core'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'

import { column, errorOf, load, parquetBytes, type StoredColumn } from './support.ts'

const { boolean, integer, float, string, date, time, timestamp, json, binary } = DataTypes
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const utf8 = (text: string): Uint8Array => Buffer.from(text)
const integers = (bitWidth: number, isSigned: boolean): Partial<SchemaElement> => ({
  type: bitWidth === 64 ? 'INT64' : 'INT32',
  logical_type: { type: 'INTEGER', bitWidth, isSigned },
})
const decimals = (
  type: 'INT32' | 'INT64' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY',
  precision: number,
  scale: number,
): Partial<SchemaElement> => ({
  type,
  converted_type: 'DECIMAL',
  precision,
  scale,
  ...(type === 'FIXED_LEN_BYTE_ARRAY' ? { type_length: 16 } : {}),
})
const times = (unit: 'MILLIS' | 'MICROS' | 'NANOS'): Partial<SchemaElement> => ({
  type: unit === 'MILLIS' ? 'INT32' : 'INT64',
  logical_type: { type: 'TIME', isAdjustedToUTC: true, unit },
})
const timestamps = (
  unit: 'MILLIS' | 'MICROS' | 'NANOS',
  isAdjustedToUTC = true,
): Partial<SchemaElement> => ({
  type: 'INT64',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit },
})
const stored = (
  element: Partial<SchemaElement>,
  data: readonly unknown[],
  more: Partial<StoredColumn> = {},
): StoredColumn => ({ element: { name: 'v', ...element }, data, ...more })

interface Case {
  readonly name: string
  readonly file: StoredColumn
  readonly type: DataType
  readonly values: readonly (Value | null)[]
}

const CASES: readonly Case[] = [
  { name: 'boolean', file: stored({ type: 'BOOLEAN' }, [true, null, false]), type: boolean, values: [true, null, false] },
  { name: 'int64', file: stored({ type: 'INT64' }, [2n ** 63n - 1n, null, -(2n ** 63n), 2n ** 53n + 1n]), type: integer, values: [2n ** 63n - 1n, null, -(2n ** 63n), 2n ** 53n + 1n] },
  { name: 'int32 → integer', file: stored({ type: 'INT32' }, [-1, null, 2_147_483_647]), type: integer, values: [-1n, null, 2_147_483_647n] },
  { name: 'int8 → integer', file: stored(integers(8, true), [-128, 127]), type: integer, values: [-128n, 127n] },
  { name: 'uint32 → integer', file: stored(integers(32, false), [0, 4_294_967_295]), type: integer, values: [0n, 4_294_967_295n] },
  { name: 'uint64 → integer', file: stored({ type: 'INT64', converted_type: 'UINT_64' }, [0n, 2n ** 63n - 1n]), type: integer, values: [0n, 2n ** 63n - 1n] },
  { name: 'decimal(9,0) → integer', file: stored(decimals('INT32', 9, 0), [-5n, 7n]), type: integer, values: [-5n, 7n] },
  { name: 'decimal in 32 bits, wider here', file: stored(decimals('INT32', 9, 2), [-150n, null, 999_999_999n]), type: decimalType(12, 2), values: [-150n, null, 999_999_999n] },
  { name: 'decimal in 64 bits, with more places here', file: stored(decimals('INT64', 12, 2), [-150n, 1n]), type: decimalType(14, 4), values: [-15_000n, 100n] },
  { name: 'decimal of 38 digits in 16 bytes', file: stored(decimals('FIXED_LEN_BYTE_ARRAY', 38, 10), [10n ** 38n - 1n, -(10n ** 38n) + 1n, 0n, -1n, null]), type: decimalType(38, 10), values: [10n ** 38n - 1n, -(10n ** 38n) + 1n, 0n, -1n, null] },
  { name: 'decimal in bytes of any length', file: stored({ type: 'BYTE_ARRAY' }, [bytes(0xff), bytes(0x00, 0x80), bytes()], {}), type: binary, values: [bytes(0xff), bytes(0x00, 0x80), bytes()] },
  { name: 'int32 → decimal', file: stored({ type: 'INT32' }, [-3, 4]), type: decimalType(12, 2), values: [-300n, 400n] },
  { name: 'float64', file: stored({ type: 'DOUBLE' }, [0.1, -0, null, 5e-324]), type: float, values: [0.1, 0, null, 5e-324] },
  { name: 'float32 → float', file: stored({ type: 'FLOAT' }, [0.5, -0, Math.fround(0.1)]), type: float, values: [0.5, 0, Math.fround(0.1)] },
  { name: 'float16 → float', file: stored({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } }, [0.5, -1.5, 65_504, 5.960464477539063e-8]), type: float, values: [0.5, -1.5, 65_504, 5.960464477539063e-8] },
  { name: 'int32 → float', file: stored({ type: 'INT32' }, [-3]), type: float, values: [-3] },
  { name: 'string', file: stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['', null, 'é😀\ufffd\ufeff', 'a"b,c\n', ' ']), type: string, values: ['', null, 'é😀\ufffd\ufeff', 'a"b,c\n', ' '] },
  { name: 'enum → string', file: stored({ type: 'BYTE_ARRAY', converted_type: 'ENUM' }, [utf8('A'), utf8('B')]), type: string, values: ['A', 'B'] },
  { name: 'uuid → string', file: stored({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } }, ['00112233-4455-6677-8899-aabbccddeeff']), type: string, values: ['00112233-4455-6677-8899-aabbccddeeff'] },
  { name: 'json → string', file: stored({ type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }, [utf8('{"b":1.0}')]), type: string, values: ['{"b":1.0}'] },
  { name: 'date', file: stored({ type: 'INT32', converted_type: 'DATE' }, [-719_162, null, 2_932_896, 0]), type: date, values: [-719_162, null, 2_932_896, 0] },
  { name: 'time in milliseconds', file: stored(times('MILLIS'), [0, 86_399_999]), type: time, values: [0n, 86_399_999_000n] },
  { name: 'time in microseconds', file: stored(times('MICROS'), [1n, 86_399_999_999n]), type: time, values: [1n, 86_399_999_999n] },
  { name: 'time in nanoseconds', file: stored(times('NANOS'), [1000n]), type: time, values: [1n] },
  { name: 'timestamp in milliseconds', file: stored(timestamps('MILLIS'), [-62_135_596_800_000n, 253_402_300_799_999n, null]), type: timestamp, values: [-62_135_596_800_000_000n, 253_402_300_799_999_000n, null] },
  { name: 'timestamp in microseconds', file: stored(timestamps('MICROS'), [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n]), type: timestamp, values: [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n] },
  { name: 'timestamp in nanoseconds', file: stored(timestamps('NANOS'), [-1000n, 1_709_204_400_123_456_000n]), type: timestamp, values: [-1n, 1_709_204_400_123_456n] },
  { name: 'timestamp by the old mark', file: stored({ type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }, [7n]), type: timestamp, values: [7n] },
  { name: 'local timestamp, in UTC', file: stored(timestamps('MICROS', false), [7n]), type: timestamp, values: [7n] },
  { name: 'timestamp of 96 bits', file: stored({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12 }, [int96(0, 0n), int96(19_782, 45_296_123_456_000n), int96(-719_162, 0n), int96(2_932_896, 86_399_999_999_000n)], { storedAs: 'INT96' }), type: timestamp, values: [0n, 19_782n * 86_400_000_000n + 45_296_123_456n, -62_135_596_800_000_000n, 253_402_300_799_999_999n] },
  { name: 'json, brought to its form', file: stored({ type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }, [utf8('{"b":1.0, "a":[9007199254740993]}'), utf8('null'), null]), type: json, values: ['{"a":[9007199254740993],"b":1}', 'null', null] },
  { name: 'string → json', file: stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['[1.50]']), type: json, values: ['[1.5]'] },
  { name: 'bytes', file: stored({ type: 'BYTE_ARRAY' }, [bytes(), bytes(0, 255, 254), null]), type: binary, values: [bytes(), bytes(0, 255, 254), null] },
  { name: 'bytes of one length', file: stored({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 3 }, [bytes(1, 2, 3)]), type: binary, values: [bytes(1, 2, 3)] },
] // prettier-ignore

function int96(days: number, nanoseconds: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(12))
  view.setBigInt64(0, nanoseconds, true)
  view.setInt32(8, days + 2_440_588, true)
  return new Uint8Array(view.buffer)
}

describe('types that fit', () => {
  it.each(CASES)('$name', async ({ file, type, values }) => {
    // Once with few values, once with so many that the writer makes a dictionary and several pages.
    for (const copies of [1, 500]) {
      const many = { ...file, data: Array.from({ length: copies }, () => file.data).flat() }
      const { rows, rejects } = await load(parquetBytes([many], { pageSize: 1000 }), [
        column('v', type),
      ])
      expect(rejects).toEqual([])
      expect(rows).toEqual(
        Array.from({ length: copies }, () => values.map((value) => [value])).flat(),
      )
    }
  })
})

describe('types that do not fit', () => {
  it.each([
    ['int64', stored({ type: 'INT64' }, [1n]), string, 'string'],
    ['int64', stored({ type: 'INT64' }, [1n]), decimalType(12, 2), 'decimal(12,2)'],
    ['int64', stored({ type: 'INT64' }, [1n]), float, 'float'],
    ['decimal(12,2)', stored(decimals('INT64', 12, 2), [1n]), decimalType(9, 2), 'decimal(9,2)'],
    ['decimal(9,2)', stored(decimals('INT32', 9, 2), [1n]), decimalType(9, 1), 'decimal(9,1)'],
    ['decimal(9,2)', stored(decimals('INT32', 9, 2), [1n]), integer, 'integer'],
    ['float64', stored({ type: 'DOUBLE' }, [1]), integer, 'integer'],
    [
      'string',
      stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['2024-01-01']),
      date,
      'date',
    ],
    ['string', stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['1']), integer, 'integer'],
    ['string', stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['AA==']), binary, 'binary'],
    ['binary', stored({ type: 'BYTE_ARRAY' }, [bytes(1)]), string, 'string'],
    ['date', stored({ type: 'INT32', converted_type: 'DATE' }, [1]), timestamp, 'timestamp'],
    ['timestamp in milliseconds, UTC', stored(timestamps('MILLIS'), [1n]), date, 'date'],
    ['timestamp in microseconds, local', stored(timestamps('MICROS', false), [1n]), time, 'time'],
    ['time in microseconds', stored(times('MICROS'), [1n]), timestamp, 'timestamp'],
    ['boolean', stored({ type: 'BOOLEAN' }, [true]), integer, 'integer'],
  ] as const)('%s', async (found, file, type, expected) => {
    const error = await errorOf(load(parquetBytes([file]), [column('v', type)]))
    expect([error.code, error.reason, error.place]).toEqual([
      'QRN-PARQUET-007',
      'data',
      { file: 'a.parquet' },
    ])
    expect(error.message).toBe(
      `a.parquet: the column "v" holds ${found}, and ${expected} is declared.`,
    )
    expect(error.hint).toMatch(/^Declare it as schema_type = "/)
  })

  it('say what to declare', async () => {
    const hintOf = async (file: StoredColumn, type: DataType): Promise<string | undefined> =>
      (await errorOf(load(parquetBytes([file]), [column('v', type)]))).hint
    expect(await hintOf(stored({ type: 'DOUBLE' }, [1]), decimalType(12, 2))).toBe(
      'Declare it as schema_type = "float", or have the sender write decimal(12,2).',
    )
    expect(await hintOf(stored(decimals('INT64', 12, 2), [1n]), decimalType(9, 2))).toBe(
      'Declare it as schema_type = "decimal", precision = 12, scale = 2, or have the sender write decimal(9,2).',
    )
  })
})

describe('bad values', () => {
  it.each([
    ['uint64 beyond 2^63', stored({ type: 'INT64', converted_type: 'UINT_64' }, [1n, 2n ** 63n]), integer, '9223372036854775808', 'outside the range of a 64-bit integer'],
    ['NaN', stored({ type: 'DOUBLE' }, [1, NaN]), float, 'NaN', 'not a finite number'],
    ['infinity', stored({ type: 'FLOAT' }, [1, -Infinity]), float, '-Infinity', 'not a finite number'],
    ['NUL in a text', stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['a', 'b\0']), string, 'b\0', 'holds a NUL character'],
    ['no UTF-8', stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['a', bytes(0x61, 0xe4)]), string, 'a\ufffd', 'not UTF-8'],
    ['a fraction of a microsecond', stored(timestamps('NANOS'), [0n, 1001n]), timestamp, '1001', 'finer than a microsecond'],
    ['the year 10000', stored(timestamps('MILLIS'), [0n, 253_402_300_800_000n]), timestamp, '253402300800000', 'outside the years 1 to 9999 in UTC'],
    ['the year 0', stored({ type: 'INT32', converted_type: 'DATE' }, [0, -719_163]), date, '-719163', 'no such day in the years 1 to 9999'],
    ['24 o’clock', stored(times('MICROS'), [0n, 86_400_000_000n]), time, '86400000000', 'no such time of day'],
    ['no JSON', stored({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['1', '{']), json, '{', 'not JSON: expected a key at character 2'],
    ['more digits than the file says', stored(decimals('INT32', 3, 0), [1n, 1000n]), decimalType(3, 0), '1000', 'more than 3 digits before the point in a column of decimal(3,0)'],
  ] as const)('%s', async (_, file, type, text, reason) => {
    const key: StoredColumn = { element: { name: 'id', type: 'INT64' }, data: [7n, 8n] }
    const columns = [column('id', integer, { required: true }), column('v', type)]
    const { rows, lines, rejects } = await load(parquetBytes([key, file]), columns)
    expect([rows.length, lines]).toEqual([1, [1]])
    expect(rejects).toMatchObject([
      { line: 2, problems: [{ column: 'v', text, reason }], values: { id: 8n } },
    ])
    expect(rejects[0]?.rawText).toBe(JSON.stringify({ id: '8', v: text }))
    expect(rejects[0]?.values).not.toHaveProperty('v')
  }) // prettier-ignore

  it('NULL in a required column, and every problem of a row', async () => {
    const file = parquetBytes([
      { element: { name: 'id', type: 'INT64' }, data: [1n, null, null] },
      { element: { name: 'v', type: 'DOUBLE' }, data: [1, 2, NaN] },
    ])
    const columns = [column('id', integer, { required: true }), column('v', float)]
    const { rows, rejects } = await load(file, columns)
    expect(rows).toEqual([[1n, 1]])
    expect(rejects.map(({ line, problems, rawText }) => [line, problems, rawText])).toEqual([
      [2, [{ column: 'id', text: null, reason: 'required, but missing' }], '{"id":null,"v":"2"}'],
      [
        3,
        [
          { column: 'id', text: null, reason: 'required, but missing' },
          { column: 'v', text: 'NaN', reason: 'not a finite number' },
        ],
        '{"id":null,"v":"NaN"}',
      ],
    ])
  })

  it('local times of a zone, with those it skips and those it has twice', async () => {
    const local = (text: string): bigint => BigInt(Date.parse(`${text}Z`)) * 1000n
    const file = parquetBytes([
      stored(timestamps('MICROS', false), [
        local('2024-01-15T12:00:00'),
        local('2024-07-15T12:00:00') + 1n,
        local('2024-03-31T02:30:00'),
        local('2024-10-27T02:30:00'),
      ]),
    ])
    const columns = [column('v', timestamp)]
    const zone = { timezone: 'Europe/Vienna' }
    const { rows, rejects } = await load(file, columns, zone)
    expect(rows).toEqual([
      [local('2024-01-15T11:00:00')],
      [local('2024-07-15T10:00:00') + 1n],
      [local('2024-10-27T00:30:00')],
    ])
    expect(rejects.map(({ line, problems }) => [line, problems[0]?.reason])).toEqual([
      [3, 'a local time that Europe/Vienna skips'],
    ])
    const strict = await load(file, columns, { ...zone, ambiguousTime: 'reject' })
    expect(strict.rejects.map(({ line }) => line)).toEqual([3, 4])
  })

  it('a long row is cut', async () => {
    const file = parquetBytes([
      { element: { name: 'id', type: 'DOUBLE' }, data: [NaN] },
      {
        element: { name: 'v', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
        data: [`${'é'.repeat(100_000)}\0`],
      },
    ])
    const { rejects } = await load(file, [column('id', float), column('v')])
    expect(Buffer.from(rejects[0]?.rawText ?? '').length).toBeGreaterThan(65_000)
    expect(Buffer.from(rejects[0]?.rawText ?? '').length).toBeLessThanOrEqual(65_536)
    expect(rejects[0]?.problems[1]?.text).toBe('é'.repeat(1000))
  })
})
