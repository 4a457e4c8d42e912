import { canonicalJson, DataTypes, isQarionError } from '@qarion/core'
import type { ReadResult } from '@qarion/testkit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { plainNumber } from '../src/number-text.ts'
import { column, load } from './support.ts'

const columns = [column('a', DataTypes.json), column('é"', DataTypes.json)]
const records = fc.array(
  fc.record(
    {
      a: fc.jsonValue({ maxDepth: 3 }),
      'é"': fc.jsonValue({ maxDepth: 2, noUnicodeString: false }),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 6 },
)
const indents = fc.constantFrom(undefined, 1, '\t')
const pieces = fc.constantFrom(1, 2, 3, 5, 16, 1 << 18)

/** What a record's columns must hold: canonical JSON, NULL for null and absent. */
function rowOf(record: Readonly<Record<string, unknown>>): (string | null)[] {
  return ['a', 'é"'].map((key) => {
    const value = record[key] ?? null
    return value === null ? null : (canonicalJson(JSON.stringify(value)) as string)
  })
}

it('reads what JSON.stringify writes, in both layouts, in whatever pieces', async () => {
  await fc.assert(
    fc.asyncProperty(records, indents, pieces, async (written, indent, pieceBytes) => {
      const rows = written.map(rowOf)
      const array = await load(JSON.stringify(written, null, indent), columns, {}, { pieceBytes })
      const text = written.map((record) => `${JSON.stringify(record)}\n`).join('')
      const lines = await load(text, columns, {}, { pieceBytes })
      expect([array.rows, array.rejects]).toEqual([rows, []])
      expect([lines.rows, lines.rejects]).toEqual([rows, []])
    }),
    { numRuns: 60 },
  )
})

const mutations = fc.record({
  at: fc.nat(),
  removed: fc.nat({ max: 3 }),
  added: fc.constantFrom(
    '',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '1',
    'x',
    '\n',
    ' ',
    '\u0001',
    '\0',
    '-',
    'e',
  ),
})

function mutate(
  text: string,
  { at, removed, added }: { at: number; removed: number; added: string },
): string {
  const place = text.length === 0 ? 0 : at % text.length
  // Not half a surrogate pair, which no file in UTF-8 can hold.
  return (text.slice(0, place) + added + text.slice(place + removed)).toWellFormed()
}

async function outcomeOf(text: string, options = {}, pieceBytes = 7): Promise<ReadResult | string> {
  try {
    return await load(text, columns, { onExtraColumn: 'fail', ...options }, { pieceBytes })
  } catch (error) {
    if (isQarionError(error)) return error.code
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

it('of damaged arrays takes nothing for granted: what JSON refuses is refused or rejected', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(records, mutations, pieces, async (written, mutation, pieceBytes) => {
      const text = mutate(JSON.stringify(written), mutation)
      const outcome = await outcomeOf(text, { layout: 'array' }, pieceBytes)
      const value = parsed(text)
      if (Array.isArray(value)) {
        expect(outcome).not.toBe('QRN-JSON-002')
        if (typeof outcome === 'string') return
        expect(outcome.scan.rowCount).toBe(value.length)
        if (outcome.rejects.length === 0)
          expect(outcome.rows).toEqual(value.map((one) => rowOf(one as Record<string, unknown>)))
      } else if (typeof outcome !== 'string') expect(outcome.rejects.length).toBeGreaterThan(0)
      seen.add(
        typeof outcome === 'string' ? outcome : outcome.rejects.length > 0 ? 'rejects' : 'rows',
      )
    }),
    { numRuns: 200, seed: 3 },
  )
  expect([...seen]).toEqual(expect.arrayContaining(['QRN-JSON-002', 'rejects', 'rows']))
})

it('of damaged lines loses no other line', async () => {
  await fc.assert(
    fc.asyncProperty(records, mutations, pieces, async (written, mutation, pieceBytes) => {
      const good = written.map((record) => `${JSON.stringify(record)}\n`)
      const bad = mutate('{"a":[1,"x"],"é\\"":{"k":null}}', mutation)
      const outcome = await outcomeOf(
        [...good, `${bad}\n`, ...good].join(''),
        { layout: 'lines', onExtraColumn: 'ignore' },
        pieceBytes,
      )
      if (typeof outcome === 'string') throw new Error(outcome)
      const { rows, rejects } = outcome
      const isInTwo = bad.trim().includes('\n')
      expect(rows.length + rejects.length - 2 * good.length).toBe(isInTwo ? 2 : 1)
      expect(rows.slice(0, good.length)).toEqual(written.map(rowOf))
      expect(rows.slice(rows.length - good.length)).toEqual(written.map(rowOf))
      if (parsed(bad) === undefined) expect(rejects.length).toBeGreaterThan(0)
    }),
    { numRuns: 100 },
  )
})

it('numbers keep their value to the last digit', () => {
  const digits = fc.stringMatching(/^[0-9]{1,25}$/)
  fc.assert(
    fc.property(
      fc.constantFrom('', '-'),
      digits,
      fc.option(digits),
      fc.option(fc.integer({ min: -20, max: 20 })),
      (sign, whole, fraction, exponent) => {
        const text = `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`
        const places = 60
        const scaled = (plain: string): bigint => {
          const [, minus, before = '', after = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plain) ?? []
          const value = BigInt(before + after.padEnd(places, '0'))
          return minus === '-' ? -value : value
        }
        const shift = (exponent ?? 0) - (fraction ?? '').length + places
        const exact = BigInt(whole + (fraction ?? '')) * 10n ** BigInt(shift)
        expect(scaled(plainNumber(text))).toBe(sign === '-' ? -exact : exact)
      },
    ),
  )
})
