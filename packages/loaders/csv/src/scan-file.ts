import { createHash } from 'node:crypto'

import type { InputFile } from '@qarion/core'
import { isCompressed, readChunks } from '@qarion/kit-files'

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
  file: InputFile,
  options: StructureScanOptions,
  signal: AbortSignal,
): Promise<ScannedFile> {
  const { compression } = options.dialect
  const hash = createHash('sha256')
  const scan = createStructureScan(options)
  if (isCompressed(file.path, compression)) {
    for await (const chunk of readChunks(file.path, { signal, compression: 'none' }))
      hash.update(chunk)
    for await (const chunk of readChunks(file.path, { signal, compression })) scan.push(chunk)
  } else {
    for await (const chunk of readChunks(file.path, { signal, compression: 'none' })) {
      hash.update(chunk)
      scan.push(chunk)
    }
  }
  return { structure: scan.finish(), contentHash: hash.digest('hex') }
}
