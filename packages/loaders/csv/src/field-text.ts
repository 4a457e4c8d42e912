import type { CsvDialect } from './csv-options.ts'
import type { Rows } from './row-tokenizer.ts'

/** The text of fields one by one, for headers, rejects and odd rows; columns in bulk are read without it. */
export interface FieldReader {
  /** The text, quotes and escapes taken off, and whether it was quoted. Bytes that are not UTF-8 become U+FFFD. */
  read(
    rows: Rows,
    row: number,
    index: number,
  ): { readonly text: string; readonly isQuoted: boolean }
  /** The text between the quotes, its escapes resolved. */
  unescape(text: string): string
}

export function createFieldReader({ quote, escape }: CsvDialect): FieldReader {
  const code = quote === '' ? -1 : quote.charCodeAt(0)
  const unescape = (text: string): string => {
    if (escape === quote) return text.replaceAll(quote + quote, quote)
    let result = ''
    let from = 0
    for (;;) {
      const at = text.indexOf(escape, from)
      if (at < 0) return result + text.slice(from)
      const next = text.charAt(at + 1)
      const isEscape = next === quote || next === escape
      result += text.slice(from, at) + (isEscape ? next : escape)
      from = at + (isEscape ? 2 : 1)
    }
  }
  return {
    unescape,
    read: (rows, row, index) => {
      const { bytes } = rows
      const start = fieldStart(rows, row, index)
      const end = fieldEnd(rows, row, index)
      const isQuoted = start < end && bytes[start] === code
      if (!isQuoted) return { text: bytes.toString('utf8', start, end), isQuoted }
      const isWhole = end - start > 1 && bytes[end - 1] === code
      const text = isWhole
        ? unescape(bytes.toString('utf8', start + 1, end - 1))
        : bytes.toString('utf8', start, end)
      return { text, isQuoted }
    },
  }
}

export function fieldStart({ starts, bases, ends }: Rows, row: number, index: number): number {
  return index === 0
    ? (starts[row] as number)
    : (ends[(bases[row] as number) + index - 1] as number) + 1
}

export function fieldEnd({ bases, ends }: Rows, row: number, index: number): number {
  return ends[(bases[row] as number) + index] as number
}

export function fieldCount({ bases }: Rows, row: number): number {
  return (bases[row + 1] as number) - (bases[row] as number)
}

/** Where the last field of a row ends: before the line break. */
export function rowEnd({ bases, ends }: Rows, row: number): number {
  return ends[(bases[row + 1] as number) - 1] as number
}
