import { open, type FileHandle } from 'node:fs/promises'

import { isQarionError, type InputFile } from '@qarion/core'
import { classifyFileError } from '@qarion/kit-files'
import {
  parquetMetadataAsync,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet'

import { DECOMPRESSORS } from './decompress.ts'
import { parquetError } from './parquet-errors.ts'
import { leafType } from './stored-type.ts'

/** A file whose footer has been read. */
export interface ParquetFile {
  readonly bytes: AsyncBuffer
  readonly metadata: FileMetaData
  /** The columns as the file describes them. */
  readonly columns: readonly SchemaTree[]
  readonly rowCount: number
  close(): Promise<void>
}

const SIGNATURE = 'PAR1'
const ENCRYPTED_SIGNATURE = 'PARE'
/** Signature, length of the footer, signature. */
const LEAST_BYTES = 12

/** Opens a file and reads its footer. Throws QRN-PARQUET-001, -002, -008 and -009, and errors of the file system. */
export async function openParquetFile({ path, name }: InputFile): Promise<ParquetFile> {
  const file = await open(path).catch((cause: unknown) => {
    throw classifyFileError(cause, name)
  })
  try {
    const bytes = await bufferOf(file, name)
    await checkSignatures(bytes, name)
    const metadata = await readFooter(bytes, name)
    return {
      bytes,
      metadata: withPlainTypes(metadata),
      columns: parquetSchema(metadata).children,
      rowCount: Number(metadata.num_rows),
      close: () => file.close(),
    }
  } catch (cause) {
    await file.close()
    throw cause
  }
}

async function bufferOf(file: FileHandle, name: string): Promise<AsyncBuffer> {
  try {
    const { size } = await file.stat()
    return {
      byteLength: size,
      slice: (start, end = size) => readRange(file, name, start, end),
    }
  } catch (cause) {
    throw classifyFileError(cause, name)
  }
}

async function readRange(
  file: FileHandle,
  name: string,
  start: number,
  end: number,
): Promise<ArrayBuffer> {
  const range = new Uint8Array(Math.max(0, end - start))
  let filled = 0
  try {
    while (filled < range.length) {
      const { bytesRead } = await file.read(range, filled, range.length - filled, start + filled)
      if (bytesRead === 0) throw new RangeError(`the file ends at byte ${start + filled}`)
      filled += bytesRead
    }
  } catch (cause) {
    throw cause instanceof RangeError ? cause : classifyFileError(cause, name)
  }
  return range.buffer
}

async function checkSignatures(bytes: AsyncBuffer, name: string): Promise<void> {
  const { byteLength } = bytes
  if (byteLength === 0) throw parquetError('QRN-PARQUET-001', name, `${name} is empty.`)
  const first = textOf(await bytes.slice(0, Math.min(4, byteLength)))
  const last = byteLength < LEAST_BYTES ? '' : textOf(await bytes.slice(byteLength - 4, byteLength))
  if (first === ENCRYPTED_SIGNATURE || last === ENCRYPTED_SIGNATURE)
    throw parquetError('QRN-PARQUET-008', name, `${name} is encrypted.`)
  if (first !== SIGNATURE)
    throw parquetError(
      'QRN-PARQUET-001',
      name,
      `${name} is not Parquet: it starts with ${JSON.stringify(first)}, not "${SIGNATURE}".`,
    )
  if (last !== SIGNATURE)
    throw parquetError(
      'QRN-PARQUET-002',
      name,
      `${name} is cut off: after ${byteLength} bytes it ends without the footer of a Parquet file.`,
    )
}

function textOf(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('latin1')
}

async function readFooter(bytes: AsyncBuffer, name: string): Promise<FileMetaData> {
  try {
    const metadata = await parquetMetadataAsync(bytes, { geoparquet: false })
    checkChunks(metadata, bytes.byteLength, name)
    // Also that the columns make a tree.
    parquetSchema(metadata)
    return metadata
  } catch (cause) {
    if (isQarionError(cause)) throw cause
    throw parquetError(
      'QRN-PARQUET-002',
      name,
      `${name} has a damaged footer: ${reasonOf(cause)}.`,
      { cause },
    )
  }
}

/** What a thrown value says, as part of a sentence. */
export function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/[.\s]+$/, '')
}

function checkChunks(metadata: FileMetaData, byteLength: number, name: string): void {
  let rowCount = 0n
  for (const { columns, num_rows: rows } of metadata.row_groups) {
    rowCount += rows
    for (const { meta_data: chunk, crypto_metadata: crypto, file_path: other } of columns) {
      if (crypto !== undefined || (chunk === undefined && other === undefined))
        throw parquetError('QRN-PARQUET-008', name, `${name} has encrypted columns.`)
      if (chunk === undefined || other !== undefined)
        throw parquetError('QRN-PARQUET-002', name, `${name} keeps a column in the file ${other}.`)
      const path = chunk.path_in_schema.join('.')
      if (chunk.codec !== 'UNCOMPRESSED' && DECOMPRESSORS[chunk.codec] === undefined)
        throw parquetError(
          'QRN-PARQUET-009',
          name,
          `${name}: the column "${path}" is compressed with ${chunk.codec}.`,
        )
      const start = chunk.dictionary_page_offset ?? chunk.data_page_offset
      if (start < 4n || start + chunk.total_compressed_size > BigInt(byteLength))
        throw parquetError(
          'QRN-PARQUET-002',
          name,
          `${name} is cut off: the column "${path}" should reach to byte ${start + chunk.total_compressed_size} of ${byteLength}.`,
        )
    }
  }
  if (rowCount !== metadata.num_rows)
    throw parquetError(
      'QRN-PARQUET-002',
      name,
      `${name} has a damaged footer: it says ${metadata.num_rows} rows, its row groups ${rowCount}.`,
    )
}

/**
 * The metadata with nothing but physical types and texts, so that the reader gives what is stored: what it makes of
 * decimals and times are doubles and milliseconds. Groups keep or get the mark by which it takes them apart.
 */
function withPlainTypes(metadata: FileMetaData): FileMetaData {
  return { ...metadata, schema: metadata.schema.map(plainElement) }
}

const GROUP_TYPES = { LIST: 'LIST', MAP: 'MAP' } as const

function plainElement(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...rest } = element
  if (element.type === undefined) {
    const mark =
      logical?.type === 'LIST' || logical?.type === 'MAP' ? GROUP_TYPES[logical.type] : converted
    return {
      ...rest,
      ...(mark === undefined ? {} : { converted_type: mark }),
      ...(logical === undefined ? {} : { logical_type: logical }),
    }
  }
  const { kind } = leafType(element)
  return kind === 'string' || kind === 'json' ? { ...rest, converted_type: 'UTF8' } : rest
}
