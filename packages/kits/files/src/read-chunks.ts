import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

import { classifyFileError } from './classify-file-error.ts'

export type Compression = 'auto' | 'none' | 'gzip'

export interface ReadChunksOptions {
  /** Most bytes per chunk; 1 MiB if absent. */
  readonly chunkBytes?: number
  /** `auto`, the default, goes by the ending `.gz`. */
  readonly compression?: Compression
  readonly signal?: AbortSignal
}

/**
 * The content of a file in chunks, decompressed. Nothing is read ahead but one chunk. A chunk is valid until the next
 * one is asked for: buffers are used again, so that a large file leaves nothing to collect. Throws what `classifyFileError` makes of errors.
 */
export async function* readChunks(
  path: string,
  options: ReadChunksOptions = {},
): AsyncGenerator<Uint8Array> {
  try {
    yield* isCompressed(path, options.compression)
      ? readCompressed(path, options)
      : readPlain(path, options)
  } catch (cause) {
    throw classifyFileError(cause, path)
  }
}

/** Whether `readChunks` decompresses the file. */
export function isCompressed(path: string, compression: Compression = 'auto'): boolean {
  return compression === 'gzip' || (compression === 'auto' && path.toLowerCase().endsWith('.gz'))
}

async function* readPlain(path: string, options: ReadChunksOptions): AsyncGenerator<Uint8Array> {
  const { chunkBytes = 1 << 20, signal } = options
  const file = await open(path)
  let [buffer, spare] = [chunkBytes, chunkBytes].map((bytes) => Buffer.allocUnsafeSlow(bytes)) as [
    Buffer,
    Buffer,
  ]
  const readNext = async (): Promise<Uint8Array> => {
    const into = buffer
    ;[buffer, spare] = [spare, buffer]
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
      yield chunk
    }
  } finally {
    // The read ahead must have ended before its file is closed; its error is nobody's any more.
    await next.catch(() => undefined)
    await file.close()
  }
}

async function* readCompressed(
  path: string,
  options: ReadChunksOptions,
): AsyncGenerator<Uint8Array> {
  const { chunkBytes = 1 << 20, signal } = options
  const plain = createGunzip({ chunkSize: Math.max(64, chunkBytes) })
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  // An error of either stream reaches the loop below through `plain`.
  pipeline(source, plain, () => undefined)
  for await (const chunk of plain) {
    signal?.throwIfAborted()
    yield chunk as Uint8Array
  }
}
