import { AGGREGATE_NAMES, FUNCTION_NAMES, isQarionError, WINDOW_NAMES } from '@qarion/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { postgresDialect } from '../src/postgres-dialect.ts'
import { evaluate, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => database.close())

it('prints every function', () => {
  expect(Object.keys(postgresDialect.functions).sort()).toEqual([...FUNCTION_NAMES].sort())
  expect(Object.keys(postgresDialect.aggregates).sort()).toEqual([...AGGREGATE_NAMES].sort())
  expect(Object.keys(postgresDialect.windows).sort()).toEqual([...WINDOW_NAMES].sort())
})

const MAX = '9223372036854775807'
const MIN = '(-9223372036854775807 - 1)'
const NINES = '9'.repeat(38)
const LONG = `'${'a'.repeat(200)}'`

/** What the server, left to itself, does otherwise: it rounds, folds, skips NULL, counts in 32 bits, reads much. */
describe('where the habits of the server end', () => {
  it.each([
    [`mod(${MIN}, -1)`, '0'],
    [`cast('${NINES}' as decimal(38,0)) / cast('${NINES}' as decimal(38,0))`, '1.000000'],
    ['1 / 2000000', '0.000001'],
    ['1 / 2000001', '0.000000'],
    ['-1 / 2000000', '-0.000001'],
    [`ratio(cast('0.499999999999999999' as decimal(18,18)), 1000000)`, '0.000000'],
    [`cast('1e-200' as float) * cast('1e-200' as float)`, '0'],
    [`cast('5e-324' as float) / cast('4' as float)`, '0'],
    [`cast('5e-324' as float) * cast('0.75' as float)`, '5e-324'],
    [`cast('1e-400' as float)`, '0'],
    [`cast('0e99999' as float)`, '0'],
    [`cast('-1e-99999' as float)`, '0'],
    [`ceil(cast('-0.5' as float))`, '0'],
    [`negate(cast('0' as float))`, '0'],
    [`round(cast('9.9' as decimal(2,1)))`, '10'],
    [`substring('abc', 2, -5)`, ''],
    [`substring('abc', 1, ${MAX})`, 'abc'],
    [`substring('abc', ${MAX}, ${MAX})`, ''],
    [`substring(${LONG} || 'b', 201)`, 'b'],
    [`lower('ÀÇ İKS')`, 'ÀÇ İks'],
    [`upper('ßabcé')`, 'ßABCé'],
    [`length('👨‍👩‍👧')`, '5'],
    [`length('ab') * 4611686018427387903`, '9223372036854775806'],
    [`trim('\u00a0 a ')`, '\u00a0 a'],
    [`'Z' < 'a'`, 'true'],
    [`'a' < 'B' or 'é' < 'z'`, 'false'],
    [`least('a', 'B', 'é')`, 'B'],
    [`greatest('a', cast(null as string))`, null],
    [`ends_with('abc', '')`, 'true'],
    [`date_trunc('week', date '0001-01-03')`, '0001-01-01'],
    [`add_microseconds(timestamp '0001-01-01T00:00:00Z', 1)`, '0001-01-01T00:00:00.000001Z'],
    [
      `add_microseconds(timestamp '0001-01-01T00:00:00Z', 315537897599999999)`,
      '9999-12-31T23:59:59.999999Z',
    ],
    [`add_days(timestamp '1969-12-31T23:59:59.999999Z', 0)`, '1969-12-31T23:59:59.999999Z'],
    [`second(time '23:59:59.999999')`, '59'],
    [`cast(cast('0.1' as float) as decimal(38,20))`, '0.10000000000000000555'],
    [`cast(cast('1.005' as float) as decimal(10,2))`, '1.00'],
    [`cast(cast('5e-324' as float) as decimal(38,38))`, `0.${'0'.repeat(38)}`],
    [`cast('+1.5000000000000000000000000000000000000000000000' as decimal(2,1))`, '1.5'],
    [`cast('00:00:00.${'0'.repeat(200)}' as time)`, '00:00:00'],
    [`cast('2024-01-01 10:00-0130' as timestamp)`, '2024-01-01T11:30:00Z'],
    [`cast('2024-01-01T10:00:00.5+05:30' as timestamp)`, '2024-01-01T04:30:00.500000Z'],
    [`cast('2024-01-01T10+01' as string)`, '2024-01-01T10+01'],
    [`cast(date '0001-01-01' as string)`, '0001-01-01'],
    [`'%' like '\\%'`, 'true'],
    [`is_not_distinct(cast(null as boolean), cast(null as boolean))`, 'true'],
    [
      `json_array('\u001f\u0001\n"\\é\u{1F600}/\u007f')`,
      JSON.stringify(['\u001f\u0001\n"\\é\u{1F600}/\u007f']),
    ],
    [`'$1' || '"$2"' || 'it''s'`, `$1"$2"it's`],
    [`cast('${NINES}' as decimal(38,0)) > cast('0.5' as decimal(38,38))`, 'true'],
  ])('%s = %s', async (text, result) => {
    expect(await evaluate(database, text)).toBe(result)
  })

  it.each([
    [`${MAX} + 1`, 'QRN-EXEC-001'],
    [`${MAX} * 2`, 'QRN-EXEC-001'],
    [`negate(${MIN})`, 'QRN-EXEC-001'],
    [`abs(${MIN})`, 'QRN-EXEC-001'],
    [`div(${MIN}, -1)`, 'QRN-EXEC-001'],
    ['div(1, 0)', 'QRN-EXEC-002'],
    ['mod(1, 0)', 'QRN-EXEC-002'],
    ['1.5 / 0.0', 'QRN-EXEC-002'],
    [`cast('1' as float) / cast('0' as float)`, 'QRN-EXEC-002'],
    [`cast('1e308' as float) * cast('10' as float)`, 'QRN-EXEC-001'],
    [`cast('1e308' as float) + cast('1e308' as float)`, 'QRN-EXEC-001'],
    [`cast('${NINES}' as decimal(38,0)) * 2`, 'QRN-EXEC-001'],
    [`add_days(date '9999-12-31', 1)`, 'QRN-EXEC-001'],
    [`add_days(date '2024-01-01', ${MAX})`, 'QRN-EXEC-001'],
    [`add_days(timestamp '2024-01-01T00:00:00Z', ${MAX})`, 'QRN-EXEC-001'],
    [`cast(100 as decimal(2,0))`, 'QRN-EXEC-001'],
    [`cast(cast('1e30' as float) as decimal(10,2))`, 'QRN-EXEC-001'],
    [`cast('9223372036854775808' as integer)`, 'QRN-EXEC-003'],
    [`cast('1e3' as decimal(9,0))`, 'QRN-EXEC-003'],
    [`cast('NaN' as decimal(9,0))`, 'QRN-EXEC-003'],
    [`cast('infinity' as float)`, 'QRN-EXEC-003'],
    [`cast('1e99999' as float)`, 'QRN-EXEC-003'],
    [`cast('today' as date)`, 'QRN-EXEC-003'],
    [`cast('infinity' as date)`, 'QRN-EXEC-003'],
    [`cast('2023-02-29' as date)`, 'QRN-EXEC-003'],
    [`cast('allballs' as time)`, 'QRN-EXEC-003'],
    [`cast('epoch' as timestamp)`, 'QRN-EXEC-003'],
    [`cast('yes' as boolean)`, 'QRN-EXEC-003'],
    [`cast('on' as boolean)`, 'QRN-EXEC-003'],
    [`cast('1_000' as integer)`, 'QRN-EXEC-003'],
    [`cast('0x10' as integer)`, 'QRN-EXEC-003'],
    [`cast(1.25 as decimal(3,1))`, 'QRN-EXEC-003'],
  ])('%s fails with %s', async (text, code) => {
    const thrown: unknown = await evaluate(database, text).catch((error: unknown) => error)
    expect(isQarionError(thrown) ? thrown.code : thrown).toBe(code)
  })
})
