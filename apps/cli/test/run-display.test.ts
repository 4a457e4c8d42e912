import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'

import { formatBytes, formatCount, formatDuration, formatRate } from '../src/output/numbers.ts'
import { textWidth } from '../src/output/text-width.ts'
import { renderBatchLine } from '../src/run/batch-line.ts'
import { createRunProgress } from '../src/run/run-progress.ts'

const colors = picocolors.createColors(false)

describe('the line of a finished batch', () => {
  const finished = {
    flow: 'orders',
    batch: 2,
    batchTime: '2024-01-02T00:00:00Z',
    files: ['data/orders/orders_2.csv'],
    counts: { new: 1200, changed: 0, deleted: 3, reinserted: 0, rejected: 2 },
    rows: 8120,
    durationMs: 2000,
  }

  it('says what, when, from where, what changed, how fast', () => {
    expect(renderBatchLine(finished, { colors, width: undefined })).toBe(
      '✓ orders #2  2024-01-02T00:00:00Z  orders_2.csv  +1,200 new  ~0 changed  -3 deleted  !2 rejected  8,120 rows  4.1k rows/s  2.00 s',
    )
  })

  it('names what other flow types count', () => {
    const counts = { opened_versions: 1200, closed_versions: 0 }
    expect(renderBatchLine({ ...finished, counts }, { colors, width: undefined })).toContain(
      'orders_2.csv  1,200 opened versions  8,120 rows',
    )
  })

  it('says less where there is less room', () => {
    const lines = [130, 110, 98, 86].map((width) => renderBatchLine(finished, { colors, width }))
    expect(
      lines.map((line) => [
        line.includes('T00:00'),
        line.includes('rows/s'),
        line.includes('.csv'),
      ]),
    ).toEqual([
      [true, true, true],
      [false, true, true],
      [false, false, true],
      [false, false, false],
    ])
    for (const line of lines) expect(line).toContain('+1,200 new')
    expect(textWidth(lines[1] ?? '')).toBeLessThan(110)
  })

  it('gives no rate of a handful of rows, and counts several files', () => {
    const few = { ...finished, rows: 9, files: ['a/x.csv', 'a/y.csv', 'a/z.csv'], durationMs: 30 }
    expect(renderBatchLine(few, { colors, width: 200 })).toMatch(
      / x\.csv and 2 more .* 9 rows {2}0\.03 s$/,
    )
  })
})

describe('progress', () => {
  const at = { runId: 'r', flow: 'orders', batch: 1 }

  it('follows the oldest step, with rates and bytes where they are known', () => {
    const progress = createRunProgress()
    expect(progress.describe(0)).toBe('')
    progress.observe({ ...at, type: 'step_started', step: 'load', title: 'Load', atMs: 1000 })
    progress.observe({ ...at, type: 'step_started', step: 'other', title: 'Other', atMs: 1500 })
    expect(progress.describe(2000)).toBe('orders #1  Load  1.00 s  and 1 more')
    progress.observe({
      ...at,
      type: 'step_progress',
      step: 'load',
      rows: 50_000,
      bytes: 4_500_000,
      totalBytes: 9_000_000,
      atMs: 2000,
    })
    expect(progress.describe(3000)).toBe(
      'orders #1  Load  50,000 rows  25k rows/s  4.5 MB of 9 MB (50 %)  2.00 s  and 1 more',
    )
    progress.observe({
      ...at,
      type: 'step_finished',
      step: 'load',
      rowCounts: { loaded: 60_000 },
      durationMs: 2000,
      wasResumed: false,
      atMs: 3000,
    })
    expect(progress.describe(3000)).toBe('orders #1  Other  1.50 s')
  })

  it('knows the rows of a batch from the step that loaded it', () => {
    const progress = createRunProgress()
    const files = ['a.csv']
    progress.observe({ ...at, type: 'batch_started', batchTime: 'T', files, atMs: 0 })
    progress.observe({
      ...at,
      type: 'step_finished',
      step: 'load',
      rowCounts: { loaded: 7 },
      durationMs: 1,
      wasResumed: false,
      atMs: 1,
    })
    expect(progress.batch('orders', 1)).toEqual({ batchTime: 'T', files, rows: 7 })
    expect(progress.batch('orders', 2)).toEqual({ batchTime: '', files: [], rows: 0 })
  })
})

describe('numbers', () => {
  it('for people', () => {
    expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567'])
    expect([7.25, 999, 1000, 12_345, 4_000_000, 2.5e9].map(formatRate)).toEqual([
      '7.3',
      '999',
      '1k',
      '12.3k',
      '4M',
      '2.5G',
    ])
    expect([0, 999, 1500, 45_200_000, 3e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '45.2 MB',
      '3 GB',
    ])
    expect([0, 9994, 59_900, 60_000, 3_599_000, 7_500_000].map(formatDuration)).toEqual([
      '0.00 s',
      '9.99 s',
      '59.9 s',
      '1 min 0 s',
      '59 min 59 s',
      '2 h 5 min',
    ])
  })
})
