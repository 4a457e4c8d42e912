import { createHash } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { DataTypes, type InputFile } from '@qarion/core'
import { createJsonLoader } from '@qarion/loader-json'
import { expectError, readScan, withTemporaryDirectory } from '@qarion/testkit'
import { describe, expect, it } from 'vitest'

import { column, load, problemsOf } from './support.ts'

const { integer, json } = DataTypes
const ab = [column('a', integer), column('b')]
const NO_SIGNAL = new AbortController().signal

const errorOf = (promise: Promise<unknown>) => expectError(() => promise)

describe('the layout', () => {
  it.each([
    ['[{"a":1,"b":"x"}]', 'array', [[1n, 'x']]],
    ['\n \t[ ]\n', 'array', []],
    ['\ufeff[{"a":1}]', 'array', [[1n, null]]],
    ['{"a":1,"b":"x"}\n', 'lines', [[1n, 'x']]],
    ['{"a":1,"b":"x"}', 'lines', [[1n, 'x']]],
    [
      '\ufeff{"a":1}\r\n{"a":2}\r\n',
      'lines',
      [
        [1n, null],
        [2n, null],
      ],
    ],
    ['', 'lines', []],
    ['\ufeff', 'lines', []],
    [' \n\n ', 'lines', []],
  ])('of %j is found', async (content, layout, rows) => {
    for (const pieceBytes of [1, 1 << 18]) {
      const loaded = await load(content, ab, {}, { pieceBytes })
      expect(loaded.scan.settings).toMatchObject({ layout, hasBom: content.startsWith('\ufeff') })
      expect([loaded.rows, loaded.rejects, loaded.scan.rowCount]).toEqual([rows, [], rows.length])
    }
  })

  it('may be declared', async () => {
    const lines = await load('[1]\n{"a":1}\n', ab, { layout: 'lines' })
    expect(problemsOf(lines)).toEqual([[1, ['', null, 'an array, not a record']]])
    expect(lines.rows).toEqual([[1n, null]])
    const error = await errorOf(load('{"a":1}\n', ab, { layout: 'array' }))
    expect([error.code, error.message]).toEqual([
      'QRN-JSON-002',
      'a.json:1:1: Not a JSON array of records: expected [ (byte 0).',
    ])
    expect((await errorOf(load('', ab, { layout: 'array' }))).message).toContain(
      'the file ends before the array does (byte 0)',
    )
  })
})

describe('records', () => {
  it('have their keys in any order, with escapes, and as they are written', async () => {
    const columns = [
      column('a', integer),
      column('é', integer),
      column('A', integer),
      column('proto', integer, { sourceName: '__proto__' }),
      column('a.b', integer),
      column('twice', integer, { sourceName: 'a' }),
    ]
    const content = [
      '{"a":1,"é":2,"A":3,"__proto__":4,"a.b":5}',
      String.raw`{"a.b":5,"__pr\u006fto__":4,"\u0041":3,"\u00e9":2,"\u0061":1}`,
      '{ "A" : 3 , "a" : 1 , "é" : 2 , "a.b" : 5 , "__proto__" : 4 }',
    ]
    const expected = content.map(() => [1n, 2n, 3n, 4n, 5n, 1n])
    for (const pieceBytes of [1, 5, 1 << 18]) {
      expect((await load(content.join('\n'), columns, {}, { pieceBytes })).rows).toEqual(expected)
      const array = await load(`[${content.join(',')}]`, columns, {}, { pieceBytes })
      expect(array.rows).toEqual(expected)
      expect(array.scan.columns.map(({ fieldIndex }) => fieldIndex)).toEqual([0, 1, 2, 3, 4, 0])
    }
  })

  it('with quotes in their keys are read by what the key is, not by its bytes', async () => {
    const columns = [column('a', integer, { sourceName: 'a"' }), column('b', integer)]
    const line = String.raw`{"a\"":1,"b":2}`
    const { rows, rejects } = await load(`${line}\n${line}\n${line}\n{"a"":1,"b":2}\n`, columns)
    expect([rows.length, rejects.length]).toEqual([3, 1])
  })

  it('with a key twice are rejected, and the other values read', async () => {
    const loaded = await load('{"a":1,"b":"x","b":"y"}\n{"a":2}\n', ab)
    expect(problemsOf(loaded)).toEqual([[1, ['b', 'x', 'the key twice in the record']]])
    expect([loaded.rejects[0]?.values, loaded.rows]).toEqual([{ a: 1n }, [[2n, null]]])
  })

  it('with a key that is no text have no value that can be told', async () => {
    for (const key of [String.raw`\ud800`, String.raw`\x`, 'a\0']) {
      const loaded = await load(`[{"${key}":1,"a":1},{"a":2}]`, ab)
      expect(problemsOf(loaded)).toEqual([[1, ['', null, 'a key that is no text of Unicode']]])
      expect([loaded.rejects[0]?.values, loaded.rows]).toEqual([{}, [[2n, null]]])
    }
  })

  it('have the line they start on, also over several lines', async () => {
    const content = '[\n{"a":1,\n"b":"x"\n}\n,\n\n{"a":2}, {"a":\n3},{"a":"bad"\n}\n]\n'
    for (const pieceBytes of [1, 4, 1 << 18]) {
      const loaded = await load(content, ab, {}, { pieceBytes })
      expect([loaded.lines, loaded.rejects[0]?.line]).toEqual([[2, 7, 7], 8])
      expect(loaded.rejects[0]?.rawText).toBe('{"a":"bad"\n}')
    }
  })

  it.each([
    ['1', 'a number, not a record'],
    ['"x"', 'a text, not a record'],
    ['null', 'null, not a record'],
    ['true', 'a boolean, not a record'],
    ['[{"a":1}]', 'an array, not a record'],
    ['NaN', 'not a JSON value'],
  ])('are not %s: rejected, in an array and as a line', async (text, reason) => {
    for (const content of [`[{"a":1},${text},{"a":2}]`, `{"a":1}\n${text}\n{"a":2}`]) {
      const loaded = await load(content, ab)
      expect(loaded.rejects).toEqual([
        {
          line: content.startsWith('[') ? 1 : 2,
          problems: [{ column: '', text: null, reason }],
          rawText: text,
          values: {},
        },
      ])
      expect(loaded.rows).toEqual([
        [1n, null],
        [2n, null],
      ])
    }
  })
})

describe('a broken line is rejected by itself', () => {
  it.each([
    ['{"a":1', 'not JSON: the line ends within the record'],
    ['{"a":"x', 'not JSON: the line ends within the record'],
    ['{"a":[1', 'not JSON: the line ends within the record'],
    [String.raw`{"a":"\u00`, 'not JSON: the line ends within the record'],
    ['{', 'not JSON: the line ends within the record'],
    ['{"a":1}}', 'not JSON: more text after the record at column 8'],
    ['{"a":1} {"a":2}', 'not JSON: more text after the record at column 9'],
    ['{"a":1},', 'not JSON: more text after the record at column 8'],
    ['{"a":1,}', 'not JSON: expected a key in double quotes at column 8'],
    ['{"é" 1}', 'not JSON: expected : at column 6'],
    ['{"a":1 "b":2}', 'not JSON: expected , or } at column 8'],
    ['{"a":,"b":2}', 'not JSON: expected a value at column 6'],
    ["{'a':1}", 'not JSON: expected a key in double quotes at column 2'],
    ['{a:1}', 'not JSON: expected a key in double quotes at column 2'],
    ['{"a":[1}}', 'not JSON: expected ] at column 8'],
    ['{"a":1} // note', 'not JSON: more text after the record at column 9'],
    ['// note', 'not a JSON value'],
    ['{"a"\0:1}', 'not JSON: expected : at column 5'],
  ])('%s', async (line, reason) => {
    for (const newline of ['\n', '\r\n']) {
      const content = [`{"a":1}`, line, '', '{"a":2}', ''].join(newline)
      const loaded = await load(content, ab)
      expect(loaded.rejects).toEqual([
        { line: 2, problems: [{ column: '', text: null, reason }], rawText: line, values: {} },
      ])
      expect([loaded.rows, loaded.lines, loaded.scan.isClean]).toEqual([
        [
          [1n, null],
          [2n, null],
        ],
        [1, 4],
        false,
      ])
    }
  })

  it('and its keys are not taken for keys of the file', async () => {
    const loaded = await load('{"a":1,"zzz" 2}\n{"a":2}\n{"a":3,"zzz":}\n{"a":4}', ab)
    expect([loaded.rows.length, loaded.rejects.length]).toEqual([2, 2])
  })
})

describe('an array whose form is broken is refused, with the place', () => {
  it.each([
    ['[{"a":1},\n{"a":2', 2, 7, 'the file ends within the record that starts in line 2 (byte 16)'],
    ['[{"a":1},\n{"a":"é', 2, 8, 'the file ends within the record that starts in line 2 (byte 18)'],
    ['[{"a":1}\n', 2, 1, 'the file ends before the array does (byte 9)'],
    ['[', 1, 2, 'the file ends before the array does (byte 1)'],
    ['[{"a":1},]', 1, 10, 'a comma before ] (byte 9)'],
    ['[{"a":1},,{"a":2}]', 1, 10, 'expected a value (byte 9)'],
    ['[,{"a":2}]', 1, 2, 'expected a value (byte 1)'],
    ['[{"a":1} {"a":2}]', 1, 10, 'expected , or ] (byte 9)'],
    ['[{"a":1,}]', 1, 9, 'expected a key in double quotes (byte 8)'],
    ['[{"é" 1}]', 1, 7, 'expected : (byte 7)'],
    ['[{"a":1}]\n[{"a":2}]', 2, 1, 'more text after the end (byte 10)'],
    ['[{"a":1}] x', 1, 11, 'more text after the end (byte 10)'],
    ['[{"a":1}]]', 1, 10, 'more text after the end (byte 9)'],
    ['[{"a":1},\n// note\n{"a":2}]', 2, 1, 'expected a value (byte 10)'],
    ['[/**/{"a":1}]', 1, 2, 'expected a value (byte 1)'],
    ['[{"a":1}}', 1, 9, 'expected , or ] (byte 8)'],
    ['[{"a":[1}]', 1, 9, 'expected ] (byte 8)'],
    ['\ufeff[{"a":1} x]', 1, 10, 'expected , or ] (byte 12)'],
    ['[\0]', 1, 2, 'expected a value (byte 1)'],
  ])('%j', async (content, line, at, what) => {
    for (const pieceBytes of [1, 3, 1 << 18]) {
      const error = await errorOf(load(content, ab, {}, { pieceBytes }))
      expect([error.code, error.reason]).toEqual(['QRN-JSON-002', 'data'])
      expect(error.message).toBe(`a.json:${line}:${at}: Not a JSON array of records: ${what}.`)
      expect(error.place).toMatchObject({ file: 'a.json', line, column: at })
      expect(error.data['byteOffset']).toBe(Number(/byte (\d+)/.exec(what)?.[1]))
      expect(error.hint).toContain('JSON Lines')
    }
  })

  it('far into one line', async () => {
    const records = Array.from({ length: 100_000 }, (_, index) => `{"a":${index},"b":"é"}`)
    const before = `[${records.join(',')}`
    const error = await errorOf(load(`${before};`, ab))
    expect(error.place).toMatchObject({ line: 1, column: before.length + 1 })
    expect(error.data['byteOffset']).toBe(Buffer.byteLength(before))
  })
})

describe('records_path', () => {
  const options = { recordsPath: 'data.items', records_path: 'data.items' }

  it('leads to the array, whatever stands beside it', async () => {
    const content = `{"data":{"x":[1,{"items":2}],"items":[{"a":1},\n{"a":2}],"y":"]}"},\n"items":[3],"n":1e5}\n`
    for (const pieceBytes of [1, 5, 1 << 18]) {
      const loaded = await load(content, ab, options, { pieceBytes })
      expect([loaded.rows, loaded.lines]).toEqual([
        [
          [1n, null],
          [2n, null],
        ],
        [1, 2],
      ])
    }
    expect((await load('{"d\\u0061ta":{"items":[]}}', ab, options)).rows).toEqual([])
  })

  it.each([
    ['{}', '1:2: no key data (byte 1)'],
    ['{"data":{}}', '1:10: no key data.items (byte 9)'],
    ['{"data":[]}', '1:9: expected { at data (byte 8)'],
    ['{"data":{"items":{}}}', '1:18: expected [ at data.items (byte 17)'],
    ['[]', '1:1: expected { (byte 0)'],
    ['{"data":{"items":[],"items":[]}}', '1:21: the key data.items twice (byte 20)'],
    ['{"data":{"items":[]},"data":1}', '1:22: the key data twice (byte 21)'],
  ])('that is not there: %s', async (content, message) => {
    const error = await errorOf(load(content, ab, options))
    expect([error.code, error.reason, error.message]).toEqual([
      'QRN-JSON-006',
      'data',
      `a.json:${message}.`,
    ])
  })

  it.each([
    '{"data":{"items":[]}',
    '{"data":{"items":[]},}',
    '{"data" {}}',
    '{"data":{"items":[]}} x',
    '{x:1}',
  ])('in a file that is no JSON: %s', async (content) => {
    expect((await errorOf(load(content, ab, options))).code).toBe('QRN-JSON-002')
  })
})

describe('keys', () => {
  it('that are not declared are refused with their first place, or ignored', async () => {
    const content = '[{"a":1},\n{"a":2,"é":1,"B":2},\n{"B":[NaN],"a":3,"B":1}]'
    const error = await errorOf(load(content, ab))
    expect(error.code).toBe('QRN-JSON-004')
    expect(error.problems.map(({ code, message }) => [code, message])).toEqual([
      ['QRN-JSON-005', 'a.json:2:8: The key "é" is not declared.'],
      ['QRN-JSON-005', 'a.json:2:14: The key "B" is not declared.'],
    ])
    const { rows, rejects } = await load(content, ab, { onExtraColumn: 'ignore' })
    expect([rows, rejects]).toEqual([
      [
        [1n, null],
        [2n, null],
        [3n, null],
      ],
      [],
    ])
  })

  it('in JSON Lines have their place too', async () => {
    const error = await errorOf(load('{"a":1}\n\n{"a":2, "x":{}}\n', ab))
    expect([error.code, error.message, error.place]).toEqual([
      'QRN-JSON-005',
      'a.json:3:9: The key "x" is not declared.',
      { file: 'a.json', line: 3, column: 9, length: 3 },
    ])
  })

  it('that no record has: refused if required, with the nearest one, else NULL', async () => {
    const required = [column('id', integer, { required: true }), column('b')]
    const error = await errorOf(load('{"ID":1}\n', required, { onExtraColumn: 'ignore' }))
    expect([error.code, error.reason, error.message]).toEqual([
      'QRN-JSON-004',
      'data',
      'a.json: No record has the required column "id". The nearest key is "ID".',
    ])
    const { scan, rows } = await load('{"a":1}\n', ab)
    expect([scan.columns[1]?.fieldIndex, rows]).toEqual([undefined, [[1n, null]]])
    expect((await load('[]', required)).rows).toEqual([])
    expect((await load('nothing\n', required)).rejects).toHaveLength(1)
  })

  it('may be many', async () => {
    const record = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]),
    )
    const content = [{ ...record, a: 1 }, { a: 2, ...record }, { a: 3 }]
    const lines = content.map((one) => `${JSON.stringify(one)}\n`).join('')
    expect((await load(lines, ab, { onExtraColumn: 'ignore' })).rows.map(([a]) => a)).toEqual([
      1n,
      2n,
      3n,
    ])
    const error = await errorOf(load(lines, ab))
    expect(error.problems).toHaveLength(20)
  })
})

describe('limits', () => {
  it.each([
    ['lines', `{"a":1}\n{"a":2,"b":"${'x'.repeat(2000)}"}\n`],
    ['array', `[{"a":1},\n{"a":2,"b":"${'x'.repeat(2000)}"}]`],
    ['an array that is not closed', `[{"a":1},\n{"a":2,"b":"${'x'.repeat(5000)}`],
  ])('a record that is too long is refused: %s', async (_, content) => {
    for (const pieceBytes of [100, 1 << 18]) {
      const error = await errorOf(load(content, ab, { max_record_size: 1000 }, { pieceBytes }))
      const isCut = content.endsWith('x') && pieceBytes > content.length
      expect(error.code).toBe(isCut ? 'QRN-JSON-002' : 'QRN-JSON-007')
      if (!isCut) expect(error.message).toBe('a.json:2: The record takes more than 1000 bytes.')
    }
    expect(
      (
        await load(
          content.replace(/x+/, 'x'.repeat(950)).replace(/x$/, 'x"}]'),
          ab,
          { max_record_size: 1000 },
          { pieceBytes: 100 },
        )
      ).rows,
    ).toHaveLength(2)
  })

  it.each([
    [{ records_path: 'a..b' }, 'empty key'],
    [{ records_path: '' }, 'empty key'],
    [{ records_path: 'a', layout: 'lines' }, 'layout = "lines"'],
    [{ max_record_size: 0 }, 'max_record_size is 0'],
  ])('%j makes no sense', async (options, what) => {
    const error = await errorOf(load('', ab, options))
    expect([error.code, error.reason]).toEqual(['QRN-JSON-001', 'configuration'])
    expect(error.message).toContain(what)
  })

  it('UTF-16 is refused', async () => {
    for (const bom of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ]) {
      const error = await errorOf(load(Buffer.from([...bom, 0x5b, 0]), ab))
      expect([error.code, error.reason]).toEqual(['QRN-JSON-003', 'data'])
    }
    expect((await errorOf(load(Buffer.from('[{"a":1}]', 'utf16le'), ab))).code).toBe('QRN-JSON-002')
  })
})

describe('a file', () => {
  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    'in %s is read as what it holds, with the hash of what lies there',
    async (kind, compress) => {
      const bytes = compress('[{"a":1,"b":"x"}]')
      const { scan, rows } = await load(bytes, ab)
      expect([rows, scan.settings['compression']]).toEqual([[[1n, 'x']], kind])
      expect(scan.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'))
    },
  )

  it('that changes between scan and read is noticed', async () => {
    await withTemporaryDirectory(async (projectDirectory) => {
      const path = join(projectDirectory, 'a.jsonl')
      await writeFile(path, '{"a":1}\n')
      const loader = createJsonLoader({ projectDirectory }, { sourcePath: '.' })
      const [file] = (await loader.discover()) as [InputFile]
      const scan = await loader.scan(file, ab, NO_SIGNAL)
      await appendFile(path, '{"a":2}\n')
      const error = await errorOf(readScan(loader, scan))
      expect([error.code, error.reason]).toEqual(['QRN-JSON-010', 'data'])
      expect(error.message).toContain('1 records at first, then 2')
    })
  })

  it('is found by the usual endings', async () => {
    await withTemporaryDirectory(async (projectDirectory) => {
      for (const name of ['a.json', 'b.jsonl', 'c.ndjson.gz', 'd.json.zst', 'e.txt'])
        await writeFile(join(projectDirectory, name), '')
      const found = await createJsonLoader({ projectDirectory }, {}).discover()
      expect(found.map(({ name }) => name).toSorted()).toEqual([
        'a.json',
        'b.jsonl',
        'c.ndjson.gz',
        'd.json.zst',
      ])
    })
  })

  it('with a long nested value that nobody reads costs its record only', async () => {
    const nested = JSON.stringify(
      Array.from({ length: 50_000 }, (_, index) => ({ index, t: '}"]' })),
    )
    const { rows } = await load(
      `[{"skip":${nested},"a":1},{"a":2,"j":${nested}}]`,
      [column('a', integer), column('j', json)],
      { onExtraColumn: 'ignore' },
      { pieceBytes: 10_000 },
    )
    expect([rows[0], rows[1]?.[0], String(rows[1]?.[1]).length > 1_000_000]).toEqual([
      [1n, null],
      2n,
      true,
    ])
  })
})
