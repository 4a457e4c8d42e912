import { isQarionError } from '@qarion/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { evaluate, openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore('memory')
})
afterAll(async () => store.close())

const MAX = '9223372036854775807'
const MIN = '(-9223372036854775807 - 1)'
const NINES = '9'.repeat(38)
const wide = (text: string, scale = 0): string => `cast('${text}' as decimal(38,${scale}))`

describe('numbers that 128 bits hold, and those that JavaScript takes over', () => {
  it.each([
    [`${MAX} * ${MIN} / ${MIN}`, 'QRN-EXEC-001'],
    [`${MIN} + 0`, '-9223372036854775808'],
    [`mod(${MIN}, -1)`, '0'],
    ['mod(-7, 3)', '-1'],
    ['div(-7, 3)', '-2'],
    [`div(${MIN}, -1)`, 'QRN-EXEC-001'],
    [`${wide(NINES)} - 1`, `${'9'.repeat(37)}8`],
    [`${wide(NINES)} + 1`, 'QRN-EXEC-001'],
    [`${wide('9'.repeat(19))} * ${wide('9'.repeat(19))}`, String((10n ** 19n - 1n) ** 2n)],
    [`${wide(NINES)} * 2`, 'QRN-EXEC-001'],
    [`${wide(NINES)} / ${wide(NINES)}`, '1.000000'],
    [`${wide('1')} / ${wide(NINES)}`, '0.000000'],
    [`${wide(NINES)} / 0.1`, 'QRN-EXEC-001'],
    [`${wide('0.5', 38)} / 3`, '0.16666666666666666666666666666666666667'],
    [`round(${wide('0.' + '4'.repeat(38), 38)}, 1)`, '0.4'],
    [`round(${wide('-2.5', 1)})`, '-3'],
    [`ceil(${wide('-0.5', 1)})`, '0'],
    [`floor(${wide('-0.5', 1)})`, '-1'],
    [`${wide(NINES)} > ${wide('0.5', 38)}`, 'true'],
    [`${wide(NINES)} is distinct from ${wide('0.5', 38)}`, 'true'],
    [`cast(null as decimal(38,0)) is not distinct from cast(null as decimal(38,38))`, 'true'],
    [`cast(null as decimal(38,0)) = ${wide('0.5', 38)}`, null],
    [`cast(${wide('1', 37)} as decimal(38,0))`, '1'],
    [`cast(${wide('1.5', 37)} as decimal(38,0))`, 'QRN-EXEC-003'],
    [`cast(${wide('10')} as decimal(38,37))`, 'QRN-EXEC-003'],
    [`cast(cast('1e-7' as float) as decimal(38,20))`, '0.00000010000000000000'],
    [`cast(cast('5e-324' as float) as decimal(38,38))`, `0.${'0'.repeat(38)}`],
    [`cast(0.1 as float) + cast(0.2 as float)`, '0.30000000000000004'],
    [`cast('1e308' as float) * cast('10' as float)`, 'QRN-EXEC-001'],
    [`cast(1 as float) / cast(0 as float)`, 'QRN-EXEC-002'],
    ['ratio(-1, 3)', '-0.333333'],
    ['ratio(1, 0.0)', null],
  ])('%s: %s', async (text, expected) => {
    expect(await outcome(text)).toBe(expected)
  })
})

describe('a branch that is not taken does not fail', () => {
  it.each([
    ['case when 1 = 2 then div(1, 0) else 3 end', '3'],
    ['case when 1 = 1 then 3 when div(1, 0) = 1 then 4 end', '3'],
    ['case when 1 = 1 then div(1, 0) end', 'QRN-EXEC-002'],
    ['coalesce(1, div(1, 0))', '1'],
    ['coalesce(cast(null as integer), div(1, 0))', 'QRN-EXEC-002'],
    ['1 = 2 and div(1, 0) = 1', 'false'],
    ['cast(null as boolean) and div(1, 0) = 1', 'QRN-EXEC-002'],
    ['1 = 1 or div(1, 0) = 1', 'true'],
    [`1 = 1 or cast('x' as integer) = 1`, 'true'],
    [`case when 1 = 2 then case when 1 = 1 then cast('x' as integer) end else 5 end`, '5'],
    ['cast(null as integer) / 0', null],
    ['div(cast(null as integer), 0)', null],
  ])('%s: %s', async (text, expected) => {
    expect(await outcome(text)).toBe(expected)
  })
})

describe('texts that mean something to Polars', () => {
  it.each([
    [String.raw`'a.c' like 'a.c'`, 'true'],
    [String.raw`'abc' like 'a.c'`, 'false'],
    [String.raw`'a^$()[]{}|*+?#&~-c' like 'a^$()[]{}|*+?#&~-_'`, 'true'],
    [String.raw`'a\\b' like 'a\\\\b'`, 'true'],
    [`'a\n' like 'a'`, 'false'],
    [`replace('a.b', '.', '$0')`, 'a$0b'],
    [String.raw`key_text('a\|b|', '')`, String.raw`a\\\|b\||`],
    [
      `json_array('\u2028"', case when 1 = 1 then '"x' end, cast(null as string))`,
      '["\u2028\\"","\\"x"]',
    ],
    [`position('x😀é', 'é')`, '3'],
    [`substring('x😀é', -${MAX}, ${MAX})`, ''],
    [`substring('x😀é', 2, ${MAX})`, '😀é'],
    [`lower('AÀİ')`, 'aÀİ'],
  ])('%s: %s', async (text, expected) => {
    expect(await outcome(text)).toBe(expected)
  })
})

/** The value as text, or the code of the failure. */
async function outcome(text: string): Promise<string | null> {
  try {
    return await evaluate(store, text)
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown.code
    throw thrown
  }
}
