import { createHash } from 'node:crypto'

import {
  isQarionError,
  ROWS_PER_BATCH,
  sourceNameOf,
  type FileScan,
  type InputColumn,
  type InputFile,
  type LoadedBatch,
  type Loader,
  type QarionError,
  type PluginHost,
  type ResolvedOptions,
} from '@qarion/core'
import {
  classifyFileError,
  discoverLoadFiles,
  readChunks,
  toLoaderOptions,
} from '@qarion/kit-files'
import { parquetScan, type DecodedArray, type ParquetScan } from 'hyparquet'

import { createBatchReader } from './batch-reader.ts'
import { checkPages } from './check-pages.ts'
import { DECOMPRESSORS } from './decompress.ts'
import { matchColumns } from './match-columns.ts'
import { parquetError } from './parquet-errors.ts'
import { openParquetFile, reasonOf, type ParquetFile } from './parquet-file.ts'
import { isCleanFile, toParquetSettings } from './parquet-settings.ts'
import { createTextDecoder } from './text-values.ts'

/** What tests vary and nobody configures. */
export interface ParquetLoaderTuning {
  /** Rows decoded at once; 131,072 if absent. */
  readonly rowsAtOnce?: number
}

/** The loader of Parquet files. `options` are those of `LoaderOptions`. */
export function createParquetLoader(
  host: Pick<PluginHost, 'projectDirectory'>,
  options: ResolvedOptions,
  tuning: ParquetLoaderTuning = {},
): Loader {
  const load = toLoaderOptions(options)
  // As many as the row groups of most writers have; of larger ones, a part at a time.
  const { rowsAtOnce = 1 << 17 } = tuning

  const discover = (): Promise<InputFile[]> =>
    discoverLoadFiles(host.projectDirectory, load, ['*.parquet'])

  const scan = async (
    file: InputFile,
    declared: readonly InputColumn[],
    signal: AbortSignal,
  ): Promise<FileScan> => {
    const contentHash = await hashFile(file, signal)
    const opened = await openParquetFile(file)
    await opened.close()
    const { columns, rowCount } = opened
    const matched = matchColumns(declared, {
      fileName: file.name,
      columns,
      onExtraColumn: load.onExtraColumn,
      local: load,
    })
    const settings = toParquetSettings(matched, columns, load)
    return {
      format: 'parquet',
      file,
      contentHash,
      rowCount,
      isClean: isCleanFile(settings, columns),
      columns: matched,
      settings: { ...settings },
    }
  }

  async function* read(scan: FileScan, signal: AbortSignal): AsyncGenerator<LoadedBatch> {
    const file = await openParquetFile(scan.file)
    try {
      checkUnchanged(file, scan)
      yield* readRows(file, scan, { rowsAtOnce, signal })
    } finally {
      await file.close()
    }
  }

  return { discover, scan, read }
}

async function hashFile({ path, name }: InputFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of readChunks(path, { name, signal, compression: 'none' }))
    hash.update(chunk)
  return hash.digest('hex')
}

function checkUnchanged({ bytes, rowCount }: ParquetFile, { file, ...scan }: FileScan): void {
  if (bytes.byteLength === file.sizeBytes && rowCount === scan.rowCount) return
  throw parquetError(
    'QRN-PARQUET-010',
    file.name,
    `${file.name} changed while it was read: ${scan.rowCount} rows in ${file.sizeBytes} bytes at first, then ${rowCount} in ${bytes.byteLength}.`,
  )
}

interface ReadOptions {
  readonly rowsAtOnce: number
  readonly signal: AbortSignal
}

async function* readRows(
  file: ParquetFile,
  scan: FileScan,
  { rowsAtOnce, signal }: ReadOptions,
): AsyncGenerator<LoadedBatch> {
  const { bytes, metadata, columns: nodes } = file
  const decode = createTextDecoder()
  const names = scan.columns.map(({ column, fieldIndex }) =>
    fieldIndex === undefined ? undefined : sourceNameOf(column),
  )
  const source = await parquetScan({
    file: bytes,
    metadata,
    columns: [...new Set(names)].filter((name) => name !== undefined),
    compressors: DECOMPRESSORS,
    utf8: false,
    geoparquet: false,
    parsers: {
      stringFromBytes: (text: Uint8Array | undefined) => text && decode(text),
      // Twelve bytes as nanoseconds.
      timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds,
    },
  })
  const readBatch = createBatchReader(scan, nodes)
  let group = -1
  for (const { rowStart, rowEnd } of source.ranges) {
    // A range for each row group that has rows.
    do group += 1
    while (metadata.row_groups[group]?.num_rows === 0n)
    await checkGroup(file, group, scan, signal)
    for (let from = rowStart; from < rowEnd; from += rowsAtOnce) {
      const to = Math.min(rowEnd, from + rowsAtOnce)
      const data: (DecodedArray | undefined)[] = []
      for (const name of names) {
        throwIfAborted(signal, scan.file.name)
        data.push(name === undefined ? undefined : await decodeColumn(source, name, from, to, scan))
      }
      for (let start = 0; start < to - from; start += ROWS_PER_BATCH) {
        throwIfAborted(signal, scan.file.name)
        yield readBatch(data, start, Math.min(to - from, start + ROWS_PER_BATCH), from + start + 1)
      }
    }
  }
}

/** The pages of all columns that are read from a row group. */
async function checkGroup(
  { bytes, metadata, columns: nodes }: ParquetFile,
  group: number,
  { file, columns }: FileScan,
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(columns.map(({ column }) => sourceNameOf(column)))
  for (const { meta_data: chunk } of metadata.row_groups[group]?.columns ?? []) {
    const name = chunk?.path_in_schema[0]
    if (chunk === undefined || name === undefined || !names.has(name)) continue
    throwIfAborted(signal, file.name)
    const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
    const node = nodes.find(({ element }) => element.name === name)
    const isFlat = node?.children.length === 0 && node.element.repetition_type !== 'REPEATED'
    try {
      const pages = await bytes.slice(start, start + Number(chunk.total_compressed_size))
      checkPages(new Uint8Array(pages), chunk, isFlat ? node.element : undefined)
    } catch (cause) {
      if (isQarionError(cause)) throw cause
      throw damaged(file.name, name, `in row group ${group + 1}`, cause)
    }
  }
}

function damaged(file: string, column: string, where: string, cause: unknown): QarionError {
  return parquetError(
    'QRN-PARQUET-003',
    file,
    `${file}: the column "${column}" is damaged ${where}: ${reasonOf(cause)}.`,
    { cause, data: { column } },
  )
}

function throwIfAborted(signal: AbortSignal, name: string): void {
  if (signal.aborted) throw classifyFileError(new DOMException('aborted', 'AbortError'), name)
}

async function decodeColumn(
  source: ParquetScan,
  column: string,
  rowStart: number,
  rowEnd: number,
  { file }: FileScan,
): Promise<DecodedArray> {
  try {
    const data = await source.readColumn({ column, rowStart, rowEnd })
    if (data.length === rowEnd - rowStart) return data
    throw new Error(`it has ${data.length} values`)
  } catch (cause) {
    if (isQarionError(cause)) throw cause
    throw damaged(file.name, column, `in rows ${rowStart + 1} to ${rowEnd}`, cause)
  }
}
