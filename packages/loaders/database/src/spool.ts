import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { ROWS_PER_BATCH, valueAt, type ColumnBatch } from '@qarion/core'

/** Rows as text, column by column. */
export type TextColumns = readonly (readonly (string | null)[])[]

export interface Spooled {
  readonly path: string
  readonly rowCount: number
  readonly sizeBytes: number
  /** SHA-256 of what was written, hexadecimal. */
  readonly contentHash: string
}

/**
 * Writes rows to a file: a line of JSON per batch, in it a list per column. Batches are made anew, so that the same rows
 * give the same bytes in whatever portions they come. `isKept` is asked for each row.
 */
export async function writeSpool(
  path: string,
  batches: AsyncIterable<ColumnBatch>,
  columnCount: number,
  isKept: (texts: readonly (string | null)[]) => boolean,
): Promise<Spooled> {
  const hash = createHash('sha256')
  let rowCount = 0
  let sizeBytes = 0
  async function* lines(): AsyncGenerator<Buffer> {
    let columns = emptyColumns(columnCount)
    const take = (): Buffer => {
      const line = Buffer.from(`${JSON.stringify(columns)}\n`)
      hash.update(line)
      sizeBytes += line.length
      columns = emptyColumns(columnCount)
      return line
    }
    for await (const batch of batches) {
      for (let row = 0; row < batch.rowCount; row += 1) {
        const texts = batch.columns.map((vector) => valueAt(vector, row) as string | null)
        if (!isKept(texts)) continue
        for (let column = 0; column < columnCount; column += 1)
          columns[column]?.push(texts[column] ?? null)
        rowCount += 1
        if (columns[0]?.length === ROWS_PER_BATCH) yield take()
      }
    }
    if ((columns[0]?.length ?? 0) > 0) yield take()
  }
  await pipeline(
    Readable.from(lines(), { objectMode: true, highWaterMark: 1 }),
    createWriteStream(path),
  )
  return { path, rowCount, sizeBytes, contentHash: hash.digest('hex') }
}

/** The rows of a file that `writeSpool` wrote, batch by batch. */
export async function* readSpool(path: string, signal: AbortSignal): AsyncGenerator<TextColumns> {
  let parts: Buffer[] = []
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    let from = 0
    // By bytes: other readers of lines also end them at characters that JSON leaves in its texts.
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)])
      parts = []
      from = end + 1
      yield JSON.parse(line.toString()) as TextColumns
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
}

const LINE_FEED = 10

function emptyColumns(count: number): (string | null)[][] {
  return Array.from({ length: count }, () => [])
}
