import * as fc from 'fast-check'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'

import { printable } from '../src/output/printable.ts'
import { renderTable, type TableColumn } from '../src/output/table.ts'
import { cutText, padText, textWidth } from '../src/output/text-width.ts'

const colors = picocolors.createColors(false)

const COLUMNS: readonly TableColumn[] = [
  { title: 'order_id', side: 'right', canCut: false },
  { title: 'customer', side: 'left', canCut: true },
  { title: 'amount', side: 'right', canCut: false },
  { title: 'note', side: 'left', canCut: true },
  { title: 'xt_record_type', side: 'left', canCut: true },
]

const ROWS = [
  ['1', 'Ada Moreau', '1250.00', 'delivered to the neighbour, who was not amused', 'new'],
  ['2', '田中 文子', '9.50', null, 'changed'],
  ['123456789', null, '-1.00', '👩‍👩‍👧 e\u0301', 'deleted'],
]

describe('tables', () => {
  for (const width of [40, 80, 200]) {
    it(`${width} cells wide`, () => {
      const table = renderTable(COLUMNS, ROWS, { colors, width })
      expect(table).toMatchSnapshot()
      for (const line of table.text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width)
    })
  }

  it('without a width hold everything', () => {
    const table = renderTable(COLUMNS, ROWS, { colors, width: undefined })
    expect(table.hidden).toEqual([])
    for (const cell of ROWS.flat()) expect(table.text).toContain(cell ?? 'NULL')
  })

  it('never show half a number, and never more cells than there are', () => {
    const cell = fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }).map(printable))
    const number = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String)
    const row = fc.tuple(number, cell, number, cell, cell)
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        fc.integer({ min: 24, max: 120 }),
        (rows, width) => {
          const { text, hidden } = renderTable(COLUMNS, rows, { colors, width })
          const lines = text.split('\n')
          expect(lines).toHaveLength(rows.length + 3)
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
          for (const [first, , amount] of rows) {
            expect(text).toContain(first)
            expect(hidden.includes('amount') || text.includes(amount)).toBe(true)
          }
          expect(hidden).toEqual(
            COLUMNS.map(({ title }) => title).slice(COLUMNS.length - hidden.length),
          )
        },
      ),
    )
  })

  it('mark NULL apart from text', () => {
    const styled = renderTable([{ title: 'a', side: 'left', canCut: true }], [['NULL'], [null]], {
      colors: picocolors.createColors(true),
      width: 80,
    })
    expect(styled.text.split('\n').slice(2, 4)).toEqual(['NULL', '\u001b[2mNULL\u001b[22m'])
  })
})

describe('cutting and padding', () => {
  it('counts cells, not characters', () => {
    expect(textWidth('田中')).toBe(4)
    expect(textWidth('e\u0301')).toBe(1)
    expect(textWidth('👩‍👩‍👧')).toBe(2)
    expect(cutText('田中文子', 5)).toBe('田中…')
    expect(cutText('田中文子', 4)).toBe('田…')
    expect(cutText('plain', 5)).toBe('plain')
    expect(cutText('plain', 4)).toBe('pla…')
    expect(padText('田中', 6, 'right')).toBe('  田中')
  })

  it('never gets wider than asked, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 30 }),
        (text, width) => {
          expect(textWidth(cutText(printable(text), width))).toBeLessThanOrEqual(width)
        },
      ),
    )
  })
})

describe('text from outside', () => {
  it('cannot steer the terminal', () => {
    expect(printable('a\u001b[31mb\r\n\tc\u0000\u202ed\u009b1m')).toBe(
      String.raw`a\u001b[31mb\r\n\tc\u0000\u202ed\u009b1m`,
    )
    expect(printable('é 田 👩‍👩‍👧')).toBe('é 田 👩‍👩‍👧')
  })
})
