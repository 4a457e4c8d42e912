import { DataTypes, decimalType } from '@qarion/core'
import type { DataType, Value } from '@qarion/core'
import {
  canonicalJson,
  canonicalText,
  compareCodePoints,
  formatValue,
  parseText,
} from '@qarion/plan'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { thrownBy } from './support.ts'

const { boolean, integer, float, string, date, time, timestamp, json, binary } = DataTypes
const money = decimalType(6, 2)

describe('accepted text forms', () => {
  test.each<[DataType, string, string]>([
    [boolean, 'TRUE', 'true'],
    [boolean, '0', 'false'],
    [integer, '+007', '7'],
    [integer, '-9223372036854775808', '-9223372036854775808'],
    [money, '1.5', '1.50'],
    [money, '+001.500', '1.50'],
    [money, '-0.00', '0.00'],
    [decimalType(3, 0), '-12', '-12'],
    [decimalType(2, 2), '0.05', '0.05'],
    [float, '1e3', '1000'],
    [float, '-0.0', '0'],
    [string, ' a ', ' a '],
    [date, '2024-02-29', '2024-02-29'],
    [date, '0001-01-01', '0001-01-01'],
    [time, '07:05', '07:05:00'],
    [time, '07:05:09.1000000', '07:05:09.100000'],
    [timestamp, '2024-01-01 00:30:00+02:00', '2023-12-31T22:30:00Z'],
    [timestamp, '2024-01-01T00:30-0130', '2024-01-01T02:00:00Z'],
    [timestamp, '1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    [json, ' {"b" : 1.0, "a":[10e-1, null, true, "\\u00e9"]} ', '{"a":[1,null,true,"é"],"b":1}'],
    [binary, 'AA==', 'AA=='],
    [binary, '', ''],
  ])('%o %s', (type, given, canonical) => {
    expect(canonicalText(type, given)).toBe(canonical)
  })
})

describe('refused text forms', () => {
  test.each<[DataType, string]>([
    [boolean, 'yes'],
    [integer, '1.0'],
    [integer, ''],
    [integer, '9223372036854775808'],
    [integer, ' 1'],
    [money, '.5'],
    [money, '1.'],
    [money, '1.005'],
    [money, '10000.00'],
    [money, '1e2'],
    [float, 'NaN'],
    [float, '1e999'],
    [float, '0x10'],
    [string, 'a\u0000'],
    [string, '\ud800'],
    [date, '2023-02-29'],
    [date, '0000-01-01'],
    [date, '2024-13-01'],
    [date, '2024-04-31'],
    [date, '24-01-01'],
    [time, '24:00'],
    [time, '23:59:60'],
    [time, '23:60'],
    [time, '1:00'],
    [time, '00:00:00.0000001'],
    [timestamp, '2024-01-01'],
    [timestamp, '2024-01-01T00:00:00+25:00'],
    [timestamp, '2024-01-01T00:00:00+01:60'],
    [timestamp, '0001-01-01T00:00:00+01:00'],
    [timestamp, '2024-02-30T00:00:00Z'],
    [timestamp, '2024-02-20T25:00:00Z'],
    [json, '{"a":1,"a":2}'],
    [json, '"\\ud800"'],
    [json, '"\\u0000"'],
    [json, '[1,]'],
    [json, '01'],
    [json, '{"a" 1}'],
    [json, '{1:1}'],
    [json, '"a'],
    [json, '"\\x"'],
    [json, '1 2'],
    [json, '1e9999999999'],
    [json, `${'['.repeat(600)}${']'.repeat(600)}`],
    [json, ''],
    [binary, 'A'],
    [binary, 'AB=='],
  ])('%o %s', (type, given) => {
    expect(parseText(type, given)).toBeUndefined()
    expect(thrownBy(() => canonicalText(type, given)).code).toBe('QRN-PLAN-006')
  })
})

test('days are counted as JavaScript counts them', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (day) => {
        const form = day.toISOString().slice(0, 10)
        const days = Math.floor(day.getTime() / 86_400_000)
        expect(parseText(date, form)).toBe(days)
        expect(formatValue(date, days)).toBe(form)
        const instant = day.toISOString()
        expect(parseText(timestamp, instant)).toBe(BigInt(day.getTime()) * 1000n)
      },
    ),
    { numRuns: 500 },
  )
})

test('canonical JSON means the same and is its own canonical form', () => {
  fc.assert(
    fc.property(fc.json(), (form) => {
      const canonical = canonicalJson(form)
      if (canonical === undefined) return
      expect(canonicalJson(canonical)).toBe(canonical)
      const expected: unknown = JSON.parse(form, (_, value: unknown) => (value === 0 ? 0 : value))
      expect(JSON.parse(canonical)).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('numbers of JSON keep every digit', () => {
  const table: readonly [string, string][] = [
    ['1e21', '1e+21'],
    ['1E20', '100000000000000000000'],
    ['0.0000001', '1e-7'],
    ['0.000001', '0.000001'],
    ['-12.50e-1', '-1.25'],
    ['123456789012345678901234567890.5', '1.234567890123456789012345678905e+29'],
    ['-0.0e5', '0'],
    ['1e-400', '1e-400'],
  ]
  for (const [given, canonical] of table) expect(canonicalJson(given)).toBe(canonical)
})

test('doubles are written as ECMAScript writes them', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(canonicalJson(JSON.stringify(number))).toBe(JSON.stringify(number))
      const value = parseText(float, String(number)) as Value
      expect(formatValue(float, value)).toBe(String(number))
    }),
  )
})

test('base64 and back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const form = formatValue(binary, bytes)
      expect(form).toBe(Buffer.from(bytes).toString('base64'))
      expect(parseText(binary, form)).toEqual(bytes)
    }),
  )
})

test('code points are compared like bytes of UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const bytes = Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)))
      expect(Math.sign(compareCodePoints(left, right))).toBe(bytes)
    }),
  )
  expect(compareCodePoints('\uffff', '😀')).toBeLessThan(0)
})
