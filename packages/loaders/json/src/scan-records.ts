import { createHash } from 'node:crypto'

import type { InputFile } from '@qarion/core'
import { readPieces, type Compression } from '@qarion/kit-files'

import type { JsonForm } from './json-options.ts'
import type { ExtraKey } from './key-table.ts'
import { createRecordTokenizer } from './record-tokenizer.ts'
import { BAD_VALUE, BROKEN } from './records.ts'

/** What one pass over the bytes tells. */
export interface JsonStructure {
  readonly layout: 'array' | 'lines'
  readonly hasBom: boolean
  readonly contentHash: string
  /** Lines and elements, broken ones among them. */
  readonly recordCount: number
  /** What is no record, or whose fields cannot be told apart. */
  readonly brokenCount: number
  /** Records with a value that is bad whatever its column's type. */
  readonly badValueCount: number
  /** For each key asked for its place among all keys in the order they first appeared. */
  readonly foundAs: readonly (number | undefined)[]
  readonly extras: readonly ExtraKey[]
}

export interface ScanRequest {
  readonly form: JsonForm
  readonly keys: readonly string[]
  readonly compression: Compression
  readonly pieceBytes: number
  readonly signal: AbortSignal
}

const RECORDS_AT_ONCE = 4096
/** Larger chunks wait for the garbage collection: with 1 MiB the peak of a run is 60 MB higher. */
export const CHUNK_BYTES: number = 1 << 18

/** Hash and structure of a file in one pass. */
export async function scanRecords(
  { path, name }: InputFile,
  { form, keys, compression, pieceBytes, signal }: ScanRequest,
): Promise<JsonStructure> {
  const hash = createHash('sha256')
  const tokenizer = createRecordTokenizer({
    form,
    keys,
    fileName: name,
    maxRecords: RECORDS_AT_ONCE,
  })
  let recordCount = 0
  let brokenCount = 0
  let badValueCount = 0
  const drain = (isLast: boolean): void => {
    for (;;) {
      const records = tokenizer.next(isLast)
      if (records === undefined) return
      recordCount += records.count
      if ((records.allFlags & (BROKEN | BAD_VALUE)) === 0) continue
      for (const flags of records.flags.subarray(0, records.count)) {
        if ((flags & BROKEN) !== 0) brokenCount += 1
        else if ((flags & BAD_VALUE) !== 0) badValueCount += 1
      }
    }
  }
  const onFileBytes = (bytes: Uint8Array): void => void hash.update(bytes)
  for await (const piece of readPieces(path, {
    name,
    signal,
    compression,
    pieceBytes,
    chunkBytes: CHUNK_BYTES,
    onFileBytes,
  })) {
    tokenizer.push(piece)
    drain(false)
  }
  drain(true)
  const { layout, hasBom, foundAs, extras } = tokenizer
  return {
    layout,
    hasBom,
    contentHash: hash.digest('hex'),
    recordCount,
    brokenCount,
    badValueCount,
    foundAs,
    extras,
  }
}
