import type { Column, FileScan, NativeSource, ScannedColumn, TableDefinition } from '@qarion/core'

import {
  binary,
  booleanNode,
  cast,
  columnNode,
  isNull,
  textNode,
  type NamedNode,
  type Node,
} from '../frame/node.ts'
import type { LazyFrame, Polars } from '../polars.ts'

/** Column of the frame that numbers the lines. */
export const LINE = 'xt:line'
/** Column that is true where the loader has to look at the row. */
export const IS_BAD = 'xt:bad'

/** How Polars reads one clean file. */
export interface NativeFile {
  readonly scan: FileScan
  readonly frame: LazyFrame
  /** Line of the first row, from 1; each row takes one. */
  readonly firstLine: number
  readonly columns: NativeColumns
}

/** Two layers: values from fields, then the columns of the table and `IS_BAD`. */
export interface NativeColumns {
  readonly values: readonly NamedNode[]
  readonly columns: readonly NamedNode[]
}

export interface NativeRequest {
  readonly table: TableDefinition
  readonly source: NativeSource
  readonly scan: FileScan
  readonly polars: Polars
}

/** Plans the reading of a file; `undefined` where Polars might not read it as the loader does. */
export type PlanNative = (request: NativeRequest) => NativeFile | undefined

/** A column of the table from one of the file. */
export interface ReadColumn {
  readonly value: Node
  /** Whether the loader has to look at the value, which is in a column of its own by then. */
  readonly isBad?: (value: Node) => Node
}

/** The columns of a table; `undefined` where one of them cannot be read here. */
export function nativeColumns(
  { table, source, scan }: NativeRequest,
  read: (target: Column, scanned: ScannedColumn, index: number) => ReadColumn | undefined,
): NativeColumns | undefined {
  const values: NamedNode[] = []
  const columns: NamedNode[] = []
  const bad: Node[] = []
  for (const [place, target] of table.columns.entries()) {
    const { name } = target
    if (name === source.lineColumn) {
      columns.push({ name, node: cast(columnNode(LINE), 'Int64') })
      continue
    }
    if (name === source.fileColumn) {
      columns.push({ name, node: textNode(scan.file.name) })
      continue
    }
    const index = scan.columns.findIndex(({ column }) => column.name === name)
    const scanned = scan.columns[index]
    const found = scanned === undefined ? undefined : read(target, scanned, index)
    if (scanned === undefined || found === undefined) return undefined
    const value: NamedNode = { name: `xt:value ${place}`, node: found.value }
    const kept = columnNode(value.name)
    values.push(value)
    columns.push({ name, node: kept })
    if (target.required || scanned.column.required) bad.push(isNull(kept))
    if (found.isBad !== undefined) bad.push(found.isBad(kept))
  }
  const isBad = bad.reduce((one, other) => binary('Or', one, other), booleanNode(false))
  return { values, columns: [...columns, { name: IS_BAD, node: isBad }] }
}
