import { MAX_DATE, MIN_DATE, type Column, type DataType, type Row, type Value } from '@qarion/core'
import type * as fastCheck from 'fast-check'

/** The fast-check of the caller: it is handed in, so that seeds and settings are those of its own runs. */
export type FastCheck = typeof fastCheck

const MICROSECONDS_PER_DAY = 86_400_000_000n
const FIRST_INSTANT = BigInt(MIN_DATE) * MICROSECONDS_PER_DAY
const LAST_INSTANT = (BigInt(MAX_DATE) + 1n) * MICROSECONDS_PER_DAY - 1n

/** Texts that are easily taken for each other or for NULL. */
const NASTY_TEXTS = [
  '', ' ', 'a', 'A', 'a ', 'NULL', '0', '1.0', 'é', 'e\u0301', '😀', '\uffff', '"', "'", '\\', '|', 'a|b', '\\N', 'a,b',
  'line\nbreak', '\t',
] // prettier-ignore

/** Values of a type, its extremes often among them. */
export function arbitraryValue(fc: FastCheck, type: DataType): fastCheck.Arbitrary<Value> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integersBetween(fc, -(2n ** 63n), 2n ** 63n - 1n)
    case 'decimal': {
      const top = 10n ** BigInt(type.precision) - 1n
      return integersBetween(fc, -top, top)
    }
    case 'float':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    case 'string':
      return texts(fc)
    case 'date':
      return fc.oneof(fc.integer({ min: MIN_DATE, max: MAX_DATE }), fc.integer({ min: -2, max: 2 }))
    case 'time':
      return fc.bigInt({ min: 0n, max: MICROSECONDS_PER_DAY - 1n })
    case 'timestamp':
      return fc.oneof(
        fc.bigInt({ min: FIRST_INSTANT, max: LAST_INSTANT }),
        fc.bigInt({ min: -2n, max: 2n }),
      )
    case 'json':
      return fc.oneof(
        fc.constantFrom('null', 'true', '0', '[]', '{}', '""'),
        texts(fc).map((text) => JSON.stringify(text)),
        fc.array(fc.integer(), { maxLength: 3 }).map((items) => JSON.stringify(items)),
      )
    case 'binary':
      return fc.uint8Array({ maxLength: 8 })
    default:
      return type satisfies never
  }
}

/** Rows of these columns; those that are not required are sometimes NULL. */
export function arbitraryRow(fc: FastCheck, columns: readonly Column[]): fastCheck.Arbitrary<Row> {
  return fc.tuple(
    ...columns.map(({ type, required }) => {
      const value: fastCheck.Arbitrary<Value | null> = arbitraryValue(fc, type)
      return required ? value : fc.option(value, { nil: null, freq: 4 })
    }),
  )
}

export interface DeliveryOptions {
  /** Columns that identify a row; they never hold NULL. */
  readonly key: readonly string[]
  /** Most deliveries in a history. Default 6. */
  readonly maxDeliveries?: number
  /** Different keys in a history: few, so that rows change, go and come back. Default 6. */
  readonly keyCount?: number
}

/**
 * Histories of deliveries: each is the rows of one delivery, with unique keys drawn from a few, and values from a few,
 * so that the same key comes again with the same values, with others, and not at all.
 */
export function arbitraryDeliveries(
  fc: FastCheck,
  columns: readonly Column[],
  { key, maxDeliveries = 6, keyCount = 6 }: DeliveryOptions,
): fastCheck.Arbitrary<readonly (readonly Row[])[]> {
  const isKey = (column: Column): boolean => key.includes(column.name)
  const keyColumns = columns.filter(isKey).map((column) => ({ ...column, required: true }))
  const otherColumns = columns.filter((column) => !isKey(column))
  const pools = fc.record({
    keys: fc.uniqueArray(arbitraryRow(fc, keyColumns), {
      minLength: 1,
      maxLength: keyCount,
      selector: identity,
    }),
    others: fc.array(arbitraryRow(fc, otherColumns), { minLength: 1, maxLength: 4 }),
  })
  return pools.chain(({ keys, others }) => {
    const delivery = fc
      .tuple(...keys.map(() => fc.option(fc.nat({ max: others.length - 1 }), { nil: undefined })))
      .map((choices) =>
        choices.flatMap((choice, index) => {
          if (choice === undefined) return []
          const [keyCells, otherCells] = [[...(keys[index] ?? [])], [...(others[choice] ?? [])]]
          return [columns.map((column) => (isKey(column) ? keyCells : otherCells).shift() ?? null)]
        }),
      )
      .chain((rows) => fc.shuffledSubarray(rows, { minLength: rows.length }))
    return fc.array(delivery, { minLength: 1, maxLength: maxDeliveries })
  })
}

function integersBetween(fc: FastCheck, min: bigint, max: bigint): fastCheck.Arbitrary<bigint> {
  const near = [min, min + 1n, -1n, 0n, 1n, 2n ** 53n + 1n, max - 1n, max]
  return fc.oneof(
    fc.constantFrom(...near.filter((value) => value >= min && value <= max)),
    fc.bigInt({ min, max }),
    fc.bigInt({ min: min > -9n ? min : -9n, max: max < 9n ? max : 9n }),
  )
}

function texts(fc: FastCheck): fastCheck.Arbitrary<string> {
  // NUL is no text of ours.
  const any = fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\u0000'))
  return fc.oneof(fc.constantFrom(...NASTY_TEXTS), any)
}

function identity(row: Row): string {
  return JSON.stringify(
    row.map((value) =>
      typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
    ),
  )
}
