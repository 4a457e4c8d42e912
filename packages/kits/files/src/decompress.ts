import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

import type { QarionError } from '@qarion/core'

import { systemCodeOf } from './classify-file-error.ts'
import { compressionOf, type Compression } from './compression.ts'
import { fileError } from './files-errors.ts'

/** A stream of zlib; `bytesWritten` is how much of its input it has used. */
interface Decompressor extends Transform {
  readonly bytesWritten: number
}

const DECOMPRESSORS: Readonly<
  Record<Exclude<Compression, 'none'>, (chunkBytes: number) => Decompressor>
> = {
  gzip: (chunkBytes) => createGunzip({ chunkSize: chunkBytes }),
  zstd: (chunkBytes) => createZstdDecompress({ chunkSize: chunkBytes }),
}

export interface DecompressOptions {
  /** Of the file, for messages. */
  readonly name: string
  readonly compression: Exclude<Compression, 'none'>
  readonly chunkBytes: number
}

/**
 * What compressed bytes hold: all members of a gzip file, all frames of a zstd file. Node's streams end silently after
 * the first frame of zstd and before zeros that follow a gzip member, so each is followed by a stream for the rest.
 * Throws QRN-FILE-009, with the offset, for bytes that are cut off, damaged, or something else at any place.
 */
export async function* decompress(
  source: AsyncIterator<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const input = createInput(source)
  let offset = 0
  do {
    const stream = DECOMPRESSORS[options.compression](options.chunkBytes)
    const feeding = feed(stream, input)
    try {
      for await (const chunk of stream) yield chunk as Uint8Array
      await feeding
    } catch (cause) {
      throw damagedFile(cause, offset + stream.bytesWritten, input.start(), options)
    } finally {
      stream.destroy()
    }
    offset += stream.bytesWritten
  } while (input.hasRest())
}

interface Input {
  next(): Promise<Uint8Array | undefined>
  /** Puts back what was not used of the chunk given last. */
  putBack(rest: Uint8Array): void
  hasRest(): boolean
  /** The first bytes of all. */
  start(): Uint8Array
}

function createInput(source: AsyncIterator<Uint8Array>): Input {
  let rest: Uint8Array | undefined
  let start: Uint8Array | undefined
  return {
    next: async () => {
      const held = rest
      rest = undefined
      if (held !== undefined) return held
      const { value, done } = await source.next()
      if (done === true) return undefined
      start ??= value.slice(0, 4)
      return value
    },
    putBack: (unused) => {
      rest = unused
    },
    hasRest: () => rest !== undefined,
    start: () => start ?? new Uint8Array(),
  }
}

/** Feeds a stream, chunk after chunk, until the input ends or the stream leaves something of it. */
async function feed(stream: Decompressor, input: Input): Promise<void> {
  let given = 0
  try {
    for (;;) {
      const chunk = await input.next()
      if (chunk === undefined) {
        stream.end()
        return
      }
      given += chunk.length
      if (!(await write(stream, chunk))) return
      const left = given - stream.bytesWritten
      if (left > 0) {
        input.putBack(chunk.subarray(chunk.length - left))
        return
      }
    }
  } catch (cause) {
    stream.destroy(cause as Error)
  }
}

/** Resolves once the chunk is used as far as it will be; to false where the stream has been closed. */
function write(stream: Decompressor, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = (): void => resolve(false)
    stream.once('close', onClose)
    stream.write(chunk, (error) => {
      stream.off('close', onClose)
      resolve(error === null || error === undefined)
    })
  })
}

const WRONG_START = new Set(['incorrect header check', 'Unknown frame descriptor'])

function damagedFile(
  cause: unknown,
  byteOffset: number,
  start: Uint8Array,
  { name, compression }: DecompressOptions,
): unknown {
  const code = systemCodeOf(cause)
  if (!code.startsWith('Z_') && !code.startsWith('ZSTD_')) return cause
  const { message } = cause as Error
  const make = (what: string, hint?: string): QarionError =>
    fileError('QRN-FILE-009', 'data', `${name} ${what}.`, {
      cause,
      place: { file: name },
      data: { byteOffset },
      ...(hint === undefined ? {} : { hint }),
    })
  if (code === 'Z_BUF_ERROR')
    return make(`is cut off: it ends at byte ${byteOffset}, before its ${compression} data does`)
  if (code === 'ZSTD_error_frameParameter_windowTooLarge')
    return make(
      `needs more memory than it may take: its window is larger than 128 MiB`,
      'Compress it with a smaller window: zstd --long=27 or without --long.',
    )
  if (!WRONG_START.has(message))
    return make(`is damaged: ${compression} reports "${message}" after byte ${byteOffset}`)
  return compressionOf(Buffer.from(start)) !== compression
    ? make(
        `is not ${compression}`,
        'Set compression = "auto", which goes by the first bytes of each file, or fetch the file again.',
      )
    : make(`holds something else than ${compression} data after byte ${byteOffset}`)
}
