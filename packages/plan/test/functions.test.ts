import {
  AGGREGATE_NAMES,
  DataTypes,
  decimalType,
  formatType,
  FUNCTION_NAMES,
  WINDOW_NAMES,
} from '@qarion/core'
import type { DataType, Expression, FunctionName } from '@qarion/core'
import {
  AGGREGATE_SIGNATURES,
  call,
  canCast,
  canonicalText,
  column,
  decimal,
  FUNCTION_SIGNATURES,
  integer,
  measure,
  nullOf,
  parseExpression,
  text,
  WINDOW_SIGNATURES,
  windowColumn,
} from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import { thrownBy } from './support.ts'

const int = column('i', DataTypes.integer)
const float = column('f', DataTypes.float)
const string = column('s', DataTypes.string)
const date = column('d', DataTypes.date)
const timestamp = column('t', DataTypes.timestamp)

function dec(precision: number, scale: number): Expression {
  return column('n', decimalType(precision, scale))
}

test('every name of the contract has a signature', () => {
  expect(Object.keys(FUNCTION_SIGNATURES).toSorted()).toEqual([...FUNCTION_NAMES].toSorted())
  expect(Object.keys(AGGREGATE_SIGNATURES).toSorted()).toEqual([...AGGREGATE_NAMES].toSorted())
  expect(Object.keys(WINDOW_SIGNATURES).toSorted()).toEqual([...WINDOW_NAMES].toSorted())
})

describe('worked examples', () => {
  test.each(FUNCTION_NAMES)('%s parses, calls it, and its result is one of its type', (name) => {
    const { example } = FUNCTION_SIGNATURES[name]
    const expression = parseExpression(example.text, { columns: [] })
    expect(expression).toMatchObject({ kind: 'call', function: name })
    const { result } = example
    expect(result === null ? null : canonicalText(expression.type, result)).toBe(result)
  })
})

describe('result types', () => {
  test.each<[FunctionName, readonly Expression[], string]>([
    ['add', [int, int], 'integer'],
    ['add', [float, float], 'float'],
    ['add', [dec(12, 2), dec(10, 4)], 'decimal(15,4)'],
    ['add', [dec(38, 2), dec(38, 2)], 'decimal(38,2)'],
    ['add', [dec(12, 2), int], 'decimal(22,2)'],
    ['add', [dec(12, 2), integer(5)], 'decimal(13,2)'],
    ['subtract', [int, dec(4, 4)], 'decimal(24,4)'],
    ['multiply', [dec(12, 2), dec(12, 2)], 'decimal(24,4)'],
    ['multiply', [dec(38, 10), dec(38, 10)], 'decimal(38,20)'],
    ['multiply', [dec(12, 2), integer(-100)], 'decimal(15,2)'],
    ['divide', [int, int], 'decimal(18,6)'],
    ['divide', [dec(12, 8), dec(12, 2)], 'decimal(18,8)'],
    ['divide', [dec(20, 2), int], 'decimal(38,6)'],
    ['divide', [float, float], 'float'],
    ['round', [dec(12, 2)], 'decimal(11,0)'],
    ['round', [dec(12, 4), integer(2)], 'decimal(11,2)'],
    ['round', [dec(12, 2), integer(2)], 'decimal(12,2)'],
    ['round', [int], 'integer'],
    ['floor', [dec(2, 2)], 'decimal(1,0)'],
    ['ceil', [float], 'float'],
    ['negate', [dec(12, 2)], 'decimal(12,2)'],
    ['ratio', [int, dec(12, 2)], 'decimal(18,6)'],
    ['coalesce', [dec(12, 2), integer(0)], 'decimal(12,2)'],
    ['coalesce', [dec(12, 2), int], 'decimal(21,2)'],
    ['coalesce', [dec(12, 2), dec(4, 4), dec(6, 0)], 'decimal(14,4)'],
    ['null_if', [int, dec(3, 1)], 'integer'],
    ['greatest', [string, string], 'string'],
    ['date_trunc', [text('hour'), timestamp], 'timestamp'],
    ['add_days', [date, int], 'date'],
    ['key_text', [int, string, date], 'string'],
    ['json_array', [string], 'json'],
    ['equal', [int, dec(3, 1)], 'boolean'],
  ])('%s %#', (name, args, type) => {
    expect(formatType(call(name, ...args).type)).toBe(type)
  })

  test.each<[string, DataType, string]>([
    ['sum', DataTypes.integer, 'integer'],
    ['sum', decimalType(12, 2), 'decimal(18,2)'],
    ['sum', decimalType(19, 2), 'decimal(38,2)'],
    ['avg', DataTypes.integer, 'decimal(18,6)'],
    ['avg', decimalType(20, 8), 'decimal(38,8)'],
    ['min', DataTypes.json, 'json'],
    ['collect', DataTypes.string, 'json'],
    ['count_distinct', DataTypes.binary, 'integer'],
  ])('%s of %o is %s', (name, type, result) => {
    const made = measure('m', name as 'sum', [column('x', type)])
    expect(formatType(made.type)).toBe(result)
  })

  test('window functions', () => {
    expect(windowColumn('w', 'row_number').type).toBe(DataTypes.integer)
    expect(windowColumn('w', 'lag', [date, integer(2)]).type).toBe(DataTypes.date)
    expect(formatType(windowColumn('w', 'running_sum', [dec(5, 1)]).type)).toBe('decimal(18,1)')
  })
})

describe('refused calls', () => {
  test.each<[FunctionName, readonly Expression[], string, RegExp]>([
    ['add', [int], 'QRN-PLAN-003', /given 1 arguments; it takes 2/],
    ['add', [int, float], 'QRN-PLAN-002', /cannot be combined/],
    ['divide', [float, int], 'QRN-PLAN-002', /cannot be combined/],
    ['add', [int, string], 'QRN-PLAN-002', /given string for b/],
    ['multiply', [dec(38, 20), dec(38, 20)], 'QRN-PLAN-002', /40 fractional digits/],
    ['and', [int, int], 'QRN-PLAN-002', /takes boolean/],
    ['equal', [string, date], 'QRN-PLAN-002', /compares string with date/],
    ['coalesce', [string, int], 'QRN-PLAN-002', /types? string and integer/],
    ['coalesce', [dec(38, 0), dec(38, 38)], 'QRN-PLAN-002', /38 digits/],
    ['round', [dec(5, 1), int], 'QRN-PLAN-003', /constant/],
    ['round', [dec(5, 1), integer(-1)], 'QRN-PLAN-003', /-1 digits/],
    ['round', [float], 'QRN-PLAN-002', /given float/],
    ['round', [int, nullOf(DataTypes.integer)], 'QRN-PLAN-003', /constant/],
    ['like', [string, string], 'QRN-PLAN-003', /constant/],
    ['like', [string, text('a\\b')], 'QRN-PLAN-003', /backslash/],
    ['date_trunc', [text('decade'), date], 'QRN-PLAN-003', /no unit/],
    ['date_trunc', [text('hour'), date], 'QRN-PLAN-003', /no hour/],
    ['key_text', [float], 'QRN-PLAN-002', /given float/],
    ['json_array', [], 'QRN-PLAN-003', /1 or more/],
    ['substring', [string], 'QRN-PLAN-003', /2 to 3/],
    ['nothing' as FunctionName, [], 'QRN-PLAN-004', /no function nothing/],
    ['toString' as FunctionName, [], 'QRN-PLAN-004', /no function toString/],
  ])('%s %#', (name, args, code, message) => {
    const error = thrownBy(() => call(name, ...args))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.hint).toBeTruthy()
  })

  test('aggregates and windows', () => {
    expect(thrownBy(() => measure('m', 'sum', [float])).code).toBe('QRN-PLAN-002')
    expect(thrownBy(() => measure('m', 'total' as 'sum', [int])).hint).toMatch(/aggregates/i)
    expect(thrownBy(() => windowColumn('w', 'lag', [int, integer(0)])).code).toBe('QRN-PLAN-003')
    expect(thrownBy(() => windowColumn('w', 'rownumber' as 'row_number')).hint).toBe(
      'Did you mean row_number?',
    )
  })

  test('a date written as a text gets the word that it lacks', () => {
    expect(thrownBy(() => call('equal', date, text('2024-01-31'))).hint).toBe(
      "Write date '2024-01-31'.",
    )
    expect(thrownBy(() => call('equal', text('tomorrow'), date)).hint).toMatch(/^Cast/)
  })
})

test('casts', () => {
  expect(canCast(DataTypes.integer, DataTypes.float)).toBe(true)
  expect(canCast(decimalType(5, 1), decimalType(3, 0))).toBe(true)
  expect(canCast(DataTypes.json, DataTypes.json)).toBe(true)
  expect(canCast(DataTypes.float, DataTypes.string)).toBe(false)
  expect(canCast(DataTypes.string, DataTypes.json)).toBe(false)
  expect(canCast(DataTypes.integer, DataTypes.boolean)).toBe(false)
})

test('decimal constants have the digits that they are written with', () => {
  expect(formatType(decimal('1.50').type)).toBe('decimal(3,2)')
  expect(formatType(decimal('-0.050').type)).toBe('decimal(3,3)')
  expect(formatType(decimal('0').type)).toBe('decimal(1,0)')
  expect(thrownBy(() => decimal('1'.repeat(39))).code).toBe('QRN-PLAN-006')
})
