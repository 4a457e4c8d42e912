import type { ColumnBatch, ExportedFile, ExportRequest } from '@qarion/core'

import { compressContent, type WriteCompression } from './compress.ts'
import { writeFileAtomically, type FileContent } from './write-file.ts'

/**
 * Writes what `print` makes of the batches as a file that appears whole or not at all, and counts its rows. One batch at
 * a time is taken, when the one before is on its way to the disk.
 */
export async function writeExport(
  { path, batches, signal }: ExportRequest,
  print: (batches: AsyncIterable<ColumnBatch>) => FileContent,
  compression: WriteCompression = 'none',
): Promise<ExportedFile> {
  let rowCount = 0
  async function* counted(): AsyncGenerator<ColumnBatch> {
    for await (const batch of batches) {
      signal.throwIfAborted()
      rowCount += batch.rowCount
      yield batch
    }
  }
  const content = compressContent(print(counted()), compression)
  const written = await writeFileAtomically(path, content, { signal })
  return { path, rowCount, ...written }
}
