import { open } from 'node:fs/promises'

import type { OptionDescriptor } from '@qarion/core'

import { classifyFileError } from './classify-file-error.ts'

/** How a file is compressed. */
export type Compression = 'none' | 'gzip' | 'zstd'

/** What may be declared; `auto` goes by the file's first bytes, whatever its name. */
export type CompressionChoice = 'auto' | Compression

/** The load option of loaders whose files may be compressed as a whole. */
export const COMPRESSION_OPTION: OptionDescriptor = Object.freeze({
  name: 'compression',
  type: 'choice',
  description: 'How files are compressed; auto goes by their first bytes.',
  choices: ['auto', 'none', 'gzip', 'zstd'],
  default: 'auto',
  isAdvanced: true,
} satisfies OptionDescriptor)

/** The pattern of a format's files and those of its compressed ones. */
export function withCompressed(pattern: string): string[] {
  return [pattern, `${pattern}.gz`, `${pattern}.zst`]
}

const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** A skippable frame of zstd: its first byte may end in any hexadecimal digit. */
const ZSTD_SKIPPABLE = Buffer.from([0x2a, 0x4d, 0x18])

/** What `choice` means for one file, which messages call `name`. No text in UTF-8 starts with the first bytes of compressed data. */
export async function resolveCompression(
  path: string,
  choice: CompressionChoice,
  name: string = path,
): Promise<Compression> {
  if (choice !== 'auto') return choice
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
      return compressionOf(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw classifyFileError(cause, name)
  }
}

/** The compression that the first four bytes of a file tell. */
export function compressionOf(start: Buffer): Compression {
  if (start.subarray(0, 2).equals(GZIP)) return 'gzip'
  const isSkippable = (start[0] ?? 0) >> 4 === 5 && start.subarray(1).equals(ZSTD_SKIPPABLE)
  return start.equals(ZSTD) || isSkippable ? 'zstd' : 'none'
}
