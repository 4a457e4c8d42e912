import {
  isSameType,
  type Column,
  type FileScan,
  type NativeSource,
  type ScannedColumn,
  type TableDefinition,
} from '@qarion/core'

import { dtypeOf } from '../frame/dtypes.ts'
import {
  binary,
  booleanNode,
  cast,
  columnNode,
  isNotNull,
  isNull,
  nullNode,
  ternary,
  textNode,
  type NamedNode,
  type Node,
} from '../frame/node.ts'
import { fieldNode, type CsvScan } from './csv-scan.ts'
import { plainValue } from './plain-text.ts'

/** Column of the frame that numbers the lines. */
export const LINE = 'xt:line'
/** Column that is true where the loader has to look at the row. */
export const IS_BAD = 'xt:bad'

/** Two layers: values from fields, then the columns of the table and `IS_BAD`. */
export interface CsvColumns {
  readonly values: readonly NamedNode[]
  readonly columns: readonly NamedNode[]
}

/** `undefined` where a column cannot be read from text here. */
export function csvColumns(
  { columns }: TableDefinition,
  { lineColumn, fileColumn }: NativeSource,
  scan: FileScan,
  csv: CsvScan,
): CsvColumns | undefined {
  const values: NamedNode[] = []
  const named: NamedNode[] = []
  let isBad = booleanNode(false)
  for (const [index, target] of columns.entries()) {
    const { name } = target
    if (name === lineColumn) {
      named.push({ name, node: cast(columnNode(LINE), 'Int64') })
      continue
    }
    if (name === fileColumn) {
      named.push({ name, node: textNode(scan.file.name) })
      continue
    }
    const scanned = scan.columns.find(({ column }) => column.name === name)
    const read = scanned === undefined ? undefined : readColumn(target, scanned, csv)
    if (read === undefined) return undefined
    const value: NamedNode = { name: `xt:value ${index}`, node: read.value }
    values.push(value)
    const kept = columnNode(value.name)
    named.push({ name, node: kept })
    // A string is bad by being NULL alone, and any other text by having no plain value.
    if (read.isRequired) isBad = binary('Or', isBad, isNull(kept))
    else if (target.type.kind !== 'string' && read.text !== undefined)
      isBad = binary('Or', isBad, binary('And', isNotNull(read.text), isNull(kept)))
  }
  return { values, columns: [...named, { name: IS_BAD, node: isBad }] }
}

interface ReadColumn {
  /** The field, NULL where it says so; absent with the field. */
  readonly text?: Node
  readonly value: Node
  readonly isRequired: boolean
}

function readColumn(
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
    return isRequired ? undefined : { value: nullNode(dtypeOf(target.type)), isRequired }
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
  return value === undefined ? undefined : { text, value, isRequired }
}
