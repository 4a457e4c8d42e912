import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createCsvLoader } from '@qarion/loader-csv'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { column, signal, temporaryFolder } from './support.ts'

const COLUMNS = ['a', 'b', 'c'].map((name) => column(name))
/** Beside the delimiter, bytes whose neighbourhood a test of whole words could get wrong. */
const FIELDS = ['', '-', '\u{b}x', 'é', '😀', '1234', '-1', ' ', '\x01\x02', 'long '.repeat(20)]
const plainRow = fc
  .tuple(...COLUMNS.map(() => fc.constantFrom(...FIELDS)))
  .map((fields) => fields.join(','))
const oddRow = fc.constantFrom('', 'a,b', 'a,b,c,d', '"x",y,z', '"x,\n1",y,z', 'a,b"b,c', 'a\0,b,c')
const rowEnd = fc.constantFrom('\n', '\n', '\n', '\n', '\r\n', '\r')

interface Expected {
  readonly rowCount: number
  readonly isClean: boolean
}

/** What lines without quotes hold, seen the slow way. */
function look(lines: readonly string[], ends: readonly string[]): Expected {
  const rows = lines.filter((line) => line !== '')
  return {
    rowCount: rows.length,
    isClean:
      rows.length === lines.length &&
      new Set(ends).size === 1 &&
      !ends.includes('\r') &&
      rows.every((line) => line.split(',').length === 3 && !line.includes('\0')),
  }
}

it('long runs of plain rows are counted as rows read one by one are', async () => {
  const projectDirectory = await temporaryFolder()
  const path = join(projectDirectory, 'a.csv')
  const loader = createCsvLoader({ projectDirectory }, { sourcePath: 'a.csv' })
  const odd = fc.record({ at: fc.nat(999), row: oddRow, end: rowEnd })
  await fc.assert(
    fc.asyncProperty(
      fc.array(plainRow, { minLength: 30, maxLength: 60 }),
      fc.array(odd, { maxLength: 2 }),
      async (few, oddities) => {
        const lines = Array.from({ length: 1000 }, (_, at) => few[at % few.length] as string)
        const ends = lines.map(() => '\n')
        for (const { at, row, end } of oddities) {
          lines[at] = row
          ends[at] = end
        }
        await writeFile(path, `a,b,c\n${lines.map((line, at) => line + ends[at]).join('')}`)
        const [file] = await loader.discover()
        const scanned = await loader.scan(file as never, COLUMNS, signal).catch(() => undefined)
        const hasQuotes = lines.some((line) => line.includes('"'))
        // Every quote that opens is closed, so none of these files fails.
        expect(scanned).toBeDefined()
        if (!hasQuotes) {
          expect(scanned).toMatchObject(look(lines, ['\n', ...ends]))
        }
        // Reading fails if it finds another number of rows than the scan.
        let rows = 0
        for await (const { batch, rejects } of loader.read(scanned as never, signal))
          rows += batch.rowCount + rejects.length
        expect(rows).toBe(scanned?.rowCount)
      },
    ),
    { numRuns: 150 },
  )
})

it('a byte that is not UTF-8 in the middle of plain rows is a reject on its line', async () => {
  const projectDirectory = await temporaryFolder()
  const lines = Array.from({ length: 3000 }, (_, at) => `${at},x,y`)
  const bytes = Buffer.from(`a,b,c\n${lines.join('\n')}\n`)
  bytes[bytes.indexOf('\n2000,x') + 6] = 0xff
  await writeFile(join(projectDirectory, 'a.csv'), bytes)
  const loader = createCsvLoader({ projectDirectory }, { sourcePath: 'a.csv' })
  const [file] = await loader.discover()
  const scan = await loader.scan(file as never, COLUMNS, signal)
  expect(scan).toMatchObject({ rowCount: 3000, isClean: false })
  const rejected: number[] = []
  for await (const { rejects } of loader.read(scan, signal))
    rejected.push(...rejects.map(({ line }) => line))
  expect(rejected).toEqual([2002])
})
