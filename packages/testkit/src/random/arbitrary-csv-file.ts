import { DataTypes, decimalType, type InputColumn } from '@qarion/core'
import type { Arbitrary } from 'fast-check'

import { ODD_TEXTS, type TextType } from '../loader/odd-texts.ts'
import type { FastCheck } from './arbitrary.ts'

/** Types that have a text form which most files use. */
export const TEXT_TYPES: readonly TextType[] = [
  DataTypes.boolean,
  DataTypes.integer,
  decimalType(4, 0),
  decimalType(9, 2),
  decimalType(18, 6),
  decimalType(38, 10),
  decimalType(38, 38),
  DataTypes.float,
  DataTypes.string,
  DataTypes.date,
  DataTypes.time,
  DataTypes.timestamp,
]

export interface CsvFile {
  readonly text: string
  readonly columns: readonly InputColumn[]
  /** As a loader of CSV takes them. */
  readonly options: Readonly<Record<string, unknown>>
}

/** CSV files whose structure is clean; most fields are valid, some are empty or odd. */
export function arbitraryCsvFile(fc: FastCheck): Arbitrary<CsvFile> {
  const good = goodTexts(fc)
  const field = (type: TextType): Arbitrary<string> =>
    fc.oneof(
      { weight: 12, arbitrary: good[type.kind] },
      { weight: 1, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS[type.kind]) },
    )
  return fc
    .array(fc.constantFrom(...TEXT_TYPES), { minLength: 2, maxLength: 5 })
    .chain((types) =>
      fc.record({
        types: fc.constant(types),
        required: fc.array(fc.boolean(), { minLength: types.length, maxLength: types.length }),
        rows: fc.array(fc.tuple(...types.map(field)), { maxLength: 12 }),
        quoting: fc.constantFrom('never', 'always', 'mixed'),
        newline: fc.constantFrom('\n', '\r\n'),
        hasBom: fc.boolean(),
        hasHeader: fc.boolean(),
        isOpenEnded: fc.boolean(),
        delimiter: fc.constantFrom(',', ';', '\t', '|'),
        emptyString: fc.constantFrom('null', 'quoted'),
        nullValues: fc.constantFrom<string[]>([], ['NA', 'NULL'], ['0']),
      }),
    )
    .map(({ types, required, rows, quoting, newline, delimiter, emptyString, ...made }) => {
      const columns = types.map((type, index) => ({
        name: `c${index}`,
        type,
        required: required[index] === true && index > 2,
      }))
      const print = (text: string, row: number, index: number): string => {
        const mustQuote = /[",;\t|]/.test(text)
        const isQuoted = quoting === 'always' || (quoting === 'mixed' && (row + index) % 2 === 0)
        return mustQuote || isQuoted ? `"${text.replaceAll('"', '""')}"` : text
      }
      const lines = [
        ...(made.hasHeader ? [columns.map(({ name }) => name).join(delimiter)] : []),
        ...rows.map((row, at) => row.map((text, index) => print(text, at, index)).join(delimiter)),
      ]
      return {
        text: `${made.hasBom ? '\ufeff' : ''}${lines.join(newline)}${made.isOpenEnded ? '' : newline}`,
        columns,
        options: {
          delimiter,
          header: made.hasHeader,
          emptyString,
          nullValues: made.nullValues,
        },
      }
    })
}

function goodTexts(fc: FastCheck): Readonly<Record<TextType['kind'], Arbitrary<string>>> {
  return {
    boolean: fc.constantFrom('true', 'false', '1', '0'),
    integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    decimal: fc.integer({ min: -9, max: 9 }).map((n) => (n === 0 ? '0' : '0.000').slice(0, 1)),
    float: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    string: fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .map((text) => text.replaceAll(/[\0\r\n"]/gu, '')),
    date: fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    time: fc.nat(86_399_999).map((ms) => new Date(ms).toISOString().slice(11, 23)),
    timestamp: fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  }
}
