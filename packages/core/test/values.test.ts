import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  DataTypes,
  MAX_DATE,
  MIN_DATE,
  canonicalJson,
  compareValues,
  createParser,
  createVectorBuilder,
  createZone,
  dateFromDays,
  daysFromDate,
  decimalType,
  formatValue,
  isValueProblem,
  parseValue,
  rowsOf,
  valueAt,
  vectorFromValues,
  type DataType,
  type ParseOptions,
  type Value,
} from '../src/index.ts'

const MIN_MICROS = BigInt(MIN_DATE) * 86_400_000_000n
const MAX_MICROS = BigInt(MAX_DATE + 1) * 86_400_000_000n - 1n

function read(type: DataType, text: string, options?: ParseOptions): Value | string {
  const value = parseValue(type, text, options)
  return isValueProblem(value) ? `bad: ${value.reason}` : value
}

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
const decimals: fc.Arbitrary<[DataType, Value]> = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: precision })))
  .chain(([precision, scale]) => {
    const limit = 10n ** BigInt(precision) - 1n
    return fc.tuple(
      fc.constant<DataType>(decimalType(precision, scale)),
      fc.bigInt({ min: -limit, max: limit }),
    )
  })

const typed: Readonly<Record<string, fc.Arbitrary<[DataType, Value]>>> = {
  boolean: fc.tuple(fc.constant(DataTypes.boolean), fc.boolean()),
  integer: fc.tuple(
    fc.constant(DataTypes.integer),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  ),
  decimal: decimals,
  float: fc.tuple(
    fc.constant(DataTypes.float),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  ),
  string: fc.tuple(fc.constant(DataTypes.string), text),
  date: fc.tuple(fc.constant(DataTypes.date), fc.integer({ min: MIN_DATE, max: MAX_DATE })),
  time: fc.tuple(fc.constant(DataTypes.time), fc.bigInt({ min: 0n, max: 86_399_999_999n })),
  timestamp: fc.tuple(
    fc.constant(DataTypes.timestamp),
    fc.bigInt({ min: MIN_MICROS, max: MAX_MICROS }),
  ),
  json: fc.tuple(
    fc.constant(DataTypes.json),
    fc.jsonValue().map((value) => canonicalJson(JSON.stringify(value)) as string),
  ),
  binary: fc.tuple(fc.constant(DataTypes.binary), fc.uint8Array()),
}

describe('parse and format', () => {
  it.each(Object.entries(typed))('%s: parsing what was formatted gives the value', (_, values) => {
    fc.assert(
      fc.property(values, ([type, value]) => {
        expect(parseValue(type, formatValue(type, value))).toEqual(value)
      }),
      { numRuns: 500 },
    )
  })

  it.each<[DataType, string, Value | string, ParseOptions?]>([
    [DataTypes.boolean, 'TrUe', true],
    [DataTypes.boolean, '0', false],
    [DataTypes.boolean, 'yes', 'bad: not a boolean: true, false, 1 or 0'],
    [DataTypes.integer, '+007', 7n],
    [DataTypes.integer, '-0', 0n],
    [DataTypes.integer, '9007199254740993', 9007199254740993n],
    [DataTypes.integer, '9223372036854775807', 2n ** 63n - 1n],
    [DataTypes.integer, '-9223372036854775808', -(2n ** 63n)],
    [DataTypes.integer, '9223372036854775808', 'bad: outside the range of a 64-bit integer'],
    [DataTypes.integer, '-9223372036854775809', 'bad: outside the range of a 64-bit integer'],
    [DataTypes.integer, `${'0'.repeat(40)}12`, 12n],
    [DataTypes.integer, '1.0', 'bad: not an integer'],
    [DataTypes.integer, '', 'bad: not an integer'],
    [DataTypes.integer, '-', 'bad: not an integer'],
    [DataTypes.integer, ' 1', 'bad: not an integer'],
    [DataTypes.integer, '１', 'bad: not an integer'],
    [DataTypes.integer, '1.234.567', 1234567n, { decimalSeparator: ',', groupSeparator: '.' }],
    [
      DataTypes.integer,
      '1.23',
      'bad: not an integer',
      { decimalSeparator: ',', groupSeparator: '.' },
    ],
    [decimalType(12, 2), '12.5', 1250n],
    [decimalType(12, 2), '-0.00', 0n],
    [decimalType(12, 2), '12', 1200n],
    [decimalType(12, 2), '12.500', 1250n],
    [
      decimalType(12, 2),
      '12.501',
      'bad: more than 2 fractional digits in a column of decimal(12,2)',
    ],
    [decimalType(4, 2), '99.99', 9999n],
    [decimalType(4, 2), '0099.99', 9999n],
    [
      decimalType(4, 2),
      '100',
      'bad: more than 2 digits before the point in a column of decimal(4,2)',
    ],
    [
      decimalType(4, 2),
      '100.5',
      'bad: more than 2 digits before the point in a column of decimal(4,2)',
    ],
    [decimalType(2, 2), '0.99', 99n],
    [
      decimalType(2, 2),
      '1.00',
      'bad: more than 0 digits before the point in a column of decimal(2,2)',
    ],
    [decimalType(38, 2), `${'9'.repeat(36)}.99`, 10n ** 38n - 1n],
    [
      decimalType(38, 0),
      `1${'0'.repeat(38)}`,
      'bad: more than 38 digits before the point in a column of decimal(38,0)',
    ],
    [decimalType(38, 38), `0.${'9'.repeat(38)}`, 10n ** 38n - 1n],
    [decimalType(12, 2), '.5', 'bad: not a decimal number'],
    [decimalType(12, 2), '5.', 'bad: not a decimal number'],
    [decimalType(12, 2), '1e3', 'bad: not a decimal number'],
    [decimalType(12, 2), '1.234,5', 123450n, { decimalSeparator: ',', groupSeparator: '.' }],
    [decimalType(12, 2), '1,234.50', 123450n, { groupSeparator: ',' }],
    [decimalType(12, 2), '12,34.50', 'bad: not a decimal number', { groupSeparator: ',' }],
    [decimalType(12, 2), '1,234.5,0', 'bad: not a decimal number', { groupSeparator: ',' }],
    [decimalType(12, 2), '1.5', 'bad: not a decimal number', { decimalSeparator: ',' }],
    [DataTypes.float, '1e3', 1000],
    [DataTypes.float, '-0.0', 0],
    [DataTypes.float, '-1e-400', 0],
    [DataTypes.float, '1e400', 'bad: beyond the range of a double'],
    [DataTypes.float, 'NaN', 'bad: not a number in decimal or exponent form'],
    [DataTypes.float, 'Infinity', 'bad: not a number in decimal or exponent form'],
    [DataTypes.float, '0x10', 'bad: not a number in decimal or exponent form'],
    [DataTypes.float, '1.234,5e1', 12345, { decimalSeparator: ',', groupSeparator: '.' }],
    [
      DataTypes.float,
      '1.5',
      'bad: not a number in decimal or exponent form',
      { decimalSeparator: ',' },
    ],
    [DataTypes.string, ' a ', ' a '],
    [DataTypes.string, 'a\0b', 'bad: holds a NUL character'],
    [DataTypes.string, '\ud800', 'bad: holds a lone surrogate'],
    [DataTypes.date, '0001-01-01', MIN_DATE],
    [DataTypes.date, '9999-12-31', MAX_DATE],
    [DataTypes.date, '1969-12-31', -1],
    [DataTypes.date, '2024-02-29', 19_782],
    [DataTypes.date, '1900-02-29', 'bad: no such day in the years 1 to 9999'],
    [DataTypes.date, '2000-02-29', 11_016],
    [DataTypes.date, '0000-01-01', 'bad: no such day in the years 1 to 9999'],
    [DataTypes.date, '2024-1-01', 'bad: not a date of the form YYYY-MM-DD'],
    [DataTypes.date, '2024-01-01T00:00', 'bad: not a date of the form YYYY-MM-DD'],
    [DataTypes.date, '29.2.2024', 19_782, { format: 'd.M.yyyy' }],
    [DataTypes.date, '29-FEB-2024', 19_782, { format: 'dd-MMM-yyyy' }],
    [
      DataTypes.date,
      '31.2.2024',
      'bad: no such day in the years 1 to 9999',
      { format: 'd.M.yyyy' },
    ],
    [DataTypes.time, '23:59:59.999999', 86_399_999_999n],
    [DataTypes.time, '07:05', 25_500_000_000n],
    [DataTypes.time, '07:05:01.5000000', 25_501_500_000n],
    [DataTypes.time, '07:05:01.0000001', 'bad: finer than a microsecond'],
    [DataTypes.time, '24:00', 'bad: no such time of day'],
    [DataTypes.time, '23:59:60', 'bad: no such time of day'],
    [DataTypes.time, '7:05', 'bad: not a time of the form HH:MM[:SS[.ffffff]]'],
    [DataTypes.time, '07:05:', 'bad: not a time of the form HH:MM[:SS[.ffffff]]'],
    [DataTypes.time, '07:05:01.', 'bad: not a time of the form HH:MM[:SS[.ffffff]]'],
    [DataTypes.time, '0705', 25_500_000_000n, { format: 'HHmm' }],
    [DataTypes.timestamp, '1970-01-01 00:00', 0n],
    [DataTypes.timestamp, '1970-01-01T00:00:00.000001Z', 1n],
    [DataTypes.timestamp, '1969-12-31T23:59:59.999999', -1n],
    [DataTypes.timestamp, '1970-01-01T00:30:00+01:00', -1_800_000_000n],
    [DataTypes.timestamp, '1970-01-01T00:30:00+0100', -1_800_000_000n],
    [DataTypes.timestamp, '1970-01-01T00:30:00-01', 5_400_000_000n],
    [DataTypes.timestamp, '0001-01-01T00:00:00+00:01', 'bad: outside the years 1 to 9999 in UTC'],
    [DataTypes.timestamp, '9999-12-31T23:59:59.999999Z', MAX_MICROS],
    [DataTypes.timestamp, '9999-12-31T23:59:59-00:01', 'bad: outside the years 1 to 9999 in UTC'],
    [DataTypes.timestamp, '1970-01-01T00:00:00.1234567Z', 'bad: finer than a microsecond'],
    [DataTypes.timestamp, '1970-01-01T00:00:00.1234560Z', 123_456n],
    [DataTypes.timestamp, '1970-01-01T24:00:00Z', 'bad: no such time of day'],
    [
      DataTypes.timestamp,
      '31/12/1969 23:59:59.999 -0100',
      3_599_999_000n,
      { format: 'dd/MM/yyyy HH:mm:ss.SSS XX' },
    ],
    [DataTypes.timestamp, '19700101T000001', 1_000_000n, { format: "yyyyMMdd'T'HHmmss" }],
    [DataTypes.timestamp, '19700102', 86_400_000_000n, { format: 'yyyyMMdd' }],
    [DataTypes.binary, 'AAH/', new Uint8Array([0, 1, 255])],
    [DataTypes.binary, 'AA=', 'bad: not base64 with padding'],
    [DataTypes.binary, 'A===', 'bad: not base64 with padding'],
    [DataTypes.binary, 'A A=', 'bad: not base64 with padding'],
  ])('reads %o %s', (type, input, expected, options) => {
    expect(read(type, input, options)).toEqual(expected)
  })

  it.each<[DataType, string]>([
    [DataTypes.timestamp, '1970-01-01'],
    [DataTypes.timestamp, '1970-01-01T00:00:00 Z'],
    [DataTypes.timestamp, '1970-01-01T00:00:00+1'],
    [DataTypes.timestamp, '1970-01-01T00:00:00+24:00'],
    [DataTypes.timestamp, '1970-01-01T00:00:00,5Z'],
  ])('refuses %o %s', (type, input) => {
    expect(read(type, input)).toMatch(/^bad: not a timestamp/)
  })

  it('formats the fraction only where it is not zero, then with six digits', () => {
    expect(formatValue(DataTypes.timestamp, 1n)).toBe('1970-01-01T00:00:00.000001Z')
    expect(formatValue(DataTypes.timestamp, -500_000n)).toBe('1969-12-31T23:59:59.500000Z')
    expect(formatValue(DataTypes.timestamp, 0n)).toBe('1970-01-01T00:00:00Z')
    expect(formatValue(DataTypes.time, 60_000_000n)).toBe('00:01:00')
    expect(formatValue(decimalType(5, 3), -5n)).toBe('-0.005')
  })

  it.each([
    ['date', 'yyyy-MM', /must name year, month and day/],
    ['date', 'yyyy-MM-dd HH', /must name year, month and day, and nothing else/],
    ['date', 'yyyy-MM-DD', /"DD", which is no token/],
    ['date', "yyyy-MM-dd'", /not closed/],
    ['date', 'yyyy-MM-dd dd', /the day twice/],
    ['time', 'mm:ss', /the minute without the hour/],
    ['time', 'yyyy HH', /nothing else, for a time/],
    ['timestamp', 'HH:mm', /must name year/],
  ] as const)('refuses the %s format %s', (kind, format, message) => {
    expect(() => createParser(DataTypes[kind], { format })).toThrow(message)
  })

  it.each<ParseOptions>([
    { decimalSeparator: ',', groupSeparator: ',' },
    { decimalSeparator: '' },
    { groupSeparator: '5' },
  ])('refuses the separators %o', (options) => {
    expect(() => createParser(DataTypes.integer, options)).toThrow(/separator/)
  })
})

describe('the calendar', () => {
  it('counts days as Date does, over all years', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_DATE, max: MAX_DATE }), (days) => {
        const { year, month, day } = dateFromDays(days)
        const date = new Date(days * 86_400_000)
        expect([year, month, day]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ])
        expect(daysFromDate(year, month, day)).toBe(days)
      }),
    )
  })
})

describe('compareValues', () => {
  it('orders texts as Buffer.compare orders their UTF-8', () => {
    const astral = fc.string({
      unit: fc.constantFrom('a', 'é', '\ue000', '\uffff', '😀', '\u{10ffff}'),
    })
    fc.assert(
      fc.property(fc.oneof(text, astral), fc.oneof(text, astral), (left, right) => {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right))
        expect(Math.sign(compareValues(DataTypes.string, left, right))).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it.each(Object.entries(typed))(
    '%s: is 0 for equals and turns round with its arguments',
    (_, values) => {
      fc.assert(
        fc.property(values, values, ([type, left], [, right]) => {
          expect(compareValues(type, left, left)).toBe(0)
          expect(Math.sign(compareValues(type, left, right))).toBe(
            -Math.sign(compareValues(type, right, left)) + 0,
          )
        }),
      )
    },
  )

  it('orders bytes as Buffer.compare', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        expect(Math.sign(compareValues(DataTypes.binary, left, right))).toBe(
          Buffer.compare(left, right),
        )
      }),
    )
  })
})

describe('canonicalJson', () => {
  it.each([
    ['{"b":1,"a":2}', '{"a":2,"b":1}'],
    ['{"😀":1,"\uffff":2}', '{"\uffff":2,"😀":1}'],
    [' [ 1.0 , 1e0, 10E-1, 1 ] ', '[1,1,1,1]'],
    ['-0.0', '0'],
    ['0e5', '0'],
    ['9007199254740993', '9007199254740993'],
    ['0.10', '0.1'],
    ['1e21', '1e+21'],
    ['1e20', '100000000000000000000'],
    ['123456789012345678901234.5', '1.234567890123456789012345e+23'],
    ['0.000001', '0.000001'],
    ['0.0000001', '1e-7'],
    ['12.5e-9', '1.25e-8'],
    [String.raw`"\u0041\n\/\ud83d\ude00"`, String.raw`"A\n/😀"`],
    ['{"a":{"c":[],"b":{}}}', '{"a":{"b":{},"c":[]}}'],
    ['null', 'null'],
  ])('%s', (input, expected) => {
    expect(canonicalJson(input)).toBe(expected)
  })

  it.each([
    ['{"a":1,"a":2}', /the key "a" twice/],
    [String.raw`{"a":1,"\u0061":2}`, /the key "a" twice/],
    [String.raw`"\ud800"`, /lone surrogate/],
    ['01', /more text/],
    ['1.', /more text/],
    ['+1', /not JSON/],
    ['', /not JSON/],
    ['nul', /not JSON/],
    ['{a:1}', /expected a key/],
    ['{"a" 1}', /expected :/],
    ['{"a":1', /expected , or }/],
    ['[1', /expected , or ]/],
    ['[1,]', /not JSON/],
    ['"a', /not closed/],
    ['"a\nb"', /control character/],
    [String.raw`"\x"`, /bad escape/],
    [String.raw`"\u00g0"`, /bad escape/],
    ['1e9999999999999999', /exponent/],
    ['1 2', /more text/],
  ])('refuses %s', (input, reason) => {
    const result = canonicalJson(input)
    expect(isValueProblem(result) && result.reason).toMatch(reason)
  })

  it.each([501, 1e6])('refuses %i levels', (levels) => {
    const result = canonicalJson('['.repeat(levels))
    expect(isValueProblem(result) && result.reason).toMatch(/more than 500 levels/)
  })

  it('reads 500 levels', () => {
    const deep = '['.repeat(500) + ']'.repeat(500)
    expect(canonicalJson(deep)).toBe(deep)
  })

  it('is the same for every order of keys and every blank, keeps the value, and is stable', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = canonicalJson(JSON.stringify(value)) as string
        expect(canonicalJson(JSON.stringify(value, undefined, 2))).toBe(once)
        expect(canonicalJson(once)).toBe(once)
        expect(JSON.parse(once)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('lays numbers out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(canonicalJson(JSON.stringify(value))).toBe(JSON.stringify(value))
      }),
    )
  })
})

describe('vectors', () => {
  it.each(Object.entries(typed))('%s: gives back the values it was made of', (_, values) => {
    fc.assert(
      fc.property(
        values.chain(([type, first]) =>
          fc.tuple(
            fc.constant(type),
            fc.array(fc.oneof(fc.constant(null), fc.constant(first)), { maxLength: 20 }),
          ),
        ),
        ([type, column]) => {
          const vector = vectorFromValues(type, column)
          const rows = [...rowsOf({ rowCount: column.length, columns: [vector] })]
          expect(rows).toEqual(column.map((value) => [value]))
        },
      ),
    )
  })

  it('grows, and starts anew after finish', () => {
    const builder = createVectorBuilder(DataTypes.integer, 1)
    for (const value of [1n, null, 3n]) builder.append(value)
    expect(builder.length).toBe(3)
    const vector = builder.finish()
    expect([0, 1, 2].map((row) => valueAt(vector, row))).toEqual([1n, null, 3n])
    expect(builder.length).toBe(0)
    builder.append(4n)
    expect(valueAt(builder.finish(), 0)).toBe(4n)
    expect(valueAt(vector, 0)).toBe(1n)
  })

  it('keeps decimals beyond 18 digits as bigints', () => {
    const vector = vectorFromValues(decimalType(38, 0), [10n ** 37n])
    expect(vector).toEqual({ layout: 'bigint', values: [10n ** 37n] })
  })
})

function at(input: string, options: ParseOptions): Value | string {
  return read(DataTypes.timestamp, input, options)
}

function utc(input: string): Value | string {
  return at(input, {})
}

describe('zones', () => {
  const vienna = createZone('Europe/Vienna')

  it('reads local times', () => {
    expect(at('2024-07-01T12:00', { zone: vienna })).toBe(utc('2024-07-01T10:00'))
    expect(at('2024-01-01T00:30', { zone: vienna })).toBe(utc('2023-12-31T23:30'))
    expect(at('2024-07-01T12:00Z', { zone: vienna })).toBe(utc('2024-07-01T12:00'))
    expect(at('1850-01-01T00:00', { zone: vienna })).toBe(utc('1849-12-31T22:54:39'))
    expect(at('9999-07-01T12:00', { zone: vienna })).toBe(utc('9999-07-01T10:00'))
    expect(at('0001-01-01T00:00', { zone: createZone('America/New_York') })).toBe(
      utc('0001-01-01T04:56:02'),
    )
  })

  it('refuses a local time in a gap', () => {
    expect(at('2024-03-31T02:30', { zone: vienna })).toBe(
      'bad: a local time that Europe/Vienna skips',
    )
    expect(at('2024-03-31T03:00', { zone: vienna })).toBe(utc('2024-03-31T01:00'))
    expect(at('2924-03-26T02:30', { zone: vienna })).toBe(
      'bad: a local time that Europe/Vienna skips',
    )
  })

  it('reads a local time in an overlap as declared', () => {
    const input = '2024-10-27T02:30'
    expect(at(input, { zone: vienna })).toBe(utc('2024-10-27T00:30'))
    expect(at(input, { zone: vienna, ambiguousTime: 'later' })).toBe(utc('2024-10-27T01:30'))
    expect(at(input, { zone: vienna, ambiguousTime: 'reject' })).toBe(
      'bad: a local time that occurs twice in Europe/Vienna',
    )
  })

  it.each([
    'Europe/Vienna',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'Asia/Gaza',
  ])('%s: every instant comes back from its local time', (name) => {
    const zone = createZone(name)
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: name,
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: -4_000_000_000, max: 4_200_000_000 }),
          fc.integer({ min: -60_000_000_000, max: 250_000_000_000 }),
        ),
        (instant) => {
          const local = instant + zone.offsetAt(instant)
          const earlier = zone.toEpochSeconds(local, 'earlier')
          const later = zone.toEpochSeconds(local, 'later')
          expect([earlier, later]).toContain(instant)
          // Later years take seconds to format.
          const shown =
            Math.abs(instant) < 4_000_000_000 ? format.format(instant * 1000) : undefined
          const written = new Date(local * 1000).toISOString().slice(0, 19).replace('T', ' ')
          expect(shown ?? written).toBe(written)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('gives its transitions as a relation', () => {
    const from = Date.UTC(2024, 0, 1) / 1000
    const to = Date.UTC(2025, 0, 1) / 1000
    expect(vienna.transitions(from, to)).toEqual([
      { epochSeconds: from, offsetSeconds: 3600 },
      { epochSeconds: Date.UTC(2024, 2, 31, 1) / 1000, offsetSeconds: 7200 },
      { epochSeconds: Date.UTC(2024, 9, 27, 1) / 1000, offsetSeconds: 3600 },
    ])
    const far = Date.UTC(3000, 0, 1) / 1000
    const relation = vienna.transitions(far, Date.UTC(3001, 0, 1) / 1000)
    expect(relation.map(({ offsetSeconds }) => offsetSeconds)).toEqual([3600, 7200, 3600])
    for (const { epochSeconds, offsetSeconds } of relation)
      expect(vienna.offsetAt(epochSeconds)).toBe(offsetSeconds)
  })

  it('knows UTC without a table', () => {
    const zone = createZone('UTC')
    expect(zone.toEpochSeconds(5, 'reject')).toBe(5)
    expect(zone.offsetAt(0)).toBe(0)
    expect(zone.transitions(0, 10)).toEqual([{ epochSeconds: 0, offsetSeconds: 0 }])
  })

  it('refuses a name that is not known', () => {
    expect(() => createZone('Europe/Wien')).toThrow(/"Europe\/Wien" is not known/)
  })
})
