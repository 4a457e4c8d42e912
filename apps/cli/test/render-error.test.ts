import { QarionError, toErrorDocument, type Place } from '@qarion/core'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'

import { renderError, type ErrorStyle } from '../src/output/render-error.ts'

const style: ErrorStyle = {
  colors: picocolors.createColors(false),
  width: 80,
  isVerbose: false,
}

const misspelt = new QarionError('QRN-CONFIG-004', 'configuration', 'There is no key `nmae`.', {
  hint: 'Did you mean `name`?',
  place: { file: 'qarion.toml', line: 12, column: 3, excerpt: '  nmae = "shop"', length: 4 },
})

function renderPlace(place: Place): string {
  return renderError(new QarionError('QRN-X-001', 'data', 'No.', { place }), style)
}

function problem(file: string, line: number): QarionError {
  return new QarionError('QRN-CONFIG-004', 'configuration', `Problem in line ${line}.`, {
    place: { file, line, column: 1 },
  })
}

describe('an error for people', () => {
  it('says what, where, and what to do', () => {
    expect(renderError(misspelt, style)).toBe(`error QRN-CONFIG-004 There is no key \`nmae\`.
  at qarion.toml:12:3
    12 │   nmae = "shop"
       │   ^^^^
  hint: Did you mean \`name\`?
`)
  })

  it('marks the right cells after tabs, wide characters and emoji', () => {
    const error = new QarionError('QRN-CSV-009', 'data', 'Bad value.', {
      place: { file: 'a.csv', line: 3, column: 5, excerpt: '田\t👩,x12', length: 3 },
    })
    const lines = renderError(error, style).split('\n')
    expect(lines[2]).toBe(String.raw`    3 │ 田\t👩,x12`)
    expect(lines[3]).toBe('      │        ^^^')
  })

  it('shows the part of a long line where the place is', () => {
    const excerpt = `${'a,'.repeat(5000)}bad,${'b,'.repeat(5000)}`
    const error = new QarionError('QRN-CSV-009', 'data', 'Bad value.', {
      place: { file: 'a.csv', line: 1, column: 10_001, excerpt, length: 3 },
    })
    const [, , line = '', marks = ''] = renderError(error, style).split('\n')
    expect(line.length).toBeLessThanOrEqual(80)
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('bad')
  })

  it('a place without column or line', () => {
    expect(renderPlace({ file: 'a.csv' })).toContain('  at a.csv\n')
    expect(renderPlace({ file: 'a.csv', line: 4 })).toContain('  at a.csv:4\n')
  })

  it('shows no secret of the line, and no mark that would point elsewhere', () => {
    const error = new QarionError('QRN-CONFIG-004', 'configuration', 'Unknown key.', {
      place: {
        file: 'q.toml',
        line: 1,
        column: 23,
        excerpt: 'password = "abcdefg", nmae = 1',
        length: 4,
      },
    })
    const text = renderError(error, style)
    expect(text).not.toContain('abcdefg')
    expect(text).not.toContain('^')
  })

  it('rows that are meant, as a table', () => {
    const error = new QarionError('QRN-FEED-101', 'guard', 'Keys come twice.', {
      hint: 'Correct it.',
      data: {
        count: 7,
        columns: ['order_id', 'xt_row_count'],
        sample: [
          ['17', '2'],
          [null, '3'],
          ['田', '2'],
          ['4', '2'],
          ['5', '2'],
          ['6', '2'],
        ],
      },
    })
    expect(renderError(error, style)).toBe(`error QRN-FEED-101 Keys come twice.
    order id  row count
    ────────  ─────────
    17        2
    NULL      3
    田        2
    4         2
    5         2
    … and 2 more
  hint: Correct it.
`)
  })

  it('causes only with -v', () => {
    const cause = new Error('disk on fire', { cause: new Error('spark') })
    const error = new QarionError('QRN-X-001', 'internal', 'No.', { cause })
    expect(renderError(error, style)).not.toContain('caused by')
    const verbose = renderError(error, { ...style, isVerbose: true })
    expect(verbose).toContain('caused by Error: disk on fire')
    expect(verbose).toContain('caused by Error: spark')
  })

  it('several problems: all of them, file by file, in the order of lines', () => {
    const error = new QarionError('QRN-CONFIG-001', 'configuration', 'The project is not valid.', {
      problems: [problem('flows/b.toml', 9), problem('qarion.toml', 1), problem('flows/b.toml', 2)],
    })
    expect(renderError(error, style)).toBe(`flows/b.toml: 2 problems

error QRN-CONFIG-004 Problem in line 2.
  at flows/b.toml:2:1

error QRN-CONFIG-004 Problem in line 9.
  at flows/b.toml:9:1

qarion.toml: 1 problem

error QRN-CONFIG-004 Problem in line 1.
  at qarion.toml:1:1

error QRN-CONFIG-001 The project is not valid.
`)
  })

  it('an error from history reads the same', () => {
    const document = toErrorDocument(misspelt)
    expect(renderError(document, style)).toBe(`error QRN-CONFIG-004 There is no key \`nmae\`.
  at qarion.toml:12:3
  hint: Did you mean \`name\`?
`)
  })
})
