/**
 * The part of a file that is looked at: `bytes` from `position` to `filled`. One byte more is there for the 0 that
 * ends the loops over it.
 */
export interface ByteWindow {
  bytes: Buffer
  position: number
  filled: number
  /** The bytes before `filled`. */
  view: Buffer
}

export function createByteWindow(): ByteWindow {
  const bytes = Buffer.alloc(1 << 16)
  return { bytes, position: 0, filled: 0, view: bytes.subarray(0, 0) }
}

/** Lets go of what lies before `position` and adds `chunk` at the end. */
export function pushBytes(window: ByteWindow, chunk: Uint8Array): void {
  const { bytes, position, filled } = window
  const left = filled - position
  const needed = left + chunk.length + 1
  if (needed > bytes.length) {
    window.bytes = Buffer.alloc(Math.max(needed, bytes.length * 2))
    bytes.copy(window.bytes, 0, position, filled)
  } else if (position > 0) bytes.copyWithin(0, position, filled)
  window.bytes.set(chunk, left)
  window.position = 0
  window.filled = left + chunk.length
  window.view = window.bytes.subarray(0, window.filled)
}
