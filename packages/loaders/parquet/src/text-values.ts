import { isUtf8 } from 'node:buffer'

import { valueProblem, type ValueProblem } from '@qarion/core'

/** A text of a file that is none of ours: why, and what can be shown of it. */
export interface BadText extends ValueProblem {
  readonly text: string
}

/**
 * Decodes texts. Made once per reading, for it keeps a view of the bytes that the last text came from: one view for a
 * page of texts instead of one for each.
 */
export function createTextDecoder(): (bytes: Uint8Array) => string | BadText {
  let page: Buffer = Buffer.alloc(0)
  return (bytes) => {
    if (page.buffer !== bytes.buffer) page = Buffer.from(bytes.buffer as ArrayBuffer)
    const start = bytes.byteOffset
    const text = page.toString('utf8', start, start + bytes.length)
    if (text.includes('\0')) return badText('holds a NUL character', text)
    // What cannot be decoded reads as U+FFFD, which a text may also hold by itself.
    if (text.includes('\ufffd') && !isUtf8(bytes)) return badText('not UTF-8', text)
    return text
  }
}

function badText(reason: string, text: string): BadText {
  return Object.freeze({ ...valueProblem(reason), text })
}

/** The sixteen bytes of a UUID as its text. */
export function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
