import { DataTypes, decimalType, formatType } from '@qarion/core'
import { parseExpression, printExpression, withoutPlaces } from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import { AMOUNT, thrownBy } from './support.ts'

const COLUMNS = [
  { name: 'amount', type: AMOUNT },
  { name: 'status', type: DataTypes.string },
  { name: 'ok', type: DataTypes.boolean },
  { name: 'day', type: DataTypes.date },
  { name: 'n', type: DataTypes.integer },
  { name: 'Order Amount', type: AMOUNT },
]
const PARAMETERS = new Map([['batch_id', DataTypes.integer]])
const OPTIONS = { columns: COLUMNS, parameters: PARAMETERS }

describe('precedence and sugar, seen by what is printed with all parentheses needed', () => {
  test.each([
    ['ok or ok and not ok', 'ok or ok and not ok'],
    ['(ok or ok) and ok', '(ok or ok) and ok'],
    ['NOT n = 1 AND ok', 'not n = 1 and ok'],
    ['(not ok) is null', '(not ok) is null'],
    ['n = 1 is not null', 'n = 1 is not null'],
    ['n + 2 * 3 - 4', 'n + 2 * 3 - 4'],
    ['n - (2 - 3)', 'n - (2 - 3)'],
    ['-n * 2', '-n * 2'],
    ['- -n', '--n'],
    ['-(5)', '-(5)'],
    ['-5', '-5'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['n != 1', 'n <> 1'],
    ['n between 1 and 2 and ok', '(n >= 1 and n <= 2) and ok'],
    ['n not between 1 and 2', 'not (n >= 1 and n <= 2)'],
    ["status not like 'a%'", "not status like 'a%'"],
    ['n not in (1, -2)', 'n not in (1, -2)'],
    ['n is not distinct from null', 'n is not distinct from cast(null as integer)'],
    ['case n when 1 then 2 end', 'case when n = 1 then 2 end'],
    [
      'case when ok then null else amount end',
      'case when ok then cast(null as decimal(12,2)) else amount end',
    ],
    ['coalesce(null, amount)', 'coalesce(cast(null as decimal(12,2)), amount)'],
    ['null + n', 'cast(null as integer) + n'],
    ['length(null)', 'length(cast(null as string))'],
    ['null is null', 'cast(null as string) is null'],
    ['null in (1)', 'cast(null as integer) in (1)'],
    ["date_trunc('week', null)", "date_trunc('week', cast(null as date))"],
    ['"Order Amount" > 1.50', '"Order Amount" > 1.50'],
    ['n = :batch_id', 'n = :batch_id'],
    ["status || 'a' || 'b'", "status || 'a' || 'b'"],
    ["(status || 'a') || 'b'", "(status || 'a') || 'b'"],
    ["day = DATE '2024-02-29'", "day = date '2024-02-29'"],
    ["timestamp '2024-01-01 00:00+01:00'", "timestamp '2023-12-31T23:00:00Z'"],
    ["decimal(12,2) '1.5'", "decimal(12,2) '1.50'"],
    ["decimal(3) '5'", "decimal(3,0) '5'"],
    ['1.5e3', "float '1500'"],
    ['cast(amount as Decimal(14, 3))', 'cast(amount as decimal(14,3))'],
    ['True', 'true'],
    ["'it''s'", "'it''s'"],
    ['LENGTH(status)', 'length(status)'],
    ['equal(n, 1)', 'n = 1'],
  ])('%s', (text, printed) => {
    const expression = parseExpression(text, OPTIONS)
    expect(printExpression(expression)).toBe(printed)
    expect(withoutPlaces(parseExpression(printed, OPTIONS))).toEqual(withoutPlaces(expression))
  })
})

describe('errors', () => {
  test.each<[string, string, number, RegExp]>([
    ['amout > 0', 'QRN-EXPR-005', 0, /Did you mean amount\?/],
    ['status = "new"', 'QRN-EXPR-005', 9, /'new'/],
    ['lenght(status)', 'QRN-EXPR-006', 0, /Did you mean length\?/],
    ['"length"(status)', 'QRN-EXPR-006', 0, /Functions/],
    ['constructor(1)', 'QRN-EXPR-006', 0, /functions/i],
    ["day = '2024-01-01'", 'QRN-EXPR-007', 0, /date '2024-01-01'/],
    ['ok and n', 'QRN-EXPR-007', 0, /./],
    ['cast(day as integer)', 'QRN-EXPR-007', 0, /./],
    ['n in (null)', 'QRN-EXPR-007', 0, /./],
    ['case when n then 1 end', 'QRN-EXPR-007', 0, /./],
    ["case when ok then 1 else 'a' end", 'QRN-EXPR-007', 0, /./],
    [':batch', 'QRN-EXPR-008', 0, /./],
    ['', 'QRN-EXPR-001', 0, /./],
    ['n +', 'QRN-EXPR-001', 3, /./],
    ['n n', 'QRN-EXPR-001', 2, /./],
    ['(n', 'QRN-EXPR-001', 2, /./],
    ['n < 1 < 2', 'QRN-EXPR-001', 6, /do not chain/],
    ['n = 1 in (2)', 'QRN-EXPR-001', 6, /do not chain/],
    ["status like 'a' = ok", 'QRN-EXPR-001', 16, /do not chain/],
    ['n == 1', 'QRN-EXPR-001', 2, /Write =/],
    ['n && n', 'QRN-EXPR-001', 2, /Write and/],
    ['n % 2', 'QRN-EXPR-001', 2, /mod/],
    ['n::integer', 'QRN-EXPR-001', 1, /cast/],
    ['n; drop table x', 'QRN-EXPR-001', 1, /statements/],
    ['{{ n }}', 'QRN-EXPR-001', 0, /:batch_id/],
    ['n ? 1', 'QRN-EXPR-001', 2, /./],
    [': n', 'QRN-EXPR-001', 0, /./],
    ['n is 1', 'QRN-EXPR-001', 5, /is not distinct from/],
    ['n not 1', 'QRN-EXPR-001', 6, /./],
    ['n in 1', 'QRN-EXPR-001', 5, /./],
    ['case end', 'QRN-EXPR-001', 5, /./],
    ['case when ok 1', 'QRN-EXPR-001', 13, /./],
    ['cast(n as money)', 'QRN-EXPR-001', 10, /types/i],
    ['cast(n as decimal(a))', 'QRN-EXPR-001', 18, /./],
    ['cast(n as decimal(40,2))', 'QRN-EXPR-003', 10, /38/],
    ['then', 'QRN-EXPR-001', 0, /quote it/],
    ["'abc", 'QRN-EXPR-002', 0, /./],
    ['"abc', 'QRN-EXPR-002', 0, /./],
    ['1.', 'QRN-EXPR-003', 0, /./],
    ['1abc', 'QRN-EXPR-003', 0, /./],
    ['9223372036854775808', 'QRN-EXPR-003', 0, /./],
    [`${'1'.repeat(39)}.5`, 'QRN-EXPR-003', 0, /./],
    ["date '2024-02-30'", 'QRN-EXPR-003', 0, /./],
    ['1e999', 'QRN-EXPR-003', 0, /./],
    [`${'('.repeat(300)}1`, 'QRN-EXPR-004', 200, /./],
    [`n ${'+ n '.repeat(300)}`, 'QRN-EXPR-004', 0, /./],
    [' '.repeat(20_001), 'QRN-EXPR-004', 0, /./],
  ])('%s', (text, code, start, hint) => {
    const error = thrownBy(() => parseExpression(text, OPTIONS))
    expect(error).toMatchObject({ code, data: { start } })
    expect(error.hint).toMatch(hint)
    expect(error.message).toMatch(/\.$/)
  })

  test('carry file, line, column and length where the caller says where the text stands', () => {
    const at = { file: 'flows/a.toml', line: 7, column: 16, excerpt: `deleted_when = "état = 'D'"` }
    expect(thrownBy(() => parseExpression("état = 'D'", { columns: COLUMNS, at })).place).toEqual({
      ...at,
      length: 4,
    })
  })

  test('count lines of a text with several', () => {
    const at = { file: 'a.toml', line: 7, column: 5, excerpt: 'first' }
    expect(
      thrownBy(() => parseExpression("ok and\r\n  '😀' = amout\n", { columns: COLUMNS, at })).place,
    ).toEqual({
      file: 'a.toml',
      line: 8,
      column: 9,
      excerpt: "  '😀' = amout",
      length: 5,
    })
  })

  test('have a place without line where only the file is known', () => {
    const { place } = thrownBy(() => parseExpression('x', { columns: [], at: { file: 'a.toml' } }))
    expect(place).toEqual({ file: 'a.toml', length: 1 })
  })
})

describe('expected type', () => {
  test('numbers written as constants take it', () => {
    const expression = parseExpression('1.5', { ...OPTIONS, expected: AMOUNT })
    expect(withoutPlaces(expression)).toEqual({ kind: 'literal', type: AMOUNT, text: '1.50' })
    expect(parseExpression('5', { ...OPTIONS, expected: DataTypes.float }).type.kind).toBe('float')
    expect(parseExpression('null', { ...OPTIONS, expected: DataTypes.date }).type.kind).toBe('date')
  })

  test.each([
    ['amount', DataTypes.boolean, /condition/],
    ['n', AMOUNT, /cast\(… as decimal\(12,2\)\)/],
    ['1.555', AMOUNT, /cast/],
    ['ok', DataTypes.date, /type date/],
  ])('%s is refused', (text, expected, hint) => {
    const error = thrownBy(() => parseExpression(text, { ...OPTIONS, expected }))
    expect(error.code).toBe('QRN-EXPR-009')
    expect(error.message).toContain(formatType(expected))
    expect(error.hint).toMatch(hint)
  })
})

test('every node says where it stands', () => {
  const expression = parseExpression('n + (amount * 2)', OPTIONS)
  expect(expression.place).toEqual({ start: 0, end: 16 })
  expect(expression.kind === 'call' && expression.arguments[1]?.place).toEqual({
    start: 4,
    end: 16,
  })
  expect(formatType(expression.type)).toBe(formatType(decimalType(22, 2)))
})
