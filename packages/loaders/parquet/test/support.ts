import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'

import {
  DataTypes,
  isQarionError,
  rowsOf,
  type DataType,
  type FileScan,
  type InputColumn,
  type InputFile,
  type QarionError,
  type RejectedRow,
  type Row,
} from '@qarion/core'
import { createParquetLoader } from '@qarion/loader-parquet'
import type { CompressionCodec, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { onTestFinished } from 'vitest'

export const signal = new AbortController().signal

export function column(
  name: string,
  type: DataType = DataTypes.string,
  more: Partial<InputColumn> = {},
): InputColumn {
  return { name, type, required: false, ...more }
}

/** One column of a file to be written: its mark and its values as they are stored. */
export interface StoredColumn {
  readonly element: Omit<SchemaElement, 'repetition_type'> & Partial<SchemaElement>
  readonly data: readonly unknown[]
  /** The type to put in the place of the one written, for one that the writer does not know. */
  readonly storedAs?: SchemaElement['type']
}

export interface WriteOptions {
  readonly codec?: CompressionCodec
  readonly rowGroupSize?: number
  readonly pageSize?: number
  /** Elements below the columns, by column name, for nested ones. */
  readonly below?: ReadonlyMap<string, readonly SchemaElement[]>
}

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
  // A block of nothing but literals.
  LZ4_RAW: (bytes: Uint8Array) => lz4Literals(bytes),
} as const

function lz4Literals(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 15) return Uint8Array.of(bytes.length << 4, ...bytes)
  const lengths: number[] = []
  let rest = bytes.length - 15
  for (; rest >= 255; rest -= 255) lengths.push(255)
  return Buffer.concat([Uint8Array.of(0xf0, ...lengths, rest), bytes])
}

/** The bytes of a file, written by code that is not the loader's. */
export function parquetBytes(
  columns: readonly StoredColumn[],
  {
    codec = 'UNCOMPRESSED',
    rowGroupSize = 100_000,
    pageSize,
    below = new Map(),
  }: WriteOptions = {},
): Buffer {
  const writer = new ByteWriter()
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(({ element }) => [
      { repetition_type: 'OPTIONAL' as const, ...element },
      ...(below.get(element.name) ?? []),
    ]),
  ]
  const parquet = new ParquetWriter({ writer, schema, codec, compressors: COMPRESSORS })
  // Into memory nothing has to be awaited.
  void parquet.write({
    columnData: columns.map(({ element, data }) => ({ name: element.name, data: [...data] })),
    rowGroupSize,
    ...(pageSize === undefined ? {} : { pageSize }),
  })
  for (const { element, storedAs } of columns) {
    if (storedAs === undefined) continue
    for (const one of schema) if (one.name === element.name) one.type = storedAs
    for (const group of parquet.row_groups)
      for (const { meta_data: chunk } of group.columns)
        if (chunk !== undefined && chunk.path_in_schema[0] === element.name) {
          chunk.type = storedAs
          delete chunk.statistics
        }
  }
  void parquet.finish()
  return Buffer.from(writer.getBytes())
}

/** Elements by the short name of what they hold. */
export const ELEMENTS = {
  int64: (name: string) => ({ name, type: 'INT64' }),
  int32: (name: string) => ({ name, type: 'INT32' }),
  double: (name: string) => ({ name, type: 'DOUBLE' }),
  string: (name: string) => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
} as const satisfies Readonly<Record<string, (name: string) => SchemaElement>>

export interface Loaded {
  readonly scan: FileScan
  readonly rows: Row[]
  readonly lines: number[]
  readonly rejects: RejectedRow[]
}

export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'qarion-parquet-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Writes the bytes as the file `a.parquet` of a project, scans it and reads all of it. */
export async function load(
  content: Uint8Array,
  columns: readonly InputColumn[],
  options: Readonly<Record<string, unknown>> = {},
  tuning: { readonly rowsAtOnce?: number } = {},
): Promise<Loaded> {
  const projectDirectory = await temporaryFolder()
  await writeFile(join(projectDirectory, 'a.parquet'), content)
  return loadFile(projectDirectory, 'a.parquet', columns, options, tuning)
}

export async function loadFile(
  projectDirectory: string,
  name: string,
  columns: readonly InputColumn[],
  options: Readonly<Record<string, unknown>> = {},
  tuning: { readonly rowsAtOnce?: number } = {},
): Promise<Loaded> {
  const loader = createParquetLoader({ projectDirectory }, { sourcePath: name, ...options }, tuning)
  const [file] = (await loader.discover()) as [InputFile]
  const scan = await loader.scan(file, columns, signal)
  const loaded: Loaded = { scan, rows: [], lines: [], rejects: [] }
  for await (const { batch, lines, rejects } of loader.read(structuredClone(scan), signal)) {
    loaded.rows.push(...rowsOf(batch))
    loaded.lines.push(...lines)
    loaded.rejects.push(...rejects)
  }
  return loaded
}

/** The QarionError that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<QarionError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (isQarionError(thrown)) return thrown
  throw new Error(`expected a QarionError, got ${String(thrown)}`, { cause: thrown })
}
