import { DataTypes, decimalType, type DataType, type Value } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { column, load, problemsOf } from './support.ts'

const { boolean, integer, float, string, date, time, timestamp, json, binary } = DataTypes

/** The value of `text`, as it stands in the file, in a column of a type; an array for its problem. */
async function valueOf(
  type: DataType,
  text: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Value | null | [text: string | null, reason: string]> {
  const { rows, rejects } = await load(`{"v":${text}}\n`, [column('v', type)], options)
  const problem = rejects[0]?.problems[0]
  return problem === undefined ? (rows[0]?.[0] ?? null) : [problem.text, problem.reason]
}

describe('numbers', () => {
  it.each<[DataType, string, Value]>([
    [integer, '0', 0n],
    [integer, '-0', 0n],
    [integer, '9007199254740993', 2n ** 53n + 1n],
    [integer, '9223372036854775807', 2n ** 63n - 1n],
    [integer, '-9223372036854775808', -(2n ** 63n)],
    [integer, '1.0', 1n],
    [integer, '1.000', 1n],
    [integer, '-12.0e2', -1200n],
    [integer, '10e-1', 1n],
    [integer, '1E3', 1000n],
    [integer, '9007199254740993.0', 2n ** 53n + 1n],
    [integer, '0e999999999999', 0n],
    [decimalType(12, 2), '1.5', 150n],
    [decimalType(12, 2), '1.500', 150n],
    [decimalType(12, 2), '-0.0', 0n],
    [decimalType(12, 2), '15e-1', 150n],
    [decimalType(12, 2), '1e2', 10_000n],
    [decimalType(38, 3), `${'9'.repeat(35)}.125`, BigInt(`${'9'.repeat(35)}125`)],
    [decimalType(38, 20), '1.00000000000000000001', 100_000_000_000_000_000_001n],
    [decimalType(38, 38), '1e-38', 1n],
    [decimalType(38, 0), '1e37', 10n ** 37n],
    [float, '1', 1],
    [float, '-0', 0],
    [float, '-0.0', 0],
    [float, '1.5E-3', 0.0015],
    [float, '1.7976931348623157e308', Number.MAX_VALUE],
    [boolean, '1', true],
    [boolean, '0', false],
    [json, '1.0', '1'],
    [json, '9007199254740993', '9007199254740993'],
    [json, '1e400', '1e+400'],
  ])('%j %s', async (type, text, expected) => {
    expect(await valueOf(type, text)).toBe(expected)
  })

  it.each<[DataType, string, string]>([
    [integer, '1.5', 'not an integer'],
    [integer, '15e-1', 'not an integer'],
    [integer, '1e-999999999', 'not an integer'],
    [integer, '9223372036854775808', 'outside the range of a 64-bit integer'],
    [integer, '1e19', 'outside the range of a 64-bit integer'],
    [integer, '1e400', 'outside the range of a 64-bit integer'],
    [integer, '1e999999999999999999', 'outside the range of a 64-bit integer'],
    [decimalType(12, 2), '1.505', 'more than 2 fractional digits in a column of decimal(12,2)'],
    [decimalType(12, 2), '1e-400', 'more than 2 fractional digits in a column of decimal(12,2)'],
    [
      decimalType(12, 2),
      '1e400',
      'more than 10 digits before the point in a column of decimal(12,2)',
    ],
    [float, '1e400', 'beyond the range of a double'],
    [boolean, '2', 'not a boolean: true, false, 1 or 0'],
    [string, '1', 'a number in a column of type string'],
    [string, '1.5', 'a number in a column of type string'],
    [date, '20240131', 'a number in a column of type date'],
    [time, '12', 'a number in a column of type time'],
    [timestamp, '1700000000', 'a number in a column of type timestamp'],
    [binary, '0', 'a number in a column of type binary'],
  ])('%j %s is rejected', async (type, text, reason) => {
    expect(await valueOf(type, text)).toEqual([text, reason])
  })

  it.each([
    '01',
    '-01',
    '+1',
    '.5',
    '1.',
    '-',
    '1e',
    '1e+',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '1.2.3',
  ])('%s is a bad value, and only that', async (text) => {
    const columns = [column('a', integer), column('v', float), column('b', integer)]
    const loaded = await load(`[{"a":1,"v":${text},"b":2},{"a":3,"v":4,"b":5}]`, columns)
    expect(problemsOf(loaded)).toEqual([[1, ['v', text, 'not a JSON value']]])
    expect(loaded.rejects[0]?.values).toEqual({ a: 1n, b: 2n })
    expect(loaded.rows).toEqual([[3n, 4, 5n]])
    expect(loaded.scan.isClean).toBe(false)
  })
})

describe('texts', () => {
  it.each<[DataType, string, Value | null]>([
    [string, '""', ''],
    [string, '"a"', 'a'],
    [string, '"né😀"', 'né😀'],
    [string, String.raw`"\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00"`, '"\\/\b\f\n\r\té😀'],
    [string, String.raw`"\\u0041"`, '\\u0041'],
    [string, '"null"', 'null'],
    [integer, '"12"', 12n],
    [integer, '"+007"', 7n],
    [integer, '"9007199254740993"', 2n ** 53n + 1n],
    [integer, String.raw`"\u0031"`, 1n],
    [decimalType(12, 2), '"12.50"', 1250n],
    [float, '"1.5e3"', 1500],
    [boolean, '"TRUE"', true],
    [date, '"2024-02-29"', 19_782],
    [date, String.raw`"2024\u002d02-29"`, 19_782],
    [time, '"12:30"', 45_000_000_000n],
    [timestamp, '"1969-12-31T23:59:59.999999Z"', -1n],
    [timestamp, '"0001-01-01T00:00:00Z"', -62_135_596_800_000_000n],
    [json, '"a"', '"a"'],
    [json, String.raw`"\u0061\n"`, String.raw`"a\n"`],
    [json, '"{}"', '"{}"'],
  ])('%j %s', async (type, text, expected) => {
    expect(await valueOf(type, text)).toBe(expected)
  })

  it('reads bytes as base64', async () => {
    expect(await valueOf(binary, '"AAH/"')).toEqual(Uint8Array.of(0, 1, 255))
    expect(await valueOf(binary, '""')).toEqual(new Uint8Array())
    expect(await valueOf(binary, '"AAH"')).toEqual(['AAH', 'not base64 with padding'])
  })

  it.each<[DataType, string, string | null, string]>([
    [integer, '""', '', 'not an integer'],
    [integer, '"1.0"', '1.0', 'not an integer'],
    [date, '"2024-02-30"', '2024-02-30', 'no such day in the years 1 to 9999'],
    [string, String.raw`"a\u0000"`, 'a\0', 'holds a NUL character'],
    [string, String.raw`"\ud83d"`, '\ud83d', 'holds a lone surrogate'],
    [string, String.raw`"\ude00\ud83d"`, '\ude00\ud83d', 'holds a lone surrogate'],
    [json, String.raw`"\ud83d"`, '\ud83d', 'a lone surrogate in the string at character 1'],
    [string, String.raw`"\x"`, String.raw`\x`, 'not JSON: a bad escape in the text'],
    [string, String.raw`"\u12"`, String.raw`\u12`, 'not JSON: a bad escape in the text'],
    [string, String.raw`"\u12g4"`, String.raw`\u12g4`, 'not JSON: a bad escape in the text'],
    [string, '"a\tb"', 'a\tb', 'not JSON: a control character in the text that is not escaped'],
    [string, '"a\0b"', 'a\0b', 'holds a NUL character'],
  ])('%j %s is rejected', async (type, text, shown, reason) => {
    expect(await valueOf(type, text)).toEqual([shown, reason])
  })

  it('keeps a line break within a text of an array where it is, as a bad value', async () => {
    const loaded = await load('[{"a":"x\ny"},\n{"a":"z"}]', [column('a')])
    expect([loaded.rows, loaded.lines]).toEqual([[['z']], [3]])
    expect(loaded.rejects[0]?.line).toBe(1)
  })

  it('has a format, separators and a zone of the column', async () => {
    const columns = [
      column('d', date, { format: 'dd.MM.yyyy' }),
      column('n', decimalType(9, 2), { decimalSeparator: ',', groupSeparator: '.' }),
      column('t', timestamp),
    ]
    const record = (n: string): string => `{"d":"29.02.2024","n":${n},"t":"2024-07-01T12:00:00"}\n`
    const { rows, rejects } = await load(record('"1.234,5"') + record('1234.5'), columns, {
      timezone: 'Europe/Vienna',
    })
    const row = [19_782, 123_450n, 1_719_828_000_000_000n]
    expect([rows, rejects]).toEqual([[row, row], []])
  })

  it('of 10 MB are read whole', async () => {
    const long = 'né"\\'.repeat(2_500_000)
    const { rows } = await load(`[{"a":${JSON.stringify(long)}},{"a":"b"}]`, [column('a')])
    expect(rows.length).toBe(2)
    expect(rows[0]?.[0] === long).toBe(true)
  })

  it('with many escapes, whatever the pieces', async () => {
    const texts = ['\\'.repeat(999), '"'.repeat(1000), '\\"'.repeat(500), '\u{1f600}'.repeat(300)]
    const content = texts.map((text) => `${JSON.stringify({ a: text, b: 1 })}\n`).join('')
    for (const pieceBytes of [1, 2, 3, 7, 1 << 18]) {
      const columns = [column('a'), column('b', integer)]
      const { rows } = await load(content, columns, {}, { pieceBytes })
      expect(rows).toEqual(texts.map((text) => [text, 1n]))
    }
  })
})

describe('NULL', () => {
  it('is null and a key that is absent, in every type', async () => {
    const types = [
      boolean,
      integer,
      decimalType(38, 2),
      float,
      string,
      date,
      time,
      timestamp,
      json,
      binary,
    ]
    const columns = types.map((type, index) => column(`c${index}`, type))
    const nulls = types.map((_, index) => `"c${index}":null`).join(',')
    const { rows, rejects } = await load(`{${nulls}}\n{}\n`, columns)
    const none = types.map(() => null)
    expect([rows, rejects]).toEqual([[none, none], []])
  })

  it('is what null_values list, of the load and of the column, also ""', async () => {
    const columns = [column('a', integer), column('b', string, { nullValues: [''] })]
    const { rows } = await load('{"a":"n/a","b":""}\n{"a":1,"b":"n/a"}\n', columns, {
      nullValues: ['n/a'],
    })
    expect(rows).toEqual([
      [null, null],
      [1n, null],
    ])
  })

  it('in a required column is rejected, with the text that stands for it', async () => {
    const columns = [column('a', integer, { required: true, nullValues: ['-'] }), column('b')]
    const loaded = await load('{"a":null,"b":"x"}\n{"b":"y"}\n{"a":"-"}\n{"a":1}\n', columns)
    const reason = 'NULL in a required column'
    expect(problemsOf(loaded)).toEqual([
      [1, ['a', null, reason]],
      [2, ['a', null, reason]],
      [3, ['a', '-', reason]],
    ])
    expect([loaded.rows, loaded.rejects[0]?.values]).toEqual([[[1n, null]], { b: 'x' }])
  })
})

describe('nested values', () => {
  it.each([
    ['{"b":1.0, "a" : [ ] }', '{"a":[],"b":1}'],
    ['[1,[2,{"x":null}]]', '[1,[2,{"x":null}]]'],
    ['true', 'true'],
    ['false', 'false'],
    ['{"{":"}","[":"\\"]"}', '{"[":"\\"]","{":"}"}'],
    ['{"é":"😀"}', '{"é":"😀"}'],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
  ])('%s', async (text, expected) => {
    expect(await valueOf(json, text)).toBe(expected)
  })

  it('200 levels deep are read, more than 500 rejected, 100,000 too', async () => {
    const deep = (levels: number): string =>
      '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2)
    expect(await valueOf(json, deep(200))).toBe(deep(200))
    for (const levels of [502, 100_000]) {
      const columns = [column('id', integer), column('v', json)]
      const loaded = await load(`[{"id":1,"v":${deep(levels)}},{"id":2,"v":1}]`, columns)
      expect(loaded.rejects[0]?.problems[0]?.reason).toContain('more than 500 levels')
      expect([loaded.rejects[0]?.values, loaded.rows]).toEqual([{ id: 1n }, [[2n, '1']]])
    }
  })

  it.each([
    ['{"a":1,"a":2}', 'the key "a" twice in an object'],
    ['{"a":1,}', 'not JSON: expected a key'],
    ['[1 2]', 'not JSON: expected , or ]'],
    ['{"a" 1}', 'not JSON: expected :'],
    ['[/* x */]', 'not JSON'],
    ['[1,\0]', 'not JSON'],
    [String.raw`["\ud800"]`, 'a lone surrogate in the string'],
    ['[01]', 'not JSON'],
  ])('%s is a bad value, and only that', async (text, reason) => {
    for (const content of [`[{"id":1,"v":${text}},{"id":2}]`, `{"id":1,"v":${text}}\n{"id":2}\n`]) {
      const { rows, rejects } = await load(content, [column('id', integer), column('v', json)])
      expect(rejects[0]?.problems[0]?.reason).toContain(reason)
      expect([rejects[0]?.values, rows]).toEqual([{ id: 1n }, [[2n, null]]])
    }
  })

  it.each<[DataType, string, string]>([
    [string, '{}', 'an object in a column of type string'],
    [integer, '[1]', 'an array in a column of type integer'],
    [string, 'true', 'a boolean in a column of type string'],
    [integer, 'false', 'a boolean in a column of type integer'],
    [date, 'true', 'a boolean in a column of type date'],
  ])('%j %s is rejected', async (type, text, reason) => {
    expect(await valueOf(type, text)).toEqual([text, reason])
  })
})

describe('bytes that are not UTF-8', () => {
  const bytes = (before: string, bad: readonly number[], after: string): Buffer =>
    Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)])

  it('reject the value they are in, with their place', async () => {
    const columns = [column('id', integer), column('a'), column('j', json)]
    for (const [open, close] of [
      ['', '\n'],
      ['[', ',{"id":2,"a":"é"}]'],
    ] as const) {
      const content = bytes(`${open}{"id":1,"a":"xé`, [0xff], `y","j":["é"]}${close}`)
      const loaded = await load(content, columns)
      expect(loaded.rejects[0]?.problems).toEqual([
        { column: 'a', text: 'xé\ufffdy', reason: 'not UTF-8 at byte 4 of the value' },
      ])
      expect(loaded.rejects[0]?.values).toEqual({ id: 1n, j: '["é"]' })
    }
    const nested = await load(bytes('{"id":1,"j":["', [0xc3], '"]}\n{"id":2}\n'), columns)
    expect(nested.rejects[0]?.problems[0]?.reason).toBe('not UTF-8 at byte 3 of the value')
    expect(nested.rows).toEqual([[2n, null, null]])
  })

  it('do not matter where nobody reads', async () => {
    const content = bytes('{"id":1,"x":"', [0xff], '"}\n')
    expect(
      (await load(content, [column('id', integer)], { onExtraColumn: 'ignore' })).rows,
    ).toEqual([[1n]])
  })
})
