import type { RowTexts } from '../csv/row-text.ts'

const PIECE_BYTES = 1 << 18
/** A code unit takes no more in UTF-8. */
const BYTES_PER_UNIT = 3

/** Texts of rows in pieces that cross threads without being copied; a text that is larger is one by itself. */
export function* textPieces(rows: Iterable<string>): Generator<RowTexts, void, undefined> {
  let bytes = Buffer.allocUnsafeSlow(PIECE_BYTES)
  let end = 0
  let rowCount = 0
  const finish = (nextBytes: number): RowTexts => {
    const piece = { rowCount, bytes: bytes.subarray(0, end) }
    bytes = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, nextBytes))
    end = 0
    rowCount = 0
    return piece
  }
  for (const row of rows) {
    const most = row.length * BYTES_PER_UNIT
    if (end + most > bytes.length) {
      const piece = finish(most)
      if (piece.rowCount > 0) yield piece
    }
    end += bytes.write(row, end)
    rowCount += 1
  }
  if (rowCount > 0) yield finish(0)
}
