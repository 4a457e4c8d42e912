import type { ColumnBatch } from '../data/column-batch.ts'
import type { Column } from '../data/dataset.ts'
import { createColumnText } from './column-text.ts'

/** How CSV is laid out; what is absent is as docs/semantics.md has it. */
export interface CsvLayout {
  /** One ASCII character; `,` if absent. */
  readonly delimiter?: string
  /** `minimal`: only where the text needs them. `all`: around every value that is not NULL. */
  readonly quoting?: 'minimal' | 'all'
  /** What stands for NULL; the empty field if absent. */
  readonly nullText?: string
  /** LF if absent. */
  readonly lineEnding?: '\n' | '\r\n'
}

/** Prints columns as CSV; what it gives is complete lines. */
export interface CsvPrinter {
  readonly header: () => string
  /** The rows from `start` to before `end`; all of them if neither is given. */
  readonly rows: (batch: ColumnBatch, start?: number, end?: number) => string
}

/**
 * CSV of these columns, in this order. NULL and the empty string are told apart, as are NULL and a text that reads like
 * it: the text is quoted.
 */
export function createCsvPrinter(columns: readonly Column[], layout: CsvLayout = {}): CsvPrinter {
  const { delimiter = ',', quoting = 'minimal', nullText = '', lineEnding = '\n' } = layout
  const needsQuotes = quoteTest(delimiter)
  const quoteAll = quoting === 'all'
  const field = (text: string): string =>
    quoteAll || text === '' || text === nullText || needsQuotes.test(text) ? quoted(text) : text
  // Values that are no texts hold nothing but these, so that they need no look at each.
  const isPlainSafe = !quoteAll && !/[0-9A-Za-z+\-.:/=]/.test(delimiter + nullText)
  const texts = columns.map(({ type }) => createColumnText(type))
  const isPlain = columns.map(
    ({ type }) =>
      isPlainSafe && type.kind !== 'string' && type.kind !== 'json' && type.kind !== 'binary',
  )

  const rows = (batch: ColumnBatch, start = 0, end: number = batch.rowCount): string => {
    const cells = batch.columns.map((vector, index) => texts[index]?.(vector))
    let lines = ''
    for (let row = start; row < Math.min(end, batch.rowCount); row += 1) {
      for (let index = 0; index < cells.length; index += 1) {
        const text = cells[index]?.(row) ?? null
        if (index > 0) lines += delimiter
        if (text === null) lines += nullText
        else lines += isPlain[index] === true ? text : field(text)
      }
      lines += lineEnding
    }
    return lines
  }

  return {
    header: () => `${columns.map(({ name }) => field(name)).join(delimiter)}${lineEnding}`,
    rows,
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** A byte order mark at the start of a file would be taken off by readers, so it is quoted wherever a field starts with it. */
function quoteTest(delimiter: string): RegExp {
  const escape = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return new RegExp(`[${escape}"\\r\\n]|^\\ufeff`)
}
