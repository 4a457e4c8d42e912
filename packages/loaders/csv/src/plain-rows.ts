const LF = 10
const LF_WORD = 0x0a0a0a0a
const LOW_BITS = 0x7f7f7f7f
const LOWEST_BITS = 0x01010101

/** End of the last line before the first quote, CR or NUL in the bytes from `start` to, not with, `end`. */
export function plainEnd(bytes: Buffer, start: number, end: number, quote: string): number {
  let plain = bytes.subarray(start, end)
  for (const special of [...(quote === '' ? [] : [quote.charCodeAt(0)]), 0, 13]) {
    const at = plain.indexOf(special)
    if (at >= 0) plain = plain.subarray(0, at)
  }
  return start + plain.lastIndexOf(LF) + 1
}

/**
 * Rows from `start` with exactly `fieldCount` fields, up to the first that has another number of them, and where they
 * end. Every delimiter counts: there are no quotes, and `end` is the end of a line. Words of four bytes are looked at
 * at once; `bytes` must start its buffer.
 */
export function countPlainRows(
  bytes: Buffer,
  start: number,
  end: number,
  delimiter: string,
  fieldCount: number,
): { readonly rowCount: number; readonly end: number } {
  const words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2)
  const code = delimiter.charCodeAt(0)
  const delimiterWord = Math.imul(code, LOWEST_BITS)
  const wanted = fieldCount - 1
  let rowCount = 0
  let rowEnd = start
  let delimiters = 0
  let at = start
  while (at < end) {
    if ((at & 3) === 0) {
      const lastWord = end >> 2
      let index = at >> 2
      for (; index < lastWord; index += 1) {
        const word = words[index] as number
        const newlines = word ^ LF_WORD
        if (((newlines - LOWEST_BITS) & ~newlines & ~LOW_BITS) !== 0) break
        const others = word ^ delimiterWord
        // The high bit of each byte that is the delimiter; exact, unlike the shorter test above.
        const hits = ~(((others & LOW_BITS) + LOW_BITS) | others | LOW_BITS)
        if (hits !== 0) delimiters += Math.imul(hits >>> 7, LOWEST_BITS) >>> 24
      }
      at = index << 2
      if (at >= end) break
    }
    // A word with a line feed in it, or what is left before and after the words, byte by byte.
    const stop = Math.min(end, (at | 3) + 1)
    for (; at < stop; at += 1) {
      const byte = bytes[at]
      if (byte === code) delimiters += 1
      else if (byte === LF) {
        if (delimiters !== wanted) return { rowCount, end: rowEnd }
        delimiters = 0
        rowCount += 1
        rowEnd = at + 1
      }
    }
  }
  return { rowCount, end: rowEnd }
}
