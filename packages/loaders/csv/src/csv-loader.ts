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
import { csvError } from './csv-errors.ts'
import { toCsvDialect } from './csv-options.ts'
import { isCleanStructure, settingsOf, toCsvSettings } from './csv-settings.ts'
import { matchColumns } from './match-columns.ts'
import { createRowTokenizer } from './row-tokenizer.ts'
import { scanFile } from './scan-file.ts'

/** What tests vary and nobody configures. */
export interface CsvLoaderTuning {
  /** Bytes looked at at once; 256 KiB if absent. */
  readonly pieceBytes?: number
}

/**
 * The loader of CSV files. `options` are those of `CSV_OPTIONS` and `LoaderOptions`. Throws QRN-CSV-001 for options
 * that make no sense.
 */
export function createCsvLoader(
  host: Pick<PluginHost, 'projectDirectory'>,
  options: ResolvedOptions,
  tuning: CsvLoaderTuning = {},
): Loader {
  const dialect = toCsvDialect(options)
  const load = toLoaderOptions(options)
  // Small enough to stay in the processor's cache while its columns are read one by one.
  const { pieceBytes = 1 << 18 } = tuning

  const discover = (): Promise<InputFile[]> =>
    discoverLoadFiles(host.projectDirectory, load, withCompressed('*.csv'))

  const scan = async (
    file: InputFile,
    columns: readonly InputColumn[],
    signal: AbortSignal,
  ): Promise<FileScan> => {
    const fileName = file.name
    const compression = await resolveCompression(file.path, dialect.compression, fileName)
    const found = await scanFile(
      file,
      { dialect, fileName, declaredColumnCount: columns.length },
      { compression, signal },
    )
    const { structure, contentHash } = found
    if (dialect.hasHeader && structure.header === undefined)
      throw csvError('QRN-CSV-002', 'data', `${fileName} is empty: it has no header.`, {
        place: { file: fileName, line: 1 },
      })
    return {
      format: 'csv',
      file,
      contentHash,
      rowCount: structure.rowCount,
      isClean: isCleanStructure(structure),
      columns: matchColumns(columns, { fileName, structure, onExtraColumn: load.onExtraColumn }),
      settings: { ...toCsvSettings({ ...dialect, compression }, structure, load) },
    }
  }

  async function* read(scan: FileScan, signal: AbortSignal): AsyncGenerator<LoadedBatch> {
    const { path, name } = scan.file
    const { compression } = settingsOf(scan)
    const tokenizer = createRowTokenizer(settingsOf(scan), name, ROWS_PER_BATCH)
    const reader = createBatchReader(scan)
    function* batches(isLast: boolean): Generator<LoadedBatch> {
      for (;;) {
        const rows = tokenizer.next(isLast)
        if (rows === undefined) return
        const batch = reader.read(rows)
        if (batch !== undefined) yield batch
      }
    }
    for await (const piece of readPieces(path, { name, compression, signal, pieceBytes })) {
      tokenizer.push(piece)
      yield* batches(false)
    }
    yield* batches(true)
    if (scan.rowCount !== undefined && reader.rowCount !== scan.rowCount)
      throw csvError(
        'QRN-CSV-010',
        'data',
        `${name} changed while it was read: ${scan.rowCount} rows at first, then ${reader.rowCount}.`,
        { place: { file: name } },
      )
  }

  return { discover, scan, read }
}
