import type { ColumnBatch, ExportedFile, ExportRequest } from '@qarion/core'

import { compressContent, type WriteCompression } from './compress.ts'
import { writeFileAtomically, type FileContent } from './write-file.ts'

/**
 * Writes what `print` makes of the batches as a file that appears whole or not at all, and counts its rows. One batch is
 * read ahead: an engine that reads on a thread of its own works while this one prints.
 */
export async function writeExport(
  { path, batches, signal }: ExportRequest,
  print: (batches: AsyncIterable<ColumnBatch>) => FileContent,
  compression: WriteCompression = 'none',
): Promise<ExportedFile> {
  let rowCount = 0
  async function* counted(): AsyncGenerator<ColumnBatch> {
    for await (const batch of readAhead(batches)) {
      signal.throwIfAborted()
      rowCount += batch.rowCount
      yield batch
    }
  }
  const content = compressContent(print(counted()), compression)
  const written = await writeFileAtomically(path, content, { signal })
  return { path, rowCount, ...written }
}

async function* readAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const source = items[Symbol.asyncIterator]()
  const readNext = (): Promise<IteratorResult<Item>> => {
    const next = source.next()
    // A failure that nobody awaits yet is no unhandled one: it is awaited below.
    next.catch(() => undefined)
    return next
  }
  let next = readNext()
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) return
      next = readNext()
      yield value
    }
  } finally {
    await next.catch(() => undefined)
    await source.return?.()
  }
}
