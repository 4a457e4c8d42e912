import {
  createDateTimePrinter,
  createParser,
  createZone,
  DataTypes,
  isQarionError,
} from '@qarion/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const MIN = -62_135_596_800_000_000n
const MAX = 253_402_300_799_999_999n

describe('createDateTimePrinter', () => {
  test.each([
    ['yyyyMMdd', 0n, '19700101'],
    ['yyyy-MM-dd', -1n, '1969-12-31'],
    ["yyyyMMdd'T'HHmmssSSSSSS'Z'", -1n, '19691231T235959999999Z'],
    ['d.M.yyyy H', 86_400_000_000n * 31n + 3_600_000_000n, '1.2.1970 1'],
    ['dd MMM yyyy', 0n, '01 Jan 1970'],
    ['HH.mm.ss.SSS', 45_296_789_123n, '12.34.56.789'],
    ["yyyy''MM", 0n, "1970'01"],
    ['yyyyMMddXXX', MIN, '00010101Z'],
    ['yyyyMMddXX', MAX, '99991231Z'],
  ])('%s of %s is %s', (format, micros, text) => {
    expect(createDateTimePrinter(format)(micros)).toBe(text)
  })

  test('what it prints is read back as the same time', () => {
    const format = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"
    const print = createDateTimePrinter(format)
    const parse = createParser(DataTypes.timestamp, { format, zone: createZone('UTC') })
    fc.assert(
      fc.property(fc.bigInt({ min: MIN, max: MAX }), (micros) => {
        expect(parse(print(micros))).toBe(micros)
      }),
    )
  })

  test('a format that is none is refused', () => {
    for (const format of ['yyyyy', 'qq', "'open", 'mm']) {
      let code = ''
      try {
        createDateTimePrinter(format)
      } catch (thrown) {
        code = isQarionError(thrown) ? thrown.code : String(thrown)
      }
      expect(code).toBe('QRN-VALUE-001')
    }
  })
})
