import { join } from 'node:path'

import type {
  DiscoverRequest,
  FileScan,
  InputColumn,
  InputFile,
  LoadedBatch,
  Loader,
  PluginHost,
  ResolvedOptions,
} from '@qarion/core'
import { toLoaderOptions } from '@qarion/kit-files'

import { toDatabaseSettings } from './database-options.ts'
import { readSource, type SourceRead } from './read-source.ts'
import { createRowReader } from './row-reader.ts'
import { readSpool } from './spool.ts'
import { createWatermark } from './watermark.ts'

/**
 * The loader of tables and queries: what one read gives is one delivery. It is kept in a file until it is loaded, so
 * that the database is asked once. Throws QRN-DATABASE-001 for options that make no sense.
 */
export function createDatabaseLoader(
  host: Pick<PluginHost, 'openEngine' | 'temporaryDirectory'>,
  options: ResolvedOptions,
): Loader {
  const settings = toDatabaseSettings(options)
  const load = toLoaderOptions(options)
  const reads = new Map<string, SourceRead>()

  const discover = async (request?: DiscoverRequest): Promise<readonly InputFile[]> => {
    const asked = request ?? NOTHING_KNOWN
    const watermark = settings.watermark && createWatermark(settings.watermark, asked.columns, load)
    const engine = await host.openEngine(settings.engine)
    const session = await engine.open('read')
    try {
      const name = `${settings.label}@${asked.previous.length + 1}`
      const path = join(await host.temporaryDirectory(), 'rows.jsonl')
      const read = await readSource(session, path, settings, asked, watermark)
      if (!read.isNew) return []
      reads.set(path, read)
      const { sizeBytes } = read
      return [{ path, name, sizeBytes, modifiedAtMs: Date.now(), captures: {} }]
    } finally {
      await session.close()
    }
  }

  const scan = async (file: InputFile, columns: readonly InputColumn[]): Promise<FileScan> => {
    const { contentHash, rowCount, bookmark } = reads.get(file.path) as SourceRead
    return {
      format: 'database',
      file,
      contentHash,
      rowCount,
      isClean: false,
      columns: columns.map((column, fieldIndex) => ({ column, fieldIndex })),
      settings: {},
      ...(bookmark === undefined ? {} : { bookmark }),
    }
  }

  async function* read(
    { file, columns }: FileScan,
    signal: AbortSignal,
  ): AsyncGenerator<LoadedBatch> {
    const readRows = createRowReader(
      columns.map(({ column }) => column),
      load,
    )
    let firstRow = 1
    for await (const texts of readSpool(file.path, signal)) {
      yield readRows(texts, firstRow)
      firstRow += texts[0]?.length ?? 0
    }
  }

  return { discover, scan, read }
}

const NOTHING_KNOWN: DiscoverRequest = Object.freeze({
  columns: [],
  primaryKey: [],
  previous: [],
  signal: new AbortController().signal,
})
