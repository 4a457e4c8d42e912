import { createHash } from 'node:crypto'

import type { InputFile } from '@qarion/core'
import { readChunks, type Compression } from '@qarion/kit-files'

import {
  createStructureScan,
  type CsvStructure,
  type StructureScanOptions,
} from './scan-structure.ts'

export interface ScannedFile {
  readonly structure: CsvStructure
  readonly contentHash: string
}

/** Hash of the bytes as they lie in the file, and structure of what they hold. */
export async function scanFile(
  { path, name }: InputFile,
  options: StructureScanOptions,
  { compression, signal }: { readonly compression: Compression; readonly signal: AbortSignal },
): Promise<ScannedFile> {
  const hash = createHash('sha256')
  const scan = createStructureScan(options)
  const onFileBytes = (bytes: Uint8Array): void => void hash.update(bytes)
  const reading = { name, signal, compression, onFileBytes }
  for await (const chunk of readChunks(path, reading)) scan.push(chunk)
  return { structure: scan.finish(), contentHash: hash.digest('hex') }
}
