import {
  createCsvPrinter,
  DataTypes,
  decimalType,
  parseValue,
  vectorFromValues,
  type Column,
  type ColumnBatch,
  type CsvLayout,
  type DataType,
  type Value,
} from '@qarion/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const column = (name: string, type: DataType): Column => ({ name, type, required: false })

function batchOf(
  columns: readonly Column[],
  rows: readonly (readonly (Value | null)[])[],
): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map(({ type }, index) =>
      vectorFromValues(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  }
}

/** A reader of its own, by the letter of RFC 4180: `null` for an empty field, text for a quoted one. */
function readCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = []
  let record: (string | null)[] = []
  for (let at = 0; at < text.length;) {
    let field: string | null
    if (text[at] === '"') {
      let end = at + 1
      while (text[end] !== '"' || text[end + 1] === '"') end += text[end] === '"' ? 2 : 1
      field = text.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
    } else {
      const end = at + text.slice(at).search(/[,\n]/)
      field = end === at ? null : text.slice(at, end)
      at = end
    }
    record.push(field)
    if (text[at] === '\n') {
      records.push(record)
      record = []
    }
    at += 1
  }
  expect(record).toEqual([])
  return records
}

const TEXT = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', ',', '\n', '\r', ' ', "'", '\t', '\\'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
})

const CASES: readonly { readonly type: DataType; readonly value: fc.Arbitrary<Value> }[] = [
  { type: DataTypes.boolean, value: fc.boolean() },
  { type: DataTypes.integer, value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: decimalType(38, 5), value: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }) },
  { type: decimalType(9, 2), value: fc.bigInt({ min: -(10n ** 9n) + 1n, max: 10n ** 9n - 1n }) },
  {
    type: DataTypes.float,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  },
  { type: DataTypes.string, value: TEXT },
  { type: DataTypes.date, value: fc.integer({ min: -719_162, max: 2_932_896 }) },
  { type: DataTypes.time, value: fc.bigInt({ min: 0n, max: 86_399_999_999n }) },
  {
    type: DataTypes.timestamp,
    value: fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  },
  { type: DataTypes.binary, value: fc.uint8Array() },
]

describe('CSV', () => {
  const columns = CASES.map(({ type }, index) => column(`c${index}`, type))

  it('gives every value back, NULL and the empty string apart', () => {
    const row = fc.tuple(...CASES.map(({ value }) => fc.option(value)))
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const records = readCsv(createCsvPrinter(columns).rows(batchOf(columns, rows)))
        const values = records.map((record) =>
          CASES.map(({ type }, index) => {
            const field = record[index] ?? null
            return field === null || type.kind === 'string' ? field : parseValue(type, field)
          }),
        )
        expect(values).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  })

  it('has the bytes that docs/semantics.md says', () => {
    const few = [
      column('a "b", c', DataTypes.string),
      column('n', DataTypes.integer),
      column('d', decimalType(12, 2)),
      column('f', DataTypes.float),
      column('b', DataTypes.boolean),
      column('t', DataTypes.timestamp),
    ]
    const rows = [
      [' x ', -5n, 1250n, 1e21, true, 0n],
      ['', null, 0n, 0.1, false, 1_700_000_000_000_001n],
      ['a,"b"\n', 2n ** 53n + 1n, -5n, -1.5, null, null],
      [null, null, null, null, null, null],
    ]
    const printer = createCsvPrinter(few)
    expect(printer.header() + printer.rows(batchOf(few, rows))).toBe(
      [
        '"a ""b"", c",n,d,f,b,t',
        ' x ,-5,12.50,1e+21,true,1970-01-01T00:00:00Z',
        '"",,0.00,0.1,false,2023-11-14T22:13:20.000001Z',
        '"a,""b""\n",9007199254740993,-0.05,-1.5,,',
        ',,,,,',
        '',
      ].join('\n'),
    )
  })

  it('quotes every value or only what would be read as another, with any NULL and delimiter', () => {
    const few = [column('a;b', DataTypes.string), column('n', DataTypes.integer)]
    const rows = [
      ['NULL', null],
      [null, -5n],
      ['', 7n],
      ['x;"y"', 8n],
      ['\ufeffx', 9n],
    ]
    const print = (layout: CsvLayout): string => {
      const printer = createCsvPrinter(few, layout)
      return printer.header() + printer.rows(batchOf(few, rows))
    }
    expect(print({ delimiter: ';', nullText: 'NULL', lineEnding: '\r\n' })).toBe(
      '"a;b";n\r\n"NULL";NULL\r\nNULL;-5\r\n"";7\r\n"x;""y""";8\r\n"\ufeffx";9\r\n',
    )
    expect(print({ quoting: 'all' })).toBe(
      '"a;b","n"\n"NULL",\n,"-5"\n"","7"\n"x;""y""","8"\n"\ufeffx","9"\n',
    )
    // A delimiter or a NULL that numbers hold too.
    expect(print({ delimiter: '-', nullText: '7' })).toBe(
      'a;b-n\nNULL-7\n7-"-5"\n""-"7"\n"x;""y"""-8\n"\ufeffx"-9\n',
    )
  })

  it('of no rows is the header', () => {
    expect(createCsvPrinter(columns).rows(batchOf(columns, []))).toBe('')
  })
})
