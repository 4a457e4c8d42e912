import {
  canonicalJson,
  compareText,
  createParser,
  DataTypes,
  decimalType,
  formatValue,
  isQarionError,
  isValueProblem,
  MAX_DATE,
  MIN_DATE,
  type DataType,
  type Value,
} from '@qarion/core'
import { CSV_OPTIONS, createCsvLoader } from '@qarion/loader-csv'
import plugin from '@qarion/loader-csv/plugin'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { column, errorOf, load } from './support.ts'

const { integer, string, date, timestamp, binary } = DataTypes

describe('values', () => {
  it('rejects a row with all its problems, and keeps what could be read', async () => {
    const columns = [
      column('id', integer, { required: true }),
      column('amount', decimalType(12, 2)),
      column('day', date),
      column('name', string, { required: true }),
    ]
    const { rows, lines, rejects } = await load(
      'id,amount,day,name\n1,1.50,2024-02-29,x\n2,1.505,2024-02-30,\n,2,,y\n4,"2,5",2024-01-01,"a""b"\n5,3,2024-01-01,z\n',
      columns,
    )
    expect(rows).toEqual([
      [1n, 150n, 19_782, 'x'],
      [5n, 300n, 19_723, 'z'],
    ])
    expect(lines).toEqual([2, 6])
    expect(rejects).toEqual([
      {
        line: 3,
        problems: [
          {
            column: 'amount',
            text: '1.505',
            reason: 'more than 2 fractional digits in a column of decimal(12,2)',
          },
          { column: 'day', text: '2024-02-30', reason: 'no such day in the years 1 to 9999' },
          { column: 'name', text: null, reason: 'NULL in a required column' },
        ],
        rawText: '2,1.505,2024-02-30,',
        values: { id: 2n },
      },
      {
        line: 4,
        problems: [{ column: 'id', text: null, reason: 'NULL in a required column' }],
        rawText: ',2,,y',
        values: { amount: 200n, day: null, name: 'y' },
      },
      {
        line: 5,
        problems: [{ column: 'amount', text: '2,5', reason: 'not a decimal number' }],
        rawText: '4,"2,5",2024-01-01,"a""b"',
        values: { id: 4n, day: 19_723, name: 'a"b' },
      },
    ])
  })

  it('reads a row that is damaged in one field and bad in another', async () => {
    const columns = [
      column('a', integer, { required: true }),
      column('b'),
      column('c', integer),
      column('gone'),
    ]
    const { rejects } = await load('a,b,c\n,x"y,nope\n', columns)
    expect(rejects[0]?.problems.map((problem) => [problem.column, problem.reason])).toEqual([
      ['b', 'a quote within a field that does not start with one'],
      ['a', 'NULL in a required column'],
      ['c', 'not an integer'],
    ])
    expect(rejects[0]?.values).toEqual({ gone: null })
  })

  it('NULL: the empty field, quoted or not', async () => {
    const columns = [column('a'), column('b', integer), column('c', binary)]
    const { rows } = await load('a,b,c\n,,\n"","",""\n', columns)
    expect(rows).toEqual([
      [null, null, null],
      [null, null, null],
    ])
  })

  it('empty_string = "quoted": "" is the empty string where a type has one', async () => {
    const columns = [column('a'), column('b', integer), column('c', binary)]
    const { rows } = await load('a,b,c\n,,\n"","",""\n', columns, { emptyString: 'quoted' })
    expect(rows).toEqual([
      [null, null, null],
      ['', null, new Uint8Array()],
    ])
  })

  it('null_values add spellings, of the load and of a column', async () => {
    const columns = [column('a', integer, { nullValues: ['-1'] }), column('b')]
    const content = 'a,b\nNULL,-1\n-1,"NULL"\n2,"N""A"\n'
    const both = await load(content, columns, { nullValues: ['NULL', 'N"A'] })
    expect(both.rows).toEqual([
      [null, '-1'],
      [null, null],
      [2n, null],
    ])
    const quoted = await load(content, columns, {
      nullValues: ['NULL', 'N"A'],
      emptyString: 'quoted',
    })
    expect(quoted.rows).toEqual([
      [null, '-1'],
      [null, 'NULL'],
      [2n, 'N"A'],
    ])
  })

  it('formats, separators and zones of columns', async () => {
    const columns = [
      column('day', date, { format: 'd.M.yyyy' }),
      column('amount', decimalType(10, 2), { decimalSeparator: ',', groupSeparator: '.' }),
      column('at', timestamp),
    ]
    const { rows } = await load(
      'day;amount;at\n1.2.2024;1.234,5;2024-07-01T12:00:00\n1.2.2024;"-1,5";2024-07-01T12:00:00Z\n',
      columns,
      { delimiter: ';', timezone: 'Europe/Vienna' },
    )
    const noon = BigInt(Date.UTC(2024, 6, 1, 12)) * 1000n
    expect(rows).toEqual([
      [19_754, 123_450n, noon - 7_200_000_000n],
      [19_754, -150n, noon],
    ])
  })

  it('the byte readers agree with the parsers of core on every text', async () => {
    const types: DataType[] = [
      integer,
      decimalType(12, 2),
      decimalType(3, 3),
      decimalType(18, 0),
      date,
      timestamp,
    ]
    const digits = fc.string({
      unit: fc.nat(9).map(String),
      minLength: 1,
      maxLength: 20,
    })
    const number = fc
      .tuple(fc.constantFrom('', '-', '+'), digits, fc.constantFrom('', '.', '.0', '.50', '.12345'))
      .map((parts) => parts.join(''))
    const time = fc
      .tuple(
        fc.constantFrom(
          '2024-02-29',
          '2023-02-29',
          '0001-01-01',
          '9999-12-31',
          '1969-12-31',
          '2024-13-01',
          '2024-1-01',
        ),
        fc.constantFrom('', 'T', ' ', 't'),
        fc.constantFrom(
          '',
          '00:00',
          '23:59:59',
          '24:00:00',
          '12:00:60',
          '12:34:56.',
          '12:34:56.7',
          '12:34:56.123456',
          '12:34:56.1234567',
        ),
        fc.constantFrom('', 'Z', '+02:00', '-0130', 'z'),
      )
      .map((parts) => parts.join(''))
    const texts = fc.oneof(
      number,
      time,
      fc.string({
        unit: fc.constantFrom('0', '1', '-', '+', '.', ':', 'T', 'Z', ' ', 'é'),
        minLength: 1,
        maxLength: 12,
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 30 }), async (column_) => {
        const columns = types.map((type, index) => column(`c${index}`, type))
        const header = columns.map(({ name }) => name).join(',')
        const lines = column_.map((text) => types.map(() => text).join(','))
        const { rows, rejects } = await load(`${header}\n${lines.join('\n')}\n`, columns)
        const accepted = rows.values()
        for (const [index, text] of column_.entries()) {
          const expected = types.map((type) => createParser(type)(text))
          const bad = expected.flatMap((value, at) =>
            isValueProblem(value) ? [[`c${at}`, value.reason]] : [],
          )
          const reject = rejects.find(({ line }) => line === index + 2)
          const problems = reject?.problems ?? []
          expect(problems.map((problem) => [problem.column, problem.reason])).toEqual(bad)
          const row = reject === undefined ? accepted.next().value : expected
          expect(row).toEqual(expected)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('options', () => {
  it('reads other delimiters, quotes and escapes', async () => {
    const columns = [column('a'), column('b')]
    const tab = await load("a\tb\n'x\ty'\t'it''s'\n", columns, { delimiter: '\t', quote: "'" })
    expect(tab.rows).toEqual([['x\ty', "it's"]])
    const escaped = await load('a,b\n"x\\"y","\\\\\\n"\n', columns, { escape: '\\' })
    expect(escaped.rows).toEqual([['x"y', '\\\\n']])
    const none = await load('a,b\n"x","y\n', columns, { quote: '' })
    expect(none.rows).toEqual([['"x"', '"y']])
  })

  it.each([
    [{ delimiter: ';;' }],
    [{ delimiter: 'é' }],
    [{ delimiter: '\n' }],
    [{ delimiter: '"' }],
    [{ quote: 'ab' }],
    [{ escape: '' }],
    [{ escape: ',' }],
    [{ delimiter: 5 }],
    [{ encoding: 'latin1' }],
  ])('refuses %j', (options) => {
    expect(() => createCsvLoader({ projectDirectory: '/' }, options)).toThrow(/\.$/)
  })

  it('takes utf8 in any spelling', () => {
    expect(() => createCsvLoader({ projectDirectory: '/' }, { encoding: 'UTF8' })).not.toThrow()
  })

  it('refuses an unknown zone and a missing file', async () => {
    const zone = load('a\n', [column('a', timestamp)], { timezone: 'Mars/Olympus' })
    expect((await errorOf(zone)).code).toBe('QRN-VALUE-003')
    expect((await errorOf(load('', [], { sourcePath: 'nope.csv' }))).code).toBe('QRN-FILE-002')
  })

  it('is a plugin that says what it takes', async () => {
    expect(plugin).toMatchObject({ kind: 'loader', id: 'csv', contract: 1, options: CSV_OPTIONS })
    const host = { projectDirectory: '/nowhere' } as Parameters<typeof plugin.create>[0]
    const loader = await plugin.create(host, { sourcePath: 'a.csv' })
    expect((await errorOf(loader.discover())).code).toBe('QRN-FILE-002')
  })
})

function write(text: string, isQuoted: boolean): string {
  return isQuoted || /[",\r\n]/.test(text) || text.startsWith('\ufeff')
    ? `"${text.replaceAll('"', '""')}"`
    : text
}

describe('written and read back', () => {
  const types: Readonly<Record<string, [DataType, fc.Arbitrary<Value>]>> = {
    flag: [DataTypes.boolean, fc.boolean()],
    whole: [integer, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    small: [integer, fc.integer({ min: -1000, max: 1000 }).map(BigInt)],
    money: [decimalType(12, 2), fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n })],
    wide: [decimalType(38, 10), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
    ratio: [
      DataTypes.float,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    ],
    text: [
      string,
      fc.string({
        unit: fc.oneof(
          fc.constantFrom('"', ',', '\n', '\r', ' ', 'a'),
          fc.constantFrom('é', '😀', '\ufeff'),
        ),
        minLength: 1,
      }),
    ],
    day: [date, fc.integer({ min: MIN_DATE, max: MAX_DATE })],
    clock: [DataTypes.time, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
    instant: [
      timestamp,
      fc.bigInt({
        min: BigInt(MIN_DATE) * 86_400_000_000n,
        max: BigInt(MAX_DATE + 1) * 86_400_000_000n - 1n,
      }),
    ],
    tree: [
      DataTypes.json,
      fc.jsonValue({ maxDepth: 2 }).map((value) => canonicalJson(JSON.stringify(value)) as string),
    ],
    bytes: [binary, fc.uint8Array({ minLength: 1, maxLength: 8 })],
  }
  const entries = Object.entries(types).toSorted(([a], [b]) => compareText(a, b))
  const names = entries.map(([name]) => name)
  const columns = entries.map(([name, [type]]) => column(name, type))
  const row = fc.tuple(...entries.map(([, [, values]]) => fc.option(values, { freq: 4 })))

  it('gives the same values and lines, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            row,
            fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }),
            fc.constantFrom('\n', '\r\n', '\r'),
          ),
          { maxLength: 8 },
        ),
        fc.shuffledSubarray(names, { minLength: names.length }),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (table, order, hasBom, pieceBytes) => {
          let content = `${hasBom ? '\ufeff' : ''}${order.join(',')}\n`
          const lines: number[] = []
          for (const [values, quotes, newline] of table) {
            // A LF that follows a CR belongs to it.
            lines.push(content.split(/\r\n|\r|\n/).length)
            const fields = order.map((name) => {
              const index = names.indexOf(name)
              const value = values[index] as Value | null
              return value === null
                ? ''
                : write(
                    formatValue(columns[index]?.type as DataType, value),
                    quotes[index] ?? false,
                  )
            })
            content += fields.join(',') + newline
          }
          const loaded = await load(content, columns, {}, { pieceBytes })
          expect(loaded.rejects).toEqual([])
          expect(loaded.rows).toEqual(table.map(([values]) => values))
          expect(loaded.lines).toEqual(lines)
          expect(loaded.scan.rowCount).toBe(table.length)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reads damaged content the same wherever the chunks end', async () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\r',
      '\r\n',
      'a',
      '1',
      'é',
      '\0',
      '\ufeff',
      '\\',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (pieces, pieceBytes) => {
          const content = `a,b\n${pieces.join('')}`
          const shared = [column('a', integer), column('b')]
          const outcome = async (size: number): Promise<unknown> => {
            try {
              const { rows, lines, rejects, scan } = await load(
                content,
                shared,
                {},
                { pieceBytes: size },
              )
              expect(rows.length + rejects.length).toBe(scan.rowCount)
              return { rows, lines, rejects }
            } catch (cause) {
              if (isQarionError(cause)) return cause.code
              throw cause
            }
          }
          expect(await outcome(pieceBytes)).toEqual(await outcome(1 << 16))
        },
      ),
      { numRuns: 200 },
    )
  })
})
