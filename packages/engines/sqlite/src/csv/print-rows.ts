import type { Column, CsvLayout } from '@qarion/core'

import { LONGEST_PLAIN_BYTES, plainPrinter, type Place, type PrintField } from './print-fields.ts'
import { FIELD_END, TEXT_MARK, type RowTexts } from './row-text.ts'

const QUOTE = 34
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13]
/** A byte order mark at the start of a field would be taken off by readers. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Prints texts of rows as CSV: the bytes that `createCsvPrinter` gives for the same values. */
export function createRowPrinter(
  columns: readonly Column[],
  { delimiter, nullText, lineEnding }: Required<CsvLayout>,
): (texts: RowTexts) => Uint8Array {
  const nullBytes = Buffer.from(nullText)
  const lineEnd = Buffer.from(lineEnding)
  const delimiterByte = delimiter.charCodeAt(0)
  const printText = textPrinter(delimiterByte, nullBytes)
  const printers = columns.map(({ type }): PrintField => {
    switch (type.kind) {
      case 'string':
      case 'json':
      case 'binary':
        return printText
      case 'float':
        // Its text has the mark, since it comes from a function.
        return skippingMark(plainPrinter(type))
      default:
        return plainPrinter(type)
    }
  })
  const bytesPerRow = columns.length * (LONGEST_PLAIN_BYTES + nullBytes.length + 1) + lineEnd.length
  let output = new Uint8Array(0)
  return ({ rowCount, bytes }) => {
    // Of a text at most every byte is a quote, which is doubled.
    const most = bytes.length * 2 + rowCount * bytesPerRow
    if (output.length < most) output = new Uint8Array(most)
    const place: Place = { input: bytes, at: 0, output, to: 0 }
    for (let row = 0; row < rowCount; row += 1) {
      for (let index = 0; index < printers.length; index += 1) {
        if (index > 0) {
          output[place.to] = delimiterByte
          place.to += 1
        }
        if (bytes[place.at] === FIELD_END) put(place, nullBytes)
        else (printers[index] as PrintField)(place)
        place.at += 1
      }
      put(place, lineEnd)
    }
    return output.slice(0, place.to)
  }
}

function put(place: Place, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index += 1)
    place.output[place.to + index] = bytes[index] as number
  place.to += bytes.length
}

function skippingMark(print: PrintField): PrintField {
  return (place) => {
    place.at += 1
    print(place)
  }
}

/** Texts are copied until a byte needs quotes, then once more in quotes. */
function textPrinter(delimiter: number, nullBytes: Uint8Array): PrintField {
  const needsQuotes = new Uint8Array(256)
  for (const byte of [delimiter, QUOTE, LINE_FEED, CARRIAGE_RETURN, FIELD_END])
    needsQuotes[byte] = 1
  return (place) => {
    const { input, output } = place
    const start = input[place.at] === TEXT_MARK ? place.at + 1 : place.at
    let at = start
    let { to } = place
    let byte = input[at] as number
    while (needsQuotes[byte] === 0) {
      output[to] = byte
      to += 1
      at += 1
      byte = input[at] as number
    }
    const isPlain =
      byte === FIELD_END &&
      at > start &&
      !startsWith(input, start, BYTE_ORDER_MARK) &&
      !(at - start === nullBytes.length && startsWith(input, start, nullBytes))
    if (isPlain) {
      place.at = at
      place.to = to
    } else {
      place.at = start
      quoteField(place)
    }
  }
}

function startsWith(input: Uint8Array, start: number, bytes: ArrayLike<number>): boolean {
  for (let index = 0; index < bytes.length; index += 1)
    if (input[start + index] !== bytes[index]) return false
  return true
}

function quoteField(place: Place): void {
  const { input, output } = place
  let { at, to } = place
  output[to] = QUOTE
  to += 1
  for (let byte = input[at] as number; byte !== FIELD_END; byte = input[at] as number) {
    output[to] = byte
    to += 1
    if (byte === QUOTE) {
      output[to] = QUOTE
      to += 1
    }
    at += 1
  }
  output[to] = QUOTE
  place.at = at
  place.to = to + 1
}
