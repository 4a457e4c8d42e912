import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'

import { QarionError, rowsOf, type Exporter, type ExportRequest, type Row } from '@qarion/core'

type Fault =
  | 'rounds integers'
  | 'takes empty texts for NULL'
  | 'forgets rows beyond the first batch'
  | 'writes under the final name'
  | 'ignores the signal'
  | 'counts batches for rows'

/** An exporter of its own simple format, a batch per line, with a fault on purpose if asked. */
export function lineExporter(fault?: Fault): () => Exporter {
  return () => ({
    extension: 'lines',
    write: async (request) => {
      const { path, signal } = request
      const aside =
        fault === 'writes under the final name' ? path : `${path.slice(0, 200)}.${randomUUID()}`
      try {
        if (signal.aborted && fault !== 'ignores the signal') throw signal.reason
        await mkdir(dirname(path), { recursive: true })
        const written = await writeLines(aside, request, fault)
        if (aside !== path) await rename(aside, path)
        return { path, ...written }
      } catch (cause) {
        if (aside !== path) await rm(aside, { force: true }).catch(() => undefined)
        throw classify(cause, request)
      }
    },
  })
}

async function writeLines(
  aside: string,
  { batches, signal }: ExportRequest,
  fault: Fault | undefined,
): Promise<{ rowCount: number; sizeBytes: number; contentHash: string }> {
  const hash = createHash('sha256')
  let [rowCount, sizeBytes] = [0, 0]
  const file = await open(aside, 'w')
  try {
    for await (const batch of batches) {
      if (signal.aborted && fault !== 'ignores the signal') throw signal.reason
      if (fault === 'forgets rows beyond the first batch' && rowCount > 0) continue
      const line = `${serialize([...rowsOf(batch)].map((row) => spoil(row, fault))).toString('base64')}\n`
      rowCount += fault === 'counts batches for rows' ? 1 : batch.rowCount
      sizeBytes += line.length
      hash.update(line)
      await file.writeFile(line)
    }
  } finally {
    await file.close()
  }
  return { rowCount, sizeBytes, contentHash: hash.digest('hex') }
}

function spoil(row: Row, fault: Fault | undefined): Row {
  return row.map((value) => {
    if (fault === 'rounds integers' && typeof value === 'bigint') return BigInt(Number(value))
    return fault === 'takes empty texts for NULL' && value === '' ? null : value
  })
}

function classify(cause: unknown, { path, signal }: ExportRequest): unknown {
  if (cause instanceof QarionError) return cause
  const reason = signal.aborted ? 'interrupted' : 'file_system'
  return new QarionError('QRN-TEST-002', reason, `${path} was not written.`, { cause })
}

/** What `lineExporter` wrote. */
export async function readLines(path: string): Promise<readonly Row[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
  return lines.flatMap((line) => deserialize(Buffer.from(line, 'base64')) as Row[])
}
