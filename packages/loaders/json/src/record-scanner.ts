import { NO_KEY, type KeyTable } from './key-table.ts'
import { ABSENT, isBad, TWICE } from './value-kinds.ts'
import { INCOMPLETE, WRONG, type ValueScanner } from './value-scanner.ts'

/** Kind, start and end of each declared key's value, in cells; see `Records`. */
export interface Cells {
  readonly kinds: Uint8Array
  readonly valueStarts: Int32Array
  readonly valueEnds: Int32Array
}

/** Scans the members of one record. */
export interface RecordScanner {
  /** Set where a value was bad whatever its column. */
  hasBadValue: boolean
  /** A key that is no text, so that the fields cannot be told apart. */
  hasBadKey: boolean
  /** The place after the record that starts at `at`, or `INCOMPLETE` or `WRONG`; `base` is its first cell. */
  scan(bytes: Buffer, at: number, end: number, base: number): number
}

/** Fills `cells` with what records hold. Values of keys that are not declared are only skipped. */
export function createRecordScanner(
  values: ValueScanner,
  keys: KeyTable,
  cells: Cells,
  width: number,
): RecordScanner {
  const { kinds, valueStarts, valueEnds } = cells

  const wrong = (at: number, end: number, what: string): number => {
    if (at >= end) return INCOMPLETE
    values.wrongAt = at
    values.wrong = what
    return WRONG
  }

  const scan = (bytes: Buffer, from: number, end: number, base: number): number => {
    scanner.hasBadValue = false
    scanner.hasBadKey = false
    for (let cell = base; cell < base + width; cell += 1) kinds[cell] = ABSENT
    keys.begin()
    let at = skipBlanks(bytes, from + 1)
    if (bytes[at] === 125) return at + 1
    let before = -1
    for (;;) {
      if (bytes[at] !== 34) return wrong(at, end, 'expected a key in double quotes')
      let key = keys.expectedAfter(before)
      const afterKey = key === NO_KEY ? 0 : matchKey(bytes, at + 1, keys.bytesOf(key))
      if (afterKey === 0) {
        const next = values.scanText(bytes, at, end)
        if (next < 0) return next
        key = keys.find(bytes, values, before, at)
        if (key === NO_KEY) scanner.hasBadKey = true
        at = next
      } else at = afterKey
      before = key
      at = skipBlanks(bytes, at)
      if (bytes[at] !== 58) return wrong(at, end, 'expected :')
      at = values.scan(bytes, skipBlanks(bytes, at + 1), end)
      if (at < 0) return at
      if (key >= 0 && key < width) {
        const cell = base + key
        const { kind } = values
        if (kinds[cell] === ABSENT) {
          kinds[cell] = kind
          valueStarts[cell] = values.start
          valueEnds[cell] = values.end
          if (isBad(kind)) scanner.hasBadValue = true
        } else {
          kinds[cell] = TWICE
          scanner.hasBadValue = true
        }
      }
      at = skipBlanks(bytes, at)
      const byte = bytes[at]
      if (byte === 125) return at + 1
      if (byte !== 44) return wrong(at, end, 'expected , or }')
      at = skipBlanks(bytes, at + 1)
    }
  }

  const scanner: RecordScanner = { hasBadValue: false, hasBadKey: false, scan }
  return scanner
}

/** Past blanks; 0 after the last byte ends them. */
export function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    const byte = bytes[at] as number
    if (byte > 32 || (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9)) return at
    at += 1
  }
}

/** The place after the closing quote where `key` stands at `at`; 0 where it does not. */
function matchKey(bytes: Buffer, at: number, key: Uint8Array): number {
  const { length } = key
  for (let index = 0; index < length; index += 1) if (bytes[at + index] !== key[index]) return 0
  return bytes[at + length] === 34 ? at + length + 1 : 0
}
