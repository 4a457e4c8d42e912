import { isSameType, type Column, type ScannedColumn } from '@qarion/core'

import { dtypeOf } from '../frame/dtypes.ts'
import {
  binary,
  columnNode,
  isNotNull,
  isNull,
  nullNode,
  ternary,
  textNode,
  type Node,
} from '../frame/node.ts'
import type { LazyFrame } from '../polars.ts'
import type { ReadColumn } from './native-file.ts'
import { plainValue } from './plain-text.ts'

/** A clean file of `@qarion/loader-csv` as Polars reads it: every field as text. */
export interface CsvScan {
  readonly frame: LazyFrame
  /** Line of the first row of data, from 1; each row takes one. */
  readonly dataStartLine: number
  readonly hasQuotes: boolean
  /** What an empty field in quotes is. */
  readonly emptyString: 'null' | 'quoted'
  readonly nullValues: readonly string[]
}

/** A column from a field of text; `undefined` where it cannot be read here. */
export function readField(
  target: Column,
  { column, fieldIndex }: ScannedColumn,
  csv: CsvScan,
): ReadColumn | undefined {
  const { format, decimalSeparator = '.', groupSeparator } = column
  const hasOwnForm =
    format !== undefined || decimalSeparator !== '.' || groupSeparator !== undefined
  if (hasOwnForm || !isSameType(target.type, column.type)) return undefined
  const isRequired = target.required || column.required
  if (fieldIndex === undefined)
    return isRequired ? undefined : { value: nullNode(dtypeOf(target.type)) }
  const spellings = [...csv.nullValues, ...(column.nullValues ?? [])].filter((text) => text !== '')
  if (csv.hasQuotes) {
    // Whether a spelling was quoted, and so is none, is not to be seen any more.
    if (spellings.length > 0 && csv.emptyString === 'quoted') return undefined
    // An empty field without quotes is NULL already. Only strings have an empty value.
    if (csv.emptyString === 'null' || target.type.kind !== 'string') spellings.push('')
  }
  const field = fieldNode(fieldIndex)
  const text = spellings.reduce(
    (node, spelling) => ternary(binary('Eq', field, textNode(spelling)), nullNode('String'), node),
    field,
  )
  const value = plainValue(text, target.type)
  if (value === undefined) return undefined
  // A string, or a required value, is bad by being NULL alone; any other text by having no plain value.
  return isRequired || target.type.kind === 'string'
    ? { value }
    : { value, isBad: (kept) => binary('And', isNotNull(text), isNull(kept)) }
}

/** The field at a place, from 0, under the name that Polars gives it. */
function fieldNode(index: number): Node {
  return columnNode(`column_${index + 1}`)
}
