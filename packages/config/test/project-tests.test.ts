import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { isQarionError, type QarionError } from '@qarion/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readTests, toPlace, writeExpectedRows, type ProjectTest } from '../src/index.ts'
import { summary, writeProject } from './support.ts'

async function readOne(text: string, files: Record<string, string> = {}): Promise<ProjectTest> {
  const directory = writeProject({ 'tests/t.toml': text, ...files })
  const [only] = await readTests(directory)
  return only as ProjectTest
}

async function failureOf(
  text: string,
  files: Record<string, string> = {},
  names: readonly string[] = [],
): Promise<QarionError> {
  const directory = writeProject({ ...(text === '' ? {} : { 'tests/t.toml': text }), ...files })
  try {
    await readTests(directory, names)
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  throw new Error('the tests were read')
}

const delivery = (csv: string): string => `flow = "orders"\n[[deliveries]]\ncsv = '''\n${csv}'''\n`

function cellsOf({ deliveries }: ProjectTest): readonly (readonly (string | null)[])[] {
  return (deliveries[0]?.rows.records ?? []).map(({ fields }) => fields.map(({ text }) => text))
}

describe('rows of a test', () => {
  test('are CSV as Qarion prints it: NULL is empty, an empty text has quotes', async () => {
    const read = await readOne(delivery('a,b,"c"\n1,,""\n"x,""y""","line\nbreak",\n\n,,\r\n'))
    expect(cellsOf(read)).toEqual([
      ['1', null, ''],
      ['x,"y"', 'line\nbreak', null],
      [null, null, null],
    ])
    expect(read.deliveries[0]?.rows.header.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(read.deliveries[0]?.rows.records.map(({ line }) => line)).toEqual([2, 3, 6])
  })

  test('of one column have a NULL where a line is empty', async () => {
    expect(cellsOf(await readOne(delivery('a\n\n1\n')))).toEqual([[null], ['1']])
  })

  test('know their places, in the test and in a file beside it', async () => {
    const inline = await readOne(delivery('a,b\n1,"é",\n'.replace(',\n', '\n')))
    const field = inline.deliveries[0]?.rows.records[0]?.fields[1]
    expect(toPlace(field!.at)).toMatchObject({
      file: 'tests/t.toml',
      line: 5,
      column: 3,
      length: 3,
    })
    const filed = await readOne('flow = "orders"\n[[deliveries]]\nfile = "rows/1.csv"\n', {
      'tests/rows/1.csv': 'a,b\n1,2\n',
    })
    const other = filed.deliveries[0]?.rows.records[0]?.fields[1]
    expect(toPlace(other!.at)).toMatchObject({ file: 'tests/rows/1.csv', line: 2, column: 3 })
    // Where something is escaped, the whole text is the place.
    const escaped = await readOne('flow = "o"\n[[deliveries]]\ncsv = "a\\n1\\n"\n')
    expect(toPlace(escaped.deliveries[0]!.rows.records[0]!.fields[0]!.at)).toMatchObject({
      line: 3,
      column: 7,
    })
  })

  test.each([
    ['', 'QRN-CONFIG-051 tests/t.toml:4:1', /no header/],
    ['a,a\n1,2\n', 'QRN-CONFIG-051 tests/t.toml:4:3', /`a` is there twice/],
    ['a,\n1,2\n', 'QRN-CONFIG-051 tests/t.toml:4:3', /no name/],
    ['a,b\n1\n', 'QRN-CONFIG-051 tests/t.toml:5:1', /1 fields, the header has 2/],
    ['a,b\n1,"x\n', 'QRN-CONFIG-051 tests/t.toml:5:3', /not closed/],
    ['a,b\n1,x"y\n', 'QRN-CONFIG-051 tests/t.toml:5:4', /quote/],
    ['a,b\n1,"x"y\n', 'QRN-CONFIG-051 tests/t.toml:5:6', /quote/],
  ])('%j is refused with its place', async (csv, place, message) => {
    const error = await failureOf(delivery(csv))
    expect(summary(error)).toEqual([place])
    expect(error.problems[0]?.message).toMatch(message)
  })
})

describe('a test file', () => {
  test('says all that is wrong with it', async () => {
    const error = await failureOf(
      `[[deliveries]]
[[deliveries]]
flow = "orders"
csv = "a\\n1"
file = "x.csv"
[[deliveries]]
flow = "orders"
file = "../../x.csv"
[[deliveries]]
flow = "orders"
file = "nothing.csv"
[[deliveries.expect]]
dataset = "feed"
batch = "2"
`,
    )
    expect(summary(error)).toEqual([
      'QRN-CONFIG-008 tests/t.toml:1:3',
      'QRN-CONFIG-008 tests/t.toml:1:3',
      'QRN-CONFIG-010 tests/t.toml:5:8',
      'QRN-CONFIG-021 tests/t.toml:8:8',
      'QRN-CONFIG-003 tests/t.toml:11:8',
      'QRN-CONFIG-009 tests/t.toml:14:9',
    ])
  })

  test.each([
    ['flow = "orders"\n', 'QRN-CONFIG-008', /`deliveries` is missing/],
    ['flow = "orders"\ndeliveries = []\n', 'QRN-CONFIG-008', /no deliveries/],
    ['flow = 1\n[[deliveries]]\ncsv = "a"\n', 'QRN-CONFIG-009', /takes a text/],
    [`${delivery('a\n1\n')}expects = 1\n`, 'QRN-CONFIG-007', /unknown key `expects`/],
    [`${delivery('a\n1\n')}[[deliveries.expect]]\nbatch = 1\n`, 'QRN-CONFIG-008', /`dataset`/],
    ['flow = "orders\n', 'QRN-CONFIG-006', /TOML/],
  ])('%j', async (text, code, message) => {
    const { problems } = await failureOf(text)
    expect(problems[0]?.code).toBe(code)
    expect(problems[0]?.message).toMatch(message)
  })

  test('is found by its name, by a part of it, or among all', async () => {
    const directory = writeProject({
      'tests/orders.toml': delivery('a\n1\n'),
      'tests/late/orders.toml': delivery('a\n1\n'),
      'tests/.hidden.toml': 'x',
      'tests/rows.csv': 'x',
    })
    const names = async (...words: string[]): Promise<readonly string[]> =>
      (await readTests(directory, words)).map(({ name }) => name)
    expect(await names()).toEqual(['late/orders', 'orders'])
    expect(await names('orders')).toEqual(['orders'])
    expect(await names('late/*')).toEqual(['late/orders'])
    expect(await names('tests/orders.toml', '*orders')).toEqual(['late/orders', 'orders'])
    await expect(readTests(directory, ['ordres'])).rejects.toMatchObject({
      code: 'QRN-CONFIG-052',
      reason: 'usage',
      hint: 'Did you mean `orders`?',
    })
  })

  test('that is not there is told with the way to one', async () => {
    const error = await failureOf('', { 'qarion.toml': '' })
    expect(error).toMatchObject({ code: 'QRN-CONFIG-052', message: 'the project has no tests' })
    expect(error.hint).toContain('tests/<name>.toml')
  })

  test('may not lead out of the project by a link', async () => {
    const outside = writeProject({ 'x.csv': 'a\n1\n' })
    const directory = writeProject({
      'tests/t.toml': 'flow = "o"\n[[deliveries]]\nfile = "link/x.csv"\n',
    })
    symlinkSync(outside, join(directory, 'tests/link'))
    await expect(readTests(directory)).rejects.toMatchObject({
      problems: [{ code: 'QRN-CONFIG-021' }],
    })
  })
})

describe('writing what is expected', () => {
  const TEXT = `# about it
flow = "orders" # whose

[[deliveries]] # one
csv = """
a
1
"""
  [[deliveries.expect]] # inside
  csv = "x" # old
  # between
  dataset = "feed"
  [[deliveries.expect]]
  dataset = "current"   # rows to come
  # after it

[[deliveries]] # two
csv = '''
a
2
''' # end
[[deliveries.expect]]
dataset = "feed"
file = "rows/2.csv"
`

  test('changes rows and nothing else', async () => {
    const directory = writeProject({ 'tests/t.toml': TEXT })
    const [only] = await readTests(directory)
    const [first, second] = only!.deliveries
    const written = writeExpectedRows(directory, only!, [
      { of: first!.expect[0]!, csv: 'x,y\n1,"a\\"\n' },
      { of: first!.expect[1]!, csv: "x\n'''\n" },
      { of: second!.expect[0]!, csv: 'x\n2\n' },
      { after: second!, dataset: 'orders.current', batch: 2, csv: 'x\n' },
    ])
    expect(written.toSorted()).toEqual(['tests/rows/2.csv', 'tests/t.toml'])
    expect(readFileSync(join(directory, 'tests/rows/2.csv'), 'utf8')).toBe('x\n2\n')
    expect(readFileSync(join(directory, 'tests/t.toml'), 'utf8')).toBe(
      TEXT.replace('"x" # old', `'''\nx,y\n1,"a\\"\n''' # old`)
        .replace('# rows to come', `# rows to come\ncsv = """\nx\n'''\n"""`)
        .replace(
          'file = "rows/2.csv"',
          `file = "rows/2.csv"\n\n[[deliveries.expect]]\ndataset = "orders.current"\nbatch = 2\ncsv = '''\nx\n'''`,
        ),
    )
    // The same again is no change.
    const [again] = await readTests(directory)
    expect(
      writeExpectedRows(directory, again!, [
        { of: again!.deliveries[1]!.expect[0]!, csv: 'x\n2\n' },
        { of: again!.deliveries[0]!.expect[0]!, csv: 'x,y\n1,"a\\"\n' },
      ]),
    ).toEqual([])
  })

  test('of any text reads back as that text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("'", '"', '\\', 'a', '\n', ',', '\t', '\u0001', 'é') }),
        fc.constantFrom("'''", '"""', '"'),
        async (value, opening) => {
          const quotedValue = `"${value.replaceAll('"', '""')}"`
          const old = opening === '"' ? '"x"' : `${opening}\nx\n${opening}`
          const directory = writeProject({
            'tests/t.toml': `${delivery('a\n1\n')}[[deliveries.expect]]\ndataset = "d"\ncsv = ${old}\n`,
          })
          const [only] = await readTests(directory)
          const expectation = only!.deliveries[0]!.expect[0]!
          writeExpectedRows(directory, only!, [{ of: expectation, csv: `x\n${quotedValue}\n` }])
          const [read] = await readTests(directory)
          const rows = read!.deliveries[0]!.expect[0]!.rows
          expect(rows?.records[0]?.fields[0]?.text).toBe(value)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('has no place in a table in braces', async () => {
    const directory = writeProject({
      'tests/t.toml': 'flow = "o"\n[[deliveries]]\ncsv = "a"\nexpect = [{ dataset = "d" }]\n',
    })
    const [only] = await readTests(directory)
    const [expectation] = only!.deliveries[0]!.expect
    expect(() =>
      writeExpectedRows(directory, only!, [{ of: expectation!, csv: 'x\n' }]),
    ).toThrowError(expect.objectContaining({ code: 'QRN-CONFIG-053', place: expect.anything() }))
  })
})
