import type { NativeSource, TableDefinition } from '@qarion/core'

import {
  aggregateAll,
  collect,
  columnNodes,
  flagsOf,
  selectColumns,
  withColumns,
} from '../frame/frames.ts'
import { aggregates, columnNode } from '../frame/node.ts'
import { throwIfAborted } from '../polars-errors.ts'
import type { DataFrame } from '../polars.ts'
import type { QueryContext } from '../query/query-context.ts'
import type { Part } from '../store/table-store.ts'
import { tableIn, writeRows, type Draft } from '../write/draft.ts'
import { IS_BAD, LINE, type NativeFile } from './native-file.ts'
import { NATIVE_FORMATS } from './native-formats.ts'

/**
 * Loads clean files without JavaScript seeing a row, `rowsPerPart` at once. Resolves to `undefined` where a file is not
 * of that kind or a field needs a closer look: then nothing has been added.
 */
export async function loadNative(
  table: TableDefinition,
  source: NativeSource,
  draft: Draft,
  context: QueryContext,
  rowsPerPart: number,
): Promise<number | undefined> {
  const files: NativeFile[] = []
  const parts: Part[] = []
  let rowCount = 0
  try {
    for (const scan of source.scans) {
      const plan = NATIVE_FORMATS[scan.format]
      const file = plan?.({ table, source, scan, polars: context.polars })
      if (file === undefined) return undefined
      files.push(file)
    }
  } catch {
    // A file without rows, or one that is gone: the loader knows what to say.
    return undefined
  }
  for (const file of files) {
    const expected = file.scan.rowCount
    if (expected === undefined) return declined(parts, draft)
    for (let start = 0; start < expected; start += rowsPerPart) {
      throwIfAborted(context.signal)
      const rows = await readRows(file, start, rowsPerPart, context)
      // A row more or less: Polars sees another structure than the scan did, or the file has changed.
      if (rows?.height !== Math.min(rowsPerPart, expected - start)) return declined(parts, draft)
      const frame = selectColumns(
        context.polars,
        rows.lazy(),
        columnNodes(table.columns.map(({ name }) => name)),
      )
      parts.push(await writeRows(draft, table.name, frame, table.columns, context))
      rowCount += rows.height
    }
  }
  const stored = tableIn(draft, table.name)
  draft.tables.set(table.name, { ...stored, parts: [...stored.parts, ...parts] })
  return rowCount
}

async function declined(parts: readonly Part[], draft: Draft): Promise<undefined> {
  await draft.store.discard(parts)
}

/** Rows from one on; `undefined` where they cannot be read as they are. The last part asks for one row too many. */
async function readRows(
  { frame, firstLine, scan, columns }: NativeFile,
  start: number,
  rowsPerPart: number,
  { polars }: QueryContext,
): Promise<DataFrame | undefined> {
  const isLast = start + rowsPerPart >= (scan.rowCount ?? 0)
  const fields = frame
    .slice(start, isLast ? rowsPerPart + 1 : rowsPerPart)
    .withRowIndex(LINE, firstLine + start)
  const valued = withColumns(polars, fields, columns.values)
  let rows: DataFrame
  try {
    rows = await collect(selectColumns(polars, valued, columns.columns))
  } catch {
    return undefined
  }
  const isBad = { name: IS_BAD, node: aggregates.any(columnNode(IS_BAD)) }
  const [found] = await flagsOf(aggregateAll(polars, rows.lazy(), [isBad]))
  return found === true ? undefined : rows
}
