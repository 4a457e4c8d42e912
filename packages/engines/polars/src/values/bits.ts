/** Arrow marks values by bits, batches of Qarion by bytes. */

/** One bit per byte that is not 0, lowest first. */
export function packBits(bytes: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let index = 0; index < length; index += 1) {
    if (bytes[index] !== 0) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7))
  }
  return bits
}

/** One byte, 0 or 1, per bit. */
export function unpackBits(bits: Uint8Array, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index += 1) {
    const at = index + offset
    bytes[index] = ((bits[at >> 3] as number) >> (at & 7)) & 1
  }
  return bytes
}

export interface NullBits {
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
}

/** Arrow's bitmap of values that are there, from a test for each row. */
export function packNulls(isNull: (index: number) => boolean, length: number): NullBits {
  const nullBitmap = new Uint8Array((length + 7) >> 3)
  let nullCount = 0
  for (let index = 0; index < length; index += 1) {
    if (isNull(index)) nullCount += 1
    else nullBitmap[index >> 3] = (nullBitmap[index >> 3] as number) | (1 << (index & 7))
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}

/** Bytes that mark NULL, or `undefined` where none is. */
export function unpackNulls(
  bitmap: Uint8Array | undefined,
  offset: number,
  length: number,
  nullCount: number,
): Uint8Array | undefined {
  if (nullCount === 0 || bitmap === undefined || bitmap.length === 0) return undefined
  const isThere = unpackBits(bitmap, offset, length)
  for (let index = 0; index < length; index += 1) isThere[index] = (isThere[index] as number) ^ 1
  return isThere
}
