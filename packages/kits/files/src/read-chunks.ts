import { open } from 'node:fs/promises'

import { classifyFileError } from './classify-file-error.ts'
import { resolveCompression, type CompressionChoice } from './compression.ts'
import { decompress } from './decompress.ts'

export interface ReadChunksOptions {
  /** What messages call the file, such as its path within the project; the path if absent. */
  readonly name?: string
  /** Most bytes per chunk; 1 MiB if absent. */
  readonly chunkBytes?: number
  /** `auto` if absent. */
  readonly compression?: CompressionChoice
  readonly signal?: AbortSignal
  /** Sees the bytes as they lie in the file, for a hash of them. */
  readonly onFileBytes?: (chunk: Uint8Array) => void
}

/** Compressed bytes read at once: they become several times as many. */
const COMPRESSED_CHUNK_BYTES = 1 << 18

/**
 * The content of a file in chunks, decompressed. Nothing is read ahead but one chunk. A chunk is valid until the next
 * one is asked for: buffers are used again, so that a large file leaves nothing to collect. Throws what
 * `classifyFileError` makes of errors, and QRN-FILE-009 for compressed data that is damaged.
 */
export async function* readChunks(
  path: string,
  options: ReadChunksOptions = {},
): AsyncGenerator<Uint8Array> {
  const { name = path, chunkBytes = 1 << 20, signal } = options
  try {
    const compression = await resolveCompression(path, options.compression ?? 'auto', name)
    if (compression === 'none') {
      yield* readPlain(path, { chunkBytes, buffers: 'reused' }, options)
      return
    }
    // zlib may still work on a chunk when it asks for the next.
    const source = readPlain(path, { chunkBytes: COMPRESSED_CHUNK_BYTES, buffers: 'new' }, options)
    try {
      // zlib asks for 64 bytes at least.
      const request = { name, compression, chunkBytes: Math.max(64, chunkBytes) }
      for await (const chunk of decompress(source, request)) {
        signal?.throwIfAborted()
        yield chunk
      }
    } finally {
      await source.return(undefined)
    }
  } catch (cause) {
    throw classifyFileError(cause, name)
  }
}

/** The same in pieces that stay in the processor's cache while they are looked at several times. */
export async function* readPieces(
  path: string,
  { pieceBytes, ...options }: ReadChunksOptions & { readonly pieceBytes: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of readChunks(path, options))
    for (let from = 0; from < chunk.length; from += pieceBytes)
      yield chunk.subarray(from, from + pieceBytes)
}

async function* readPlain(
  path: string,
  { chunkBytes, buffers }: { readonly chunkBytes: number; readonly buffers: 'reused' | 'new' },
  { signal, onFileBytes }: ReadChunksOptions,
): AsyncGenerator<Uint8Array> {
  const file = await open(path)
  // One is read into while the other is looked at.
  const used: Buffer[] = []
  const readNext = async (): Promise<Uint8Array> => {
    const into =
      (used.length === 2 ? used.shift() : undefined) ?? Buffer.allocUnsafeSlow(chunkBytes)
    if (buffers === 'reused') used.push(into)
    const { bytesRead } = await file.read(into, 0, chunkBytes)
    return into.subarray(0, bytesRead)
  }
  let next = readNext()
  try {
    for (;;) {
      signal?.throwIfAborted()
      const chunk = await next
      if (chunk.length === 0) return
      next = readNext()
      onFileBytes?.(chunk)
      yield chunk
    }
  } finally {
    // The read ahead must have ended before its file is closed; its error is nobody's any more.
    await next.catch(() => undefined)
    await file.close()
  }
}
