import { pipeline, Readable } from 'node:stream'
import { createGzip, createZstdCompress } from 'node:zlib'

import type { FileContent } from './write-file.ts'

/** How a written file is compressed. */
export const WRITE_COMPRESSIONS = ['none', 'gzip', 'zstd'] as const

export type WriteCompression = (typeof WRITE_COMPRESSIONS)[number]

const CHUNK_BYTES = 1 << 18

const STREAMS = {
  gzip: () => createGzip({ chunkSize: CHUNK_BYTES }),
  zstd: () => createZstdCompress({ chunkSize: CHUNK_BYTES }),
} as const

/** Ending that a compressed file has after the one of its format, with the dot. */
export const COMPRESSION_ENDINGS: Readonly<Record<WriteCompression, string>> = Object.freeze({
  none: '',
  gzip: '.gz',
  zstd: '.zst',
})

/**
 * The content compressed, pulled as it is taken. The same content gives the same bytes, in whatever parts it comes: no
 * time and no name goes into the head. An error of the content comes through as it is.
 */
export function compressContent(content: FileContent, compression: WriteCompression): FileContent {
  return compression === 'none' ? content : compressStream(content, compression)
}

async function* compressStream(
  content: FileContent,
  compression: Exclude<WriteCompression, 'none'>,
): AsyncGenerator<Uint8Array> {
  const packed = STREAMS[compression]()
  const source = Readable.from(evenPieces(content), { objectMode: true, highWaterMark: 1 })
  // An error of either stream reaches the loop below through `packed`.
  pipeline(source, packed, () => undefined)
  for await (const chunk of packed) yield chunk as Uint8Array
}

/** The content in pieces of one size: compressors make other bytes of other pieces. */
async function* evenPieces(content: FileContent): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  let filled = 0
  for await (const part of content) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    for (let from = 0; from < bytes.length;) {
      const some = bytes.subarray(from, from + CHUNK_BYTES - filled)
      piece.set(some, filled)
      filled += some.length
      from += some.length
      if (filled < CHUNK_BYTES) continue
      yield piece
      piece = Buffer.allocUnsafeSlow(CHUNK_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
