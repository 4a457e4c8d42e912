import type { ColumnMetaData, SchemaElement } from 'hyparquet'

import { DECOMPRESSORS } from './decompress.ts'
import { readThrift, type ThriftFields } from './thrift-reader.ts'

const DATA_PAGE = 0
const DICTIONARY_PAGE = 2
const DATA_PAGE_V2 = 3
const PLAIN_DICTIONARY = 2
const RLE_DICTIONARY = 8
/** Runs may end a little beyond the values: bits come in groups of eight, and writers differ in how they close. */
const SPARE_VALUES = 4096

/**
 * Looks at the headers and run lengths of a column's pages before they are decoded: the decoder trusts them, and a wrong
 * one would keep it busy for hours. Throws RangeError that says at which byte of the file.
 * @param bytes the pages of the column, as they lie in the file
 * @param chunk what the footer says of them
 * @param element the column, if it is flat; runs of nested ones are not looked at
 */
export function checkPages(
  bytes: Uint8Array,
  chunk: ColumnMetaData,
  element: SchemaElement | undefined,
): void {
  const firstByte = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
  const valueCount = Number(chunk.num_values)
  let at = 0
  let seen = 0
  while (at < bytes.length && seen < valueCount) {
    try {
      const { fields, end } = readThrift(bytes, at)
      const size = integer(fields, 3)
      if (size < 0 || end + size > bytes.length) throw new RangeError('a page is cut off')
      const page = bytes.subarray(end, end + size)
      if (integer(fields, 2) < 0) throw new RangeError('a page has less than no bytes')
      seen += checkPage(page, fields, { chunk, element, left: valueCount - seen })
      at = end + size
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause
      throw new RangeError(`${cause.message}, in the page at byte ${firstByte + at}`, { cause })
    }
  }
  if (seen !== valueCount) throw new RangeError(`its pages hold ${seen} of ${valueCount} values`)
}

interface PageContext {
  readonly chunk: ColumnMetaData
  readonly element: SchemaElement | undefined
  /** Values that the pages before have left. */
  readonly left: number
}

/** The number of values of the page. */
function checkPage(page: Uint8Array, fields: ThriftFields, context: PageContext): number {
  const type = integer(fields, 1)
  if (type === DICTIONARY_PAGE) {
    const count = integer(struct(fields, 7), 1)
    if (count < 0 || count > integer(fields, 2) * 8 + 8)
      throw new RangeError(`a dictionary of ${count} values`)
    return 0
  }
  if (type !== DATA_PAGE && type !== DATA_PAGE_V2) return 0
  const header = struct(fields, type === DATA_PAGE ? 5 : 8)
  const count = integer(header, 1)
  if (count < 0 || count > context.left) throw new RangeError(`${count} values in one page`)
  if (type === DATA_PAGE) checkFirstVersion(page, fields, header, count, context)
  else checkSecondVersion(page, fields, header, count, context)
  return count
}

function checkFirstVersion(
  page: Uint8Array,
  fields: ThriftFields,
  header: ThriftFields,
  count: number,
  { chunk, element }: PageContext,
): void {
  if (element === undefined) return
  const plain = decompress(page, integer(fields, 2), chunk)
  let at = 0
  if (element.repetition_type !== 'REQUIRED') {
    const length = uint32At(plain, 0)
    at = 4 + length
    if (at > plain.length) throw new RangeError('levels longer than their page')
    checkRuns(plain.subarray(4, at), 1, count)
  }
  checkIndexes(plain.subarray(at), integer(header, 2), count)
}

function checkSecondVersion(
  page: Uint8Array,
  fields: ThriftFields,
  header: ThriftFields,
  count: number,
  { chunk, element }: PageContext,
): void {
  const nullCount = integer(header, 2)
  const rowCount = integer(header, 3)
  const definitionBytes = integer(header, 5)
  const repetitionBytes = integer(header, 6)
  const levelBytes = definitionBytes + repetitionBytes
  if (nullCount < 0 || nullCount > count || rowCount < 0 || rowCount > count)
    throw new RangeError(`${nullCount} NULL in ${rowCount} rows of ${count} values`)
  if (definitionBytes < 0 || repetitionBytes < 0 || levelBytes > page.length)
    throw new RangeError('levels longer than their page')
  if (element === undefined) return
  if (repetitionBytes > 0) throw new RangeError('levels of a list in a column that is none')
  if (element.repetition_type !== 'REQUIRED') checkRuns(page.subarray(0, definitionBytes), 1, count)
  const rest = page.subarray(levelBytes)
  const isPlain = header.get(7) === false
  const values = isPlain ? rest : decompress(rest, integer(fields, 2) - levelBytes, chunk)
  checkIndexes(values, integer(header, 4), count - nullCount)
}

/** Indexes into the dictionary: their width in bits, then runs. */
function checkIndexes(values: Uint8Array, encoding: number, count: number): void {
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) return
  const width = values[0] ?? 0
  if (width > 32) throw new RangeError(`indexes of ${width} bits`)
  if (width > 0) checkRuns(values.subarray(1), width, count)
}

/** Runs of one value or of packed bits, up to `count` values or the end of the bytes. */
function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  let at = 0
  let seen = 0
  while (seen < count && at < bytes.length) {
    let head = 0
    for (let shift = 0; ; shift += 7) {
      const next = bytes[at]
      if (next === undefined || shift > 28) throw new RangeError('a run without length')
      at += 1
      head += (next & 0x7f) * 2 ** shift
      if (next < 0x80) break
    }
    const isPacked = head % 2 === 1
    const length = isPacked ? ((head - 1) / 2) * 8 : head / 2
    if (length > count - seen + SPARE_VALUES) throw new RangeError(`a run of ${length} values`)
    seen += length
    at += isPacked ? (length / 8) * width : (width + 7) >> 3
  }
}

function decompress(page: Uint8Array, length: number, { codec }: ColumnMetaData): Uint8Array {
  if (codec === 'UNCOMPRESSED') return page
  return DECOMPRESSORS[codec]?.(page, length) ?? page
}

function uint32At(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError('a page ends within its levels')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true)
}

function integer(fields: ThriftFields, id: number): number {
  const value = fields.get(id)
  if (typeof value !== 'number') throw new RangeError(`a page header lacks its field ${id}`)
  return value
}

function struct(fields: ThriftFields, id: number): ThriftFields {
  const value = fields.get(id)
  if (typeof value !== 'object') throw new RangeError('a page header lacks its main part')
  return value
}
