import type { InputColumn } from '@qarion/core'

import type { NullTest } from './column-readers.ts'
import type { CsvSettings } from './csv-settings.ts'

/**
 * What is NULL in a column. `empty_string = "null"`: the empty field and every spelling of `null_values`, quoted or
 * not. `"quoted"`: the same without quotes only; a quoted text is what it says, so `""` is the empty string. Types
 * that have no empty value (all but string and binary) still read `""` as NULL.
 */
export function createNullTest(
  column: InputColumn,
  { nullValues, emptyString, quote }: Pick<CsvSettings, 'nullValues' | 'emptyString' | 'quote'>,
): NullTest {
  const isQuotedMode = emptyString === 'quoted'
  const hasEmptyValue = column.type.kind === 'string' || column.type.kind === 'binary'
  const spellings = [...new Set([...nullValues, ...(column.nullValues ?? [])])]
    .filter((text) => text !== '')
    // A quoted field holds its quotes doubled.
    .map((text) => ({
      plain: Buffer.from(text),
      quoted: Buffer.from(quote === '' ? text : text.replaceAll(quote, quote + quote)),
    }))
  if (spellings.length === 0)
    return isQuotedMode && hasEmptyValue
      ? (_, start, end, isQuoted) => start === end && !isQuoted
      : (_, start, end) => start === end
  return (bytes, start, end, isQuoted) => {
    if (start === end) return !(isQuoted && isQuotedMode && hasEmptyValue)
    if (isQuoted && isQuotedMode) return false
    for (const { plain, quoted } of spellings)
      if (holds(bytes, start, end, isQuoted ? quoted : plain)) return true
    return false
  }
}

function holds(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (end - start !== text.length) return false
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text[at]) return false
  return true
}
