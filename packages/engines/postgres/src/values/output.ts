/** First bytes of a COPY in binary form: the signature, no flags, no extension. */
export const SIGNATURE: Buffer = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

const COPY_DATA = 0x64
/** The message's letter and its length, which counts itself. */
const HEAD_BYTES = 5
const FIRST_BYTES = 1 << 17
/** A message of this size asks for one like it; a wider one was an exception. */
const MAX_KEPT_BYTES = 1 << 21

/** Bytes of CopyData messages in the making. `reserve` first, then write at `at`. */
export interface Output {
  view: DataView
  at: number
  reserve(bytes: number): void
  /** Writes the length that stands before a value; -1 is NULL. */
  length(bytes: number): void
  text(text: string): void
  bytes(bytes: Uint8Array): void
  signature(): void
  /** The message of what was written; the next one starts. */
  frame(): Buffer
}

export function createOutput(): Output {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES)
  const view = (): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  const out: Output = {
    view: view(),
    at: HEAD_BYTES,
    reserve: (bytes) => {
      if (buffer.length - out.at >= bytes) return
      const wider = Buffer.allocUnsafe(Math.max(buffer.length * 2, out.at + bytes))
      buffer.copy(wider, 0, 0, out.at)
      buffer = wider
      out.view = view()
    },
    length: (bytes) => {
      out.view.setInt32(out.at, bytes)
      out.at += 4
    },
    text: (text) => {
      // A code unit of UTF-16 is at most three bytes of UTF-8. The rest of the row has room as before.
      out.reserve(RESERVE_AFTER + text.length * 3)
      let bytes = text.length <= SHORT_TEXT ? writeAscii(buffer, out.at + 4, text) : -1
      if (bytes < 0) bytes = buffer.write(text, out.at + 4, 'utf8')
      out.length(bytes)
      out.at += bytes
    },
    bytes: (bytes) => {
      out.reserve(RESERVE_AFTER + bytes.length)
      out.length(bytes.length)
      buffer.set(bytes, out.at)
      out.at += bytes.length
    },
    signature: () => {
      SIGNATURE.copy(buffer, out.at)
      out.at += SIGNATURE.length
    },
    frame: () => {
      buffer[0] = COPY_DATA
      out.view.setInt32(1, out.at - 1)
      const frame = buffer.subarray(0, out.at)
      // The socket may hold on to what it was given.
      buffer = Buffer.allocUnsafe(Math.min(Math.max(FIRST_BYTES, frame.length), MAX_KEPT_BYTES))
      out.view = view()
      out.at = HEAD_BYTES
      return frame
    },
  }
  return out
}

/** Room for the values of fixed size behind a text: 1,600 columns are the most a table has. */
const RESERVE_AFTER = 4 + 1600 * 40

/** Calling out of JavaScript for a text of this length or less takes longer than writing it here. */
const SHORT_TEXT = 32

/** Writes a text of ASCII alone; -1 for any other. */
function writeAscii(buffer: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return -1
    buffer[at + index] = code
  }
  return text.length
}
