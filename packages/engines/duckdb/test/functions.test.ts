import { AGGREGATE_NAMES, FUNCTION_NAMES, isQarionError, WINDOW_NAMES } from '@qarion/core'
import { FUNCTION_SIGNATURES } from '@qarion/plan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { duckdbDialect } from '../src/duckdb-dialect.ts'
import { evaluate, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => database.close())

describe('documented examples', () => {
  it.each(FUNCTION_NAMES)('%s', async (name) => {
    const { text, result } = FUNCTION_SIGNATURES[name].example
    expect(await evaluate(database, text)).toBe(result)
  })

  it('prints every function', () => {
    expect(Object.keys(duckdbDialect.functions).sort()).toEqual([...FUNCTION_NAMES].sort())
    expect(Object.keys(duckdbDialect.aggregates).sort()).toEqual([...AGGREGATE_NAMES].sort())
    expect(Object.keys(duckdbDialect.windows).sort()).toEqual([...WINDOW_NAMES].sort())
  })
})

const MAX = '9223372036854775807'
const MIN = '(-9223372036854775807 - 1)'
const NINES = '9'.repeat(38)

describe('values at the edge', () => {
  it.each([
    [`${MAX} - 0`, MAX],
    [`${MIN} + 0`, '-9223372036854775808'],
    ['9007199254740993 + 0', '9007199254740993'],
    [`mod(${MIN}, -1)`, '0'],
    ['div(7, -2)', '-3'],
    ['mod(7, -2)', '1'],
    [`cast('${NINES}' as decimal(38,0)) / cast('${NINES}' as decimal(38,0))`, '1.000000'],
    [`cast('1' as decimal(38,0)) / cast('${NINES}' as decimal(38,0))`, '0.000000'],
    [
      `cast('0.00000000000000000000000000000000000001' as decimal(38,38)) / cast('3' as decimal(38,0))`,
      '0.00000000000000000000000000000000000000',
    ],
    ['1 / 8', '0.125000'],
    ['-1 / 8', '-0.125000'],
    ['1 / 2000000', '0.000001'],
    ['-1 / 2000000', '-0.000001'],
    ['1 / 2000001', '0.000000'],
    ['5 / 3', '1.666667'],
    ['cast(1.005 as decimal(18,3)) / 2', '0.502500'],
    [`ratio(1, 3)`, '0.333333'],
    [`ratio(-2, 3)`, '-0.666667'],
    [
      `ratio(cast('0.000000000000000005' as decimal(18,18)), cast('0.00001' as decimal(18,5)))`,
      '0.000000',
    ],
    [
      `ratio(cast('0.00000000000000000050' as decimal(38,20)), cast('0.000000000001' as decimal(38,12)))`,
      '0.000001',
    ],
    [`round(cast('2.5' as decimal(2,1)))`, '3'],
    [`round(cast('-2.5' as decimal(2,1)))`, '-3'],
    [`round(cast('9.9' as decimal(2,1)))`, '10'],
    [`floor(cast('-0.01' as decimal(3,2)))`, '-1'],
    [`ceil(cast('0.99' as decimal(2,2)))`, '1'],
    [`ceil(cast('-0.5' as float))`, '0'],
    [`negate(cast('0' as float))`, '0'],
    [`substring('abc', -1, 3)`, 'a'],
    [`substring('abc', 2)`, 'bc'],
    [`substring('abc', 2, -5)`, ''],
    [`substring('a😀c', 2, 1)`, '😀'],
    [`substring('abc', 1, ${MAX})`, 'abc'],
    [`substring('abc', ${MAX}, ${MAX})`, ''],
    [`lower('ÀÇ İKS')`, 'ÀÇ İks'],
    [`upper('ßabcé')`, 'ßABCé'],
    [`length('👨‍👩‍👧')`, '5'],
    [`trim('\u00a0 a ')`, '\u00a0 a'],
    [`'\u{1F600}' like '_'`, 'true'],
    [`'A' like 'a'`, 'false'],
    [`'%' like '\\%'`, 'true'],
    [`'x' like '\\%'`, 'false'],
    [`'Z' < 'a'`, 'true'],
    [`'\uffff' < '\u{1F600}'`, 'true'],
    [`least(1, cast(null as integer))`, null],
    [`greatest('a', cast(null as string))`, null],
    [`year(date '0001-01-01')`, '1'],
    [`year(timestamp '9999-12-31T23:59:59.999999Z')`, '9999'],
    [`date_trunc('week', date '0001-01-03')`, '0001-01-01'],
    [`date_trunc('day', timestamp '1969-12-31T23:59:59.999999Z')`, '1969-12-31T00:00:00Z'],
    [`add_microseconds(timestamp '0001-01-01T00:00:00Z', 1)`, '0001-01-01T00:00:00.000001Z'],
    [`add_days(timestamp '2024-02-28T12:00:00Z', -60)`, '2023-12-30T12:00:00Z'],
    [`days_between(date '0001-01-01', date '9999-12-31')`, '3652058'],
    [
      `microseconds_between(timestamp '0001-01-01T00:00:00Z', timestamp '9999-12-31T23:59:59.999999Z')`,
      '315537897599999999',
    ],
    [
      `key_text(true, 1.50, date '2024-01-02', time '00:00:01', timestamp '1970-01-01T00:00:00.000001Z', 'a\\b')`,
      'true|1.50|2024-01-02|1000000|1|a\\\\b',
    ],
    [
      `json_array('\u001f\u0001\n"\\é\u{1F600}/')`,
      JSON.stringify(['\u001f\u0001\n"\\é\u{1F600}/']),
    ],
    [`json_array(cast(null as string), '')`, '[""]'],
    [`cast(time '10:00:00.1' as string)`, '10:00:00.100000'],
    [`cast(timestamp '2024-01-01T10:00:00Z' as string)`, '2024-01-01T10:00:00Z'],
    [`cast(timestamp '0001-01-01T00:00:00.5Z' as string)`, '0001-01-01T00:00:00.500000Z'],
    [`cast('2024-01-01T10:00:00.5+05:30' as timestamp)`, '2024-01-01T04:30:00.500000Z'],
    [`cast('2024-01-01 10:00-0130' as timestamp)`, '2024-01-01T11:30:00Z'],
    [`cast('2024-01-01 10:00Z' as timestamp)`, '2024-01-01T10:00:00Z'],
    [`cast('0000000000000000000000007' as integer)`, '7'],
    [`cast('+1.5000000000000000000000000000000000000000000000' as decimal(2,1))`, '1.5'],
    [`cast('-0.0' as float)`, '0'],
    [`cast(cast('0.1' as float) as decimal(38,20))`, '0.10000000000000000555'],
    [`cast(cast('-2.5' as float) as decimal(2,0))`, '-3'],
    [
      `cast(cast('12345678901234567890123456789012345678' as decimal(38,0)) as float)`,
      String(Number('12345678901234567890123456789012345678')),
    ],
    [`cast(timestamp '1969-12-31T23:59:59.999999Z' as date)`, '1969-12-31'],
    [`cast(true as integer)`, '1'],
    [`cast(cast('1.00' as decimal(3,2)) as integer)`, '1'],
    [`null_if(1, 1.0)`, null],
    [`cast('${NINES}' as decimal(38,0)) > cast('0.5' as decimal(38,38))`, 'true'],
    [`1 in (1.0, 2.5)`, 'true'],
  ])('%s = %s', async (text, result) => {
    expect(await evaluate(database, text)).toBe(result)
  })

  it.each([
    [`${MAX} + 1`, 'QRN-EXEC-001'],
    [`${MIN} - 1`, 'QRN-EXEC-001'],
    [`${MAX} * 2`, 'QRN-EXEC-001'],
    [`negate(${MIN})`, 'QRN-EXEC-001'],
    [`abs(${MIN})`, 'QRN-EXEC-001'],
    [`div(${MIN}, -1)`, 'QRN-EXEC-001'],
    ['div(1, 0)', 'QRN-EXEC-002'],
    ['mod(1, 0)', 'QRN-EXEC-002'],
    ['1 / 0', 'QRN-EXEC-002'],
    ['1.5 / 0.0', 'QRN-EXEC-002'],
    [`cast('1' as float) / cast('0' as float)`, 'QRN-EXEC-002'],
    [`cast('1e308' as float) * cast('10' as float)`, 'QRN-EXEC-001'],
    [`cast('1e308' as float) + cast('1e308' as float)`, 'QRN-EXEC-001'],
    [`cast('${NINES}' as decimal(38,0)) + 1`, 'QRN-EXEC-001'],
    [`cast('${NINES}' as decimal(38,0)) * 2`, 'QRN-EXEC-001'],
    [`cast('${NINES}' as decimal(38,0)) / cast('0.1' as decimal(2,1))`, 'QRN-EXEC-001'],
    [`add_days(date '9999-12-31', 1)`, 'QRN-EXEC-001'],
    [`add_days(date '0001-01-01', -1)`, 'QRN-EXEC-001'],
    [`add_microseconds(timestamp '9999-12-31T23:59:59.999999Z', 1)`, 'QRN-EXEC-001'],
    [`add_days(date '2024-01-01', ${MAX})`, 'QRN-EXEC-001'],
    [`cast(' 1' as integer)`, 'QRN-EXEC-003'],
    [`cast('1e3' as integer)`, 'QRN-EXEC-003'],
    [`cast('9223372036854775808' as integer)`, 'QRN-EXEC-003'],
    [`cast('1.005' as decimal(5,2))`, 'QRN-EXEC-003'],
    [`cast('24:00' as time)`, 'QRN-EXEC-003'],
    [`cast('2023-02-29' as date)`, 'QRN-EXEC-003'],
    [`cast('0000-01-01' as date)`, 'QRN-EXEC-003'],
    [`cast('0001-01-01T00:00+01:00' as timestamp)`, 'QRN-EXEC-003'],
    [`cast('nan' as float)`, 'QRN-EXEC-003'],
    [`cast('yes' as boolean)`, 'QRN-EXEC-003'],
    [`cast(1.5 as integer)`, 'QRN-EXEC-003'],
    [`cast(1.25 as decimal(3,1))`, 'QRN-EXEC-003'],
    [`cast(100 as decimal(2,0))`, 'QRN-EXEC-001'],
    [`cast(cast('1e30' as float) as decimal(10,2))`, 'QRN-EXEC-001'],
  ])('%s fails with %s', async (text, code) => {
    const thrown: unknown = await evaluate(database, text).catch((error: unknown) => error)
    expect(isQarionError(thrown) ? thrown.code : thrown).toBe(code)
  })
})
