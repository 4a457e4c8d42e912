import {
  DataTypes,
  decimalType,
  MAX_DATE,
  MIN_DATE,
  rowsOf,
  vectorFromValues,
  type DataType,
  type Row,
  type Value,
} from '@qarion/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { inlineParameters } from '../src/connection/inline-parameters.ts'
import { createCopyDecoder } from '../src/values/decode.ts'
import { encodeBatches } from '../src/values/encode.ts'
import { createNumericWriter, MAX_NUMERIC_BYTES, readNumeric } from '../src/values/numeric.ts'

/** Bytes of the messages' contents, one after the other. */
async function contentOf(types: readonly DataType[], rows: readonly Row[]): Promise<Buffer> {
  async function* batches() {
    const columns = types.map((type, index) =>
      vectorFromValues(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    )
    yield { rowCount: rows.length, columns }
  }
  const parts: Buffer[] = []
  for await (const frame of encodeBatches(types, batches())) {
    expect(frame[0]).toBe('d'.charCodeAt(0))
    expect(frame.readUInt32BE(1)).toBe(frame.length - 1)
    parts.push(Buffer.from(frame.subarray(5)))
  }
  return Buffer.concat(parts)
}

const VALUES: readonly (readonly [DataType, fc.Arbitrary<Value>])[] = [
  [DataTypes.boolean, fc.boolean()],
  [DataTypes.integer, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [decimalType(18, 7), fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })],
  [decimalType(38, 13), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  [DataTypes.float, fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)],
  [DataTypes.string, fc.string({ unit: 'grapheme', maxLength: 40 })],
  [DataTypes.date, fc.integer({ min: MIN_DATE, max: MAX_DATE })],
  [DataTypes.time, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  [
    DataTypes.timestamp,
    fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  ],
  [DataTypes.binary, fc.uint8Array({ maxLength: 20 })],
]
const TYPES = VALUES.map(([type]) => type)
const row = fc.tuple(...VALUES.map(([, value]) => fc.option(value, { nil: null, freq: 4 })))

describe('the binary form', () => {
  it('comes back as it went in, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
        async (rows, cuts) => {
          const content = await contentOf(TYPES, rows)
          const decoder = createCopyDecoder(
            TYPES.map((type, index) => ({ name: `c${index}`, type })),
          )
          const found: Row[] = []
          for (let at = 0, cut = 0; at < content.length; cut += 1) {
            const end = at + (cuts[cut % cuts.length] as number)
            // The driver writes over what it gave.
            const piece = Buffer.from(content.subarray(at, end))
            for (const batch of decoder.push(piece)) found.push(...rowsOf(batch))
            piece.fill(0xff)
            at = end
          }
          const last = decoder.finish()
          if (last !== undefined) found.push(...rowsOf(last))
          expect(found).toEqual(rows)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('holds rows wider than a message, and as many columns as a table may have', async () => {
    const types = Array.from({ length: 1600 }, () => DataTypes.integer)
    const wide: Row = types.map((_, index) => BigInt(index))
    const content = await contentOf(
      [...types, DataTypes.string],
      [[...wide, 'x'.repeat(3_000_000)]],
    )
    const decoder = createCopyDecoder(
      [...types, DataTypes.string].map((type, index) => ({ name: `c${index}`, type })),
    )
    expect(decoder.push(content)).toEqual([])
    const [found = []] = [...rowsOf(decoder.finish() as never)]
    expect(found.slice(0, -1)).toEqual(wide)
    expect(String(found.at(-1))).toHaveLength(3_000_000)
  })

  it('starts a new batch before one is too large', async () => {
    const content = await contentOf(
      [DataTypes.string],
      Array.from({ length: 20 }, () => ['y'.repeat(1_000_000)]),
    )
    const decoder = createCopyDecoder([{ name: 'c', type: DataTypes.string }])
    expect(decoder.push(content).map(({ rowCount }) => rowCount)).toEqual([9, 9])
    expect(decoder.finish()?.rowCount).toBe(2)
  })

  it.each([
    [DataTypes.integer, [DataTypes.boolean]],
    [DataTypes.date, [DataTypes.integer]],
    [DataTypes.integer, [DataTypes.integer, DataTypes.integer]],
  ])('of another type than %o is not taken for it', async (type, stored) => {
    const content = await contentOf(stored, [
      stored.map(({ kind }) => (kind === 'boolean' ? true : 1n)),
    ])
    const decoder = createCopyDecoder([{ name: 'c', type }])
    expect(() => decoder.push(content)).toThrow(RangeError)
  })
})

describe('decimals', () => {
  it.each([
    decimalType(1, 0),
    decimalType(4, 4),
    decimalType(9, 2),
    decimalType(18, 1),
    decimalType(38, 37),
    decimalType(38, 38),
  ])('%o', (type) => {
    const view = new DataView(new ArrayBuffer(MAX_NUMERIC_BYTES))
    const write = createNumericWriter(type.scale)
    const limit = 10n ** BigInt(type.precision) - 1n
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (unscaled) => {
        write(view, 0, unscaled)
        expect(readNumeric(view, 0, type.scale)).toBe(unscaled)
      }),
      { examples: [[limit], [-limit], [0n], [1n], [limit / 10n]] },
    )
  })

  it('with more digits than their type, and NaN, are refused', () => {
    const view = new DataView(new ArrayBuffer(MAX_NUMERIC_BYTES))
    createNumericWriter(3)(view, 0, 1234n)
    expect(() => readNumeric(view, 0, 2)).toThrow(RangeError)
    createNumericWriter(3)(view, 0, 1230n)
    expect(readNumeric(view, 0, 2)).toBe(123n)
    view.setUint16(4, 0xc000)
    expect(() => readNumeric(view, 0, 2)).toThrow(RangeError)
  })
})

describe('values written into a statement', () => {
  const text = (value: string | null) => ({ value, type: DataTypes.string })

  it.each([
    ['$1', [text('a')], "'a'"],
    ['$1 $2 $1', [text("it's"), text(null)], "'it''s' NULL 'it''s'"],
    [`'$1' "$1" 'it''s $1' $1`, [text('$1')], `'$1' "$1" 'it''s $1' '$1'`],
    ['$1', [text(`'; DROP TABLE t; --`)], `'''; DROP TABLE t; --'`],
    ['$10$1', Array.from({ length: 10 }, (_, index) => text(String(index))), `'9''0'`],
    ['$1', [{ value: Uint8Array.of(0, 255), type: DataTypes.binary }], String.raw`'\x00ff'`],
    ['$1', [{ value: -1n, type: DataTypes.timestamp }], "'1969-12-31T23:59:59.999999'"],
    ['$1', [text('$&')], "'$&'"],
  ])('%s', (sql, parameters, result) => {
    expect(inlineParameters({ sql, parameters })).toBe(result)
  })
})
