/** The record holds bytes beyond ASCII. */
export const NON_ASCII = 1
/** What stands there is no record, or its fields cannot be told apart; `Records.broken` says why. */
export const BROKEN = 2
/** A value that is bad whatever the type of its column. */
export const BAD_VALUE = 4

/**
 * Records found in a window of the file, as positions; valid until the tokenizer is used again. The value of key k of
 * record r is of kind `kinds[c]` and spans from `valueStarts[c]` to `valueEnds[c]`, where c is r · width + k; texts
 * without their quotes.
 */
export interface Records {
  readonly bytes: Buffer
  readonly count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Line on which each record starts. */
  readonly lines: Float64Array
  readonly flags: Uint8Array
  /** The flags of all records together. */
  readonly allFlags: number
  /** Declared keys. */
  readonly width: number
  readonly kinds: Uint8Array
  readonly valueStarts: Int32Array
  readonly valueEnds: Int32Array
  /** Why records that are `BROKEN` are, by place in this window. */
  readonly broken: ReadonlyMap<number, string>
  /** The bytes from the first record to the end of the last as Latin-1: one string to cut is faster than decoding values. */
  latin1(): string
  /** Whether all of them are UTF-8. */
  isUtf8(): boolean
}
