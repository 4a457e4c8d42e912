import {
  ROWS_PER_BATCH,
  type FileScan,
  type InputColumn,
  type InputFile,
  type LoadedBatch,
  type Loader,
  type PluginHost,
  type ResolvedOptions,
} from '@qarion/core'
import {
  discoverLoadFiles,
  readPieces,
  resolveCompression,
  toLoaderOptions,
  withCompressed,
} from '@qarion/kit-files'

import { createBatchReader } from './batch-reader.ts'
import { jsonError } from './json-errors.ts'
import { toJsonForm } from './json-options.ts'
import { keysOf, settingsOf, toJsonSettings } from './json-settings.ts'
import { matchColumns } from './match-columns.ts'
import { createRecordTokenizer } from './record-tokenizer.ts'
import { CHUNK_BYTES, scanRecords } from './scan-records.ts'

/** What tests vary and nobody configures. */
export interface JsonLoaderTuning {
  /** Bytes looked at at once; 256 KiB if absent. */
  readonly pieceBytes?: number
}

const PATTERNS: readonly string[] = ['*.json', '*.jsonl', '*.ndjson'].flatMap(withCompressed)

/**
 * The loader of JSON files. `options` are those of `JSON_OPTIONS` and `LoaderOptions`. Throws QRN-JSON-001 for options
 * that make no sense.
 */
export function createJsonLoader(
  host: Pick<PluginHost, 'projectDirectory'>,
  options: ResolvedOptions,
  tuning: JsonLoaderTuning = {},
): Loader {
  const form = toJsonForm(options)
  const load = toLoaderOptions(options)
  // Small enough to stay in the processor's cache while its columns are read one by one.
  const { pieceBytes = 1 << 18 } = tuning

  const discover = (): Promise<InputFile[]> =>
    discoverLoadFiles(host.projectDirectory, load, PATTERNS)

  const scan = async (
    file: InputFile,
    columns: readonly InputColumn[],
    signal: AbortSignal,
  ): Promise<FileScan> => {
    const compression = await resolveCompression(file.path, form.compression, file.name)
    const keys = keysOf(columns.map((column) => ({ column })))
    const structure = await scanRecords(file, { form, keys, compression, pieceBytes, signal })
    const { contentHash, recordCount, brokenCount, badValueCount, layout, hasBom } = structure
    return {
      format: 'json',
      file,
      contentHash,
      rowCount: recordCount,
      isClean: brokenCount + badValueCount === 0,
      columns: matchColumns(columns, {
        fileName: file.name,
        structure,
        onExtraColumn: load.onExtraColumn,
      }),
      settings: { ...toJsonSettings(form, { layout, compression, hasBom }, load) },
    }
  }

  async function* read(scanned: FileScan, signal: AbortSignal): AsyncGenerator<LoadedBatch> {
    const { path, name } = scanned.file
    const settings = settingsOf(scanned)
    const tokenizer = createRecordTokenizer({
      form: settings,
      keys: keysOf(scanned.columns),
      fileName: name,
      maxRecords: ROWS_PER_BATCH,
    })
    const reader = createBatchReader(scanned)
    function* batches(isLast: boolean): Generator<LoadedBatch> {
      for (;;) {
        const records = tokenizer.next(isLast)
        if (records === undefined) return
        yield reader.read(records)
      }
    }
    const { compression } = settings
    const reading = { name, compression, signal, pieceBytes, chunkBytes: CHUNK_BYTES }
    for await (const piece of readPieces(path, reading)) {
      tokenizer.push(piece)
      yield* batches(false)
    }
    yield* batches(true)
    if (reader.recordCount !== scanned.rowCount)
      throw jsonError(
        'QRN-JSON-010',
        'data',
        `${name} changed while it was read: ${scanned.rowCount} records at first, then ${reader.recordCount}.`,
        { place: { file: name } },
      )
  }

  return { discover, scan, read }
}
