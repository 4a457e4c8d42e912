/** Fields of a struct by number: integers as numbers, structs as fields; what a page header does not hold is skipped. */
export type ThriftFields = ReadonlyMap<number, number | boolean | ThriftFields>

const BOOLEAN_TRUE = 1
const BOOLEAN_FALSE = 2
const BYTE = 3
const LAST_INTEGER = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12
/** No header has more structs within each other. */
const MAX_DEPTH = 8

/** Reads a struct of the compact protocol. Throws RangeError where the bytes end or make no struct. */
export function readThrift(
  bytes: Uint8Array,
  start: number,
): { readonly fields: ThriftFields; readonly end: number } {
  let at = start

  const byte = (): number => {
    const value = bytes[at]
    if (value === undefined) throw new RangeError('a page header ends too early')
    at += 1
    return value
  }

  const unsigned = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const next = byte()
      value += (next & 0x7f) * 2 ** shift
      if (next < 0x80) return value
    }
    throw new RangeError('a page header holds a number without end')
  }

  const signed = (): number => {
    const value = unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  const skip = (length: number): void => {
    if (at + length > bytes.length) throw new RangeError('a page header ends too early')
    at += length
  }

  const readValue = (type: number, depth: number): number | boolean | ThriftFields | undefined => {
    if (type === BOOLEAN_TRUE || type === BOOLEAN_FALSE) return type === BOOLEAN_TRUE
    if (type === BYTE) return byte()
    if (type > BYTE && type <= LAST_INTEGER) return signed()
    if (type === DOUBLE) skip(8)
    else if (type === BINARY) skip(unsigned())
    else if (type === STRUCT) return readFields(depth + 1)
    else if (type === LIST || type === SET) {
      const head = byte()
      const count = head >> 4 === 15 ? unsigned() : head >> 4
      // Booleans in a list take a byte each.
      for (let item = 0; item < count; item += 1)
        if ((head & 15) <= BOOLEAN_FALSE) byte()
        else readValue(head & 15, depth)
    } else throw new RangeError(`a page header holds a field of type ${type}`)
    return undefined
  }

  const readFields = (depth: number): ThriftFields => {
    if (depth > MAX_DEPTH) throw new RangeError('a page header has no end')
    const fields = new Map<number, number | boolean | ThriftFields>()
    let id = 0
    for (;;) {
      const head = byte()
      if (head === 0) return fields
      id = head >> 4 === 0 ? signed() : id + (head >> 4)
      const value = readValue(head & 15, depth)
      if (value !== undefined) fields.set(id, value)
    }
  }

  const fields = readFields(0)
  return { fields, end: at }
}
