import { firstCodePoints } from './code-points.ts'

/** Why a row is rejected that has NULL in a required column. */
export const NULL_IN_REQUIRED = 'NULL in a required column'

const MAX_RAW_BYTES = 64 * 1024
const MAX_TEXT_POINTS = 1000

/** A row from `start` to `end` as a reject keeps it: cut at 64 KiB, not within a character. */
export function rawTextOf(bytes: Buffer, start: number, end: number): string {
  if (end - start <= MAX_RAW_BYTES) return bytes.toString('utf8', start, end)
  let cut = start + MAX_RAW_BYTES
  while (cut > start && ((bytes[cut] as number) & 0xc0) === 0x80) cut -= 1
  return bytes.toString('utf8', start, cut)
}

/** A field's text as a reject keeps it: cut at 1,000 code points. */
export function fieldTextOf(text: string): string {
  return firstCodePoints(text, MAX_TEXT_POINTS)
}
