import type { ColumnBatch } from '../data/column-batch.ts'
import type { DataType } from '../data/data-type.ts'
import type { Column } from '../data/dataset.ts'
import { createColumnText, type ColumnText } from './column-text.ts'

/** How JSON shows integers beyond 2^53 and decimals: as texts, which no reader rounds, or exactly as numbers. */
export type JsonNumbers = 'safe' | 'exact'

/**
 * The rows of a batch from `start` to before `end`, or all, each as the text of a JSON object with the columns in their
 * order.
 */
export type JsonPrinter = (batch: ColumnBatch, start?: number, end?: number) => string[]

/** Prints columns as JSON objects. A value of type json stands as it is; NULL is `null`. */
export function createJsonPrinter(
  columns: readonly Column[],
  numbers: JsonNumbers = 'safe',
): JsonPrinter {
  const keys = columns.map(
    ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  )
  const texts = columns.map(({ type }) => createColumnText(type))
  const prints = columns.map(({ type }) => printOf(type, numbers))
  return (batch, start = 0, end = batch.rowCount) => {
    const cells = batch.columns.map((vector, index) => (texts[index] as ColumnText)(vector))
    const rows: string[] = []
    for (let row = start; row < Math.min(end, batch.rowCount); row += 1) {
      let members = cells.length === 0 ? '{' : ''
      for (let index = 0; index < cells.length; index += 1) {
        const text = cells[index]?.(row) ?? null
        members += keys[index]
        members += text === null ? 'null' : (prints[index]?.(text) ?? text)
      }
      rows.push(`${members}}`)
    }
    return rows
  }
}

/** The integer as JSON shows it where no reader may round it. */
export function jsonInteger(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** From a value's text to its JSON; `undefined` where they are the same. */
function printOf(type: DataType, numbers: JsonNumbers): ((text: string) => string) | undefined {
  switch (type.kind) {
    case 'boolean':
    case 'float':
    case 'json':
      return undefined
    case 'integer':
      return numbers === 'exact' ? undefined : printInteger
    case 'decimal':
      return numbers === 'exact' ? undefined : printAscii
    case 'string':
      return JSON.stringify
    case 'date':
    case 'time':
    case 'timestamp':
    case 'binary':
      return printAscii
  }
}

function printInteger(text: string): string {
  // Fifteen digits and a sign are always exact.
  return text.length < 16 || Number.isSafeInteger(Number(text)) ? text : `"${text}"`
}

/** For texts that hold nothing which JSON would escape. */
function printAscii(text: string): string {
  return `"${text}"`
}
