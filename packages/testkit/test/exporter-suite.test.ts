import { exporterSuite } from '@qarion/testkit'
import { describe, expect, it } from 'vitest'

import { lineExporter, readLines } from './support/line-exporter.ts'
import { createRecorder, failuresOf } from './support/recorder.ts'

describe('an exporter of lines', () => {
  exporterSuite(it, lineExporter(), { readBack: readLines })
})

describe('the suite of exporters', () => {
  it.each([
    ['rounds integers', 'value/integer, also beyond 2^53 and at both ends'],
    ['rounds integers', 'value/decimal of 38 digits'],
    ['rounds integers', 'value/timestamp, years 1 to 9999 to the microsecond'],
    ['takes empty texts for NULL', 'value/string'],
    ['forgets rows beyond the first batch', 'batches/many small ones'],
    ['forgets rows beyond the first batch', 'rows/25 001'],
    ['writes under the final name', 'failure/of the source leaves what was there'],
    ['writes under the final name', 'failure/before the first row leaves nothing'],
    ['writes under the final name', 'cancel/while it writes, for whatever reason'],
    ['ignores the signal', 'cancel/before it starts'],
    ['counts batches for rows', 'batches/many small ones'],
  ] as const)('notices one that %s: %s', async (fault, expected) => {
    const recorder = createRecorder()
    exporterSuite(recorder.it, lineExporter(fault), { readBack: readLines })
    expect(failuresOf(await recorder.run(expected))).toEqual([expected])
  })

  it('has each name once', () => {
    const recorder = createRecorder()
    exporterSuite(recorder.it, lineExporter(), { readBack: readLines })
    expect(new Set(recorder.names()).size).toBe(recorder.names().length)
  })
})
