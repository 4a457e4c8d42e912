import type { Column, DataType } from '@qarion/core'
import { quoteIdentifier } from '@qarion/kit-sql'

/** Ends each field; no text holds it. */
export const FIELD_END = 0
/**
 * Stands before a text that is empty or starts with it: an empty field is NULL. Texts from the next character on, which
 * are nearly all, need no other look.
 */
export const TEXT_MARK = 1

/** Rows as texts one after the other, in UTF-8: as many fields each as there are columns. */
export interface RowTexts {
  readonly rowCount: number
  readonly bytes: Uint8Array
}

const END = `char(${FIELD_END})`
const MARK = `char(${TEXT_MARK})`
const AFTER_MARK = `char(${TEXT_MARK + 1})`

/** Fewer than a function of SQLite may have arguments. */
const FIELDS_AT_ONCE = 50

/**
 * The statement's rows as one text each, in the same order: fields as they are stored, each with its end. A row costs
 * one value to hand over instead of one per column.
 */
export function selectRowTexts(sql: string, columns: readonly Column[]): string {
  const fields = columns.map(({ name, type }) => fieldText(`q.${quoteIdentifier(name)}`, type))
  const parts: string[] = []
  for (let start = 0; start < fields.length; start += FIELDS_AT_ONCE) {
    const some = fields.slice(start, start + FIELDS_AT_ONCE)
    parts.push(`concat_ws(${END}, ${some.join(', ')}, '')`)
  }
  return `SELECT ${parts.join(' || ')} FROM (${sql}) AS q`
}

function fieldText(x: string, type: DataType): string {
  switch (type.kind) {
    case 'string':
    case 'json':
      return `CASE WHEN ${x} >= ${AFTER_MARK} THEN ${x} WHEN ${x} IS NULL THEN '' ELSE ${MARK} || ${x} END`
    case 'float':
    case 'binary':
      return `coalesce(${MARK} || xt_text_of_${type.kind}(${x}), '')`
    default:
      return `coalesce(${x}, '')`
  }
}
