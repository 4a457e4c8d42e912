import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'

import type { Compressors } from 'hyparquet'
import { decompressLz4, decompressLz4Raw, decompressSnappy } from 'hyparquet-compressors'

/** What a page is compressed with. The runtime's own where it has one; none gives more than the page says it holds. */
export const DECOMPRESSORS: Compressors = Object.freeze({
  SNAPPY: decompressSnappy,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  GZIP: (bytes: Uint8Array, length: number) => gunzipSync(bytes, limit(length)),
  BROTLI: (bytes: Uint8Array, length: number) => brotliDecompressSync(bytes, limit(length)),
  ZSTD: (bytes: Uint8Array, length: number) => zstdDecompressSync(bytes, limit(length)),
})

function limit(length: number): { readonly maxOutputLength: number } {
  return { maxOutputLength: Math.max(1, length) }
}
