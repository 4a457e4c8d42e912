import { createHash } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { DataTypes, type InputFile } from '@qarion/core'
import { createCsvLoader } from '@qarion/loader-csv'
import { describe, expect, it } from 'vitest'

import { column, errorOf, load, signal, temporaryFolder } from './support.ts'

const { integer } = DataTypes
const ab = [column('a', integer), column('b')]

function hash(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('edge cases of files', () => {
  it('0 rows: an empty file without header', async () => {
    const { scan, rows } = await load('', ab, { header: false })
    expect([scan.rowCount, scan.isClean, rows]).toEqual([0, true, []])
  })

  it('0 rows: an empty file that should have a header fails', async () => {
    for (const content of ['', '\n\n', '\ufeff']) {
      const error = await errorOf(load(content, ab))
      expect([error.code, error.reason]).toEqual(['QRN-CSV-002', 'data'])
    }
  })

  it('header only', async () => {
    for (const content of ['a,b', 'a,b\n', 'a,b\r\n']) {
      const { scan, rows } = await load(content, ab)
      expect([scan.rowCount, scan.isClean, rows]).toEqual([0, true, []])
      expect(scan.settings['dataStartLine']).toBe(2)
    }
  })

  it('1 row, with and without a last line break', async () => {
    for (const content of ['a,b\n1,x', 'a,b\n1,x\n']) {
      const { scan, rows, lines } = await load(content, ab)
      expect([scan.rowCount, scan.isClean]).toEqual([1, true])
      expect([rows, lines]).toEqual([[[1n, 'x']], [2]])
    }
  })

  it('no header: columns by position', async () => {
    const { scan, rows, lines } = await load('1,x\n2,y\n', ab, { header: false })
    expect([rows, lines]).toEqual([
      [
        [1n, 'x'],
        [2n, 'y'],
      ],
      [1, 2],
    ])
    expect(scan.columns.map(({ fieldIndex }) => fieldIndex)).toEqual([0, 1])
    expect(scan.settings['dataStartLine']).toBe(1)
  })

  it('header in another order, with source names and an absent optional column', async () => {
    const columns = [
      column('a', integer),
      column('gone'),
      column('b', undefined, { sourceName: 'B b' }),
    ]
    const { scan, rows } = await load('B b,a\nx,1\n', columns)
    expect(rows).toEqual([[1n, null, 'x']])
    expect(scan.columns.map(({ fieldIndex }) => fieldIndex)).toEqual([1, undefined, 0])
  })

  it('BOM', async () => {
    const { scan, rows } = await load('\ufeffa,b\n1,x\n', ab)
    expect(rows).toEqual([[1n, 'x']])
    expect([scan.isClean, scan.settings['hasBom']]).toEqual([true, true])
  })

  it('BOM before a quoted header, in chunks of one byte', async () => {
    const { rows } = await load('\ufeff"a","b"\n1,x\n', ab, {}, { pieceBytes: 1 })
    expect(rows).toEqual([[1n, 'x']])
  })

  it('CRLF', async () => {
    const { scan, rows, lines } = await load('a,b\r\n1,x\r\n2,y\r\n', ab)
    expect([rows, lines]).toEqual([
      [
        [1n, 'x'],
        [2n, 'y'],
      ],
      [2, 3],
    ])
    expect([scan.isClean, scan.settings['newline']]).toEqual([true, 'crlf'])
  })

  it('lone CR', async () => {
    const { scan, rows, lines } = await load('a,b\r1,x\r2,y', ab)
    expect([rows, lines]).toEqual([
      [
        [1n, 'x'],
        [2n, 'y'],
      ],
      [2, 3],
    ])
    expect([scan.isClean, scan.settings['newline']]).toEqual([false, 'cr'])
  })

  it('mixed newlines', async () => {
    const { scan, rows, lines } = await load('a,b\r\n1,x\n2,y\r3,z\r\n', ab)
    expect([rows, lines]).toEqual([
      [
        [1n, 'x'],
        [2n, 'y'],
        [3n, 'z'],
      ],
      [2, 3, 4],
    ])
    expect([scan.isClean, scan.settings['newline']]).toEqual([false, 'mixed'])
  })

  it('blank lines are skipped, and counted as lines', async () => {
    const { scan, rows, lines } = await load('\na,b\n\n1,x\n\r\n\n2,y\n\n', ab)
    expect([rows, lines]).toEqual([
      [
        [1n, 'x'],
        [2n, 'y'],
      ],
      [4, 7],
    ])
    expect([scan.isClean, scan.rowCount]).toEqual([false, 2])
  })

  it('blank lines are rejects where they are not to be skipped', async () => {
    const { scan, rows, rejects } = await load('a,b\n\n1,x\n', ab, { skip_blank_lines: false })
    expect([scan.rowCount, scan.isClean, rows]).toEqual([2, false, [[1n, 'x']]])
    expect(rejects[0]?.problems[0]?.reason).toBe('1 fields instead of 2')
  })

  it('blank lines of a file with one column are rows', async () => {
    const { scan, rows } = await load('a\n1\n\n2\n', [column('a', integer)])
    expect([scan.rowCount, scan.isClean, rows]).toEqual([3, false, [[1n], [null], [2n]]])
    const bare = await load('\n1\n', [column('a', integer)], { header: false })
    expect(bare.rows).toEqual([[null], [1n]])
  })

  it('a quote in the middle of a field rejects the row', async () => {
    const { scan, rows, rejects } = await load('a,b\n1,x"y\n2,x"y"\n3,z\n', ab)
    expect(rows).toEqual([[3n, 'z']])
    expect(scan.isClean).toBe(false)
    expect(rejects).toEqual([
      {
        line: 2,
        problems: [
          {
            column: 'b',
            text: 'x"y',
            reason: 'a quote within a field that does not start with one',
          },
        ],
        rawText: '1,x"y',
        values: { a: 1n },
      },
      {
        line: 3,
        problems: [
          {
            column: 'b',
            text: 'x"y"',
            reason: 'a quote within a field that does not start with one',
          },
        ],
        rawText: '2,x"y"',
        values: { a: 2n },
      },
    ])
  })

  it('text after a quote rejects the row', async () => {
    const { scan, rows, rejects } = await load('a,b\n1,"x"y\n"2" ,z\n3,"z"\n', ab)
    expect(rows).toEqual([[3n, 'z']])
    expect(scan.isClean).toBe(false)
    expect(
      rejects.map(({ line, problems }) => [line, problems[0]?.column, problems[0]?.reason]),
    ).toEqual([
      [2, 'b', 'text after the closing quote'],
      [3, 'a', 'text after the closing quote'],
    ])
    expect(rejects[1]?.values).toEqual({ b: 'z' })
  })

  it('newlines in fields keep line numbers exact', async () => {
    const content = 'a,b\n1,"x\ny"\n2,"\r\n\r"\n"3",z\n'
    const { scan, rows, lines } = await load(content, ab)
    expect(rows).toEqual([
      [1n, 'x\ny'],
      [2n, '\r\n\r'],
      [3n, 'z'],
    ])
    expect(lines).toEqual([2, 4, 7])
    expect(scan.isClean).toBe(false)
  })

  it('ragged rows are rejects without values', async () => {
    const { scan, rows, rejects } = await load('a,b\n1\n2,x,\n3,z\n', ab)
    expect(rows).toEqual([[3n, 'z']])
    expect([scan.rowCount, scan.isClean]).toEqual([3, false])
    expect(rejects).toEqual([
      {
        line: 2,
        problems: [{ column: '', text: null, reason: '1 fields instead of 2' }],
        rawText: '1',
        values: {},
      },
      {
        line: 3,
        problems: [{ column: '', text: null, reason: '3 fields instead of 2' }],
        rawText: '2,x,',
        values: {},
      },
    ])
  })

  it('a 10 MB field', async () => {
    const long = 'äb"c'.repeat(2_000_000)
    const { rows, scan } = await load(`a,b\n1,"${long.replaceAll('"', '""')}"\n2,y\n`, ab)
    expect(rows).toHaveLength(2)
    expect(rows[0]?.[1] === long).toBe(true)
    expect(scan.isClean).toBe(true)
  })

  it('a 10 MB field that is a reject is cut', async () => {
    const { rejects } = await load(`a,b\n${'9'.repeat(10_000_000)},x\n`, ab)
    expect(rejects[0]?.problems[0]?.reason).toBe('outside the range of a 64-bit integer')
    expect(rejects[0]?.problems[0]?.text).toHaveLength(1000)
    expect(rejects[0]?.rawText).toHaveLength(65_536)
  })

  it('not UTF-8 rejects the row and says where', async () => {
    const content = Buffer.concat([
      Buffer.from('a,b\n1,ä'),
      Buffer.from([0xe4, 0x62]),
      Buffer.from('\n2,ü\n'),
    ])
    const { scan, rows, rejects } = await load(content, ab)
    expect(rows).toEqual([[2n, 'ü']])
    expect(scan.isClean).toBe(false)
    expect(rejects).toEqual([
      {
        line: 2,
        problems: [{ column: 'b', text: 'ä\ufffdb', reason: 'not UTF-8 at column 4 of the line' }],
        rawText: '1,ä\ufffdb',
        values: { a: 1n },
      },
    ])
  })

  it('not UTF-8 in the header fails', async () => {
    const error = await errorOf(load(Buffer.from([0x61, 0x2c, 0xe4, 0x0a]), ab))
    expect([error.code, error.place]).toEqual([
      'QRN-CSV-003',
      { file: 'a.csv', line: 1, column: 3 },
    ])
  })

  it('UTF-16 fails and is named', async () => {
    for (const bytes of [Buffer.from('\ufeffa,b\n', 'utf16le'), Buffer.from([0xfe, 0xff, 0, 0x61])])
      expect((await errorOf(load(bytes, ab))).message).toContain('UTF-16')
  })

  it('NUL rejects the row', async () => {
    const { scan, rows, rejects } = await load('a,b\n1,x\0\n"2","\0"\n3,z\n', ab)
    expect(rows).toEqual([[3n, 'z']])
    expect(scan.isClean).toBe(false)
    expect(rejects.map(({ problems }) => problems[0]?.reason)).toEqual([
      'holds a NUL character',
      'holds a NUL character',
    ])
  })

  it('an unclosed quote fails and names the line where it opened', async () => {
    const error = await errorOf(load('a,b\n1,"x\ny"\n2,"never\n3,z\n', ab))
    expect([error.code, error.reason]).toEqual(['QRN-CSV-007', 'data'])
    expect(error.place).toEqual({ file: 'a.csv', line: 4 })
    expect(error.message).toContain('a.csv:4')
  })

  it('rows across read borders', async () => {
    for (const count of [4095, 4096, 4097, 25_001, 65_537]) {
      const lines = Array.from({ length: count }, (_, index) => `${index},v${index}`)
      const { rows, scan } = await load(`a,b\n${lines.join('\n')}\n`, ab)
      expect(scan.rowCount).toBe(count)
      expect(rows).toHaveLength(count)
      expect(rows.at(-1)).toEqual([BigInt(count - 1), `v${count - 1}`])
    }
  })
})

describe('headers', () => {
  it('reports every problem at once, with places', async () => {
    const columns = [
      column('a', integer, { required: true }),
      column('b'),
      column('Name', undefined, { required: true }),
    ]
    const error = await errorOf(load('name,b,b,"x"\n', columns))
    expect(error.problems.map(({ code }) => code)).toEqual([
      'QRN-CSV-005',
      'QRN-CSV-006',
      'QRN-CSV-005',
      'QRN-CSV-004',
      'QRN-CSV-004',
    ])
    expect(error.problems[1]?.place).toMatchObject({ file: 'a.csv', line: 1, column: 8 })
    expect(error.problems[4]?.message).toContain('The nearest name is "name"')
  })

  it('ignores extra columns when told, also twins among them', async () => {
    const { rows } = await load('x,a,x,b\n?,1,?,y\n', ab, { onExtraColumn: 'ignore' })
    expect(rows).toEqual([[1n, 'y']])
    const twice = await errorOf(load('a,a,b\n', ab, { onExtraColumn: 'ignore' }))
    expect(twice.code).toBe('QRN-CSV-006')
  })

  it.each([
    ['a,"b"x\n', 'QRN-CSV-009'],
    ['a,b"\n', 'QRN-CSV-009'],
    ['a\0,b\n', 'QRN-CSV-009'],
  ])('refuses the damaged header %j', async (content, code) => {
    expect((await errorOf(load(content, ab))).code).toBe(code)
  })

  it('counts fields by position without a header', async () => {
    const required = [column('a', integer), column('b', undefined, { required: true })]
    expect((await errorOf(load('1\n', required, { header: false }))).code).toBe('QRN-CSV-004')
    expect((await errorOf(load('1,2,3\n', ab, { header: false }))).code).toBe('QRN-CSV-005')
    expect((await load('1\n', ab, { header: false })).rows).toEqual([[1n, null]])
    const more = await load('1,2,3\n', ab, { header: false, onExtraColumn: 'ignore' })
    expect(more.rows).toEqual([[1n, '2']])
  })
})

describe('files', () => {
  it('hashes the bytes as they lie there', async () => {
    const content = 'a,b\n1,x\n'
    expect((await load(content, ab)).scan.contentHash).toBe(hash(content))
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    'hashes a file in %s as it lies there, and finds its structure clean',
    async (kind, compress) => {
      const zipped = compress('a,b\n1,x\n')
      for (const options of [{}, { compression: kind }]) {
        const { scan, rows } = await load(zipped, ab, options)
        expect([scan.contentHash, scan.isClean, rows]).toEqual([hash(zipped), true, [[1n, 'x']]])
        expect(scan.settings['compression']).toBe(kind)
      }
      const error = await errorOf(load(zipped, ab, { compression: 'none' }))
      expect(error.code).toBe('QRN-CSV-003')
    },
  )

  it('takes a text under the name of a compressed file for what it is', async () => {
    const { scan, rows } = await load('a,b\n1,x\n', ab, {}, { name: 'a.csv.gz' })
    expect([scan.settings['compression'], rows]).toEqual(['none', [[1n, 'x']]])
  })

  it('scans large files in a worker, with the same result and the same errors', async () => {
    const body = Array.from({ length: 200_000 }, (_, index) => `${index},"v${index}"\n`).join('')
    const content = `a,b\n${body}`
    const { scan, rows } = await load(content, ab)
    expect([scan.rowCount, scan.isClean, rows.length]).toEqual([200_000, true, 200_000])
    expect(scan.contentHash).toBe(hash(content))
    expect(scan.settings).toMatchObject({
      hasQuotes: true,
      newline: 'lf',
      columnCount: 2,
      dataStartLine: 2,
    })
    const error = await errorOf(load(`${content}1,"x`, ab))
    expect([error.code, error.place?.line]).toEqual(['QRN-CSV-007', 200_002])
  })

  it('stops when aborted', async () => {
    const projectDirectory = await temporaryFolder()
    await writeFile(join(projectDirectory, 'a.csv'), `a,b\n${'1,x\n'.repeat(500_000)}`)
    const loader = createCsvLoader({ projectDirectory }, { sourcePath: '.' })
    const files = await loader.discover()
    expect(files.map(({ name }) => name)).toEqual(['a.csv'])
    const [file] = files as [InputFile]
    expect((await errorOf(loader.scan(file, ab, AbortSignal.abort()))).reason).toBe('interrupted')
    const controller = new AbortController()
    const scan = await loader.scan(file, ab, signal)
    const reading = async (): Promise<void> => {
      for await (const batch of loader.read(scan, controller.signal)) {
        expect(batch.batch.rowCount).toBeGreaterThan(0)
        controller.abort()
      }
    }
    expect((await errorOf(reading())).reason).toBe('interrupted')
  })

  it('notices a file that changed between scan and read', async () => {
    const projectDirectory = await temporaryFolder()
    const path = join(projectDirectory, 'a.csv')
    await writeFile(path, 'a,b\n1,x\n')
    const loader = createCsvLoader({ projectDirectory }, { sourcePath: 'a.csv' })
    const [file] = (await loader.discover()) as [InputFile]
    const scan = await loader.scan(file, ab, signal)
    await appendFile(path, '2,y\n')
    const reading = async (): Promise<void> => {
      for await (const { rejects } of loader.read(scan, signal)) expect(rejects).toEqual([])
    }
    expect((await errorOf(reading())).code).toBe('QRN-CSV-010')
  })
})
