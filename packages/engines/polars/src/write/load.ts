import type { ColumnBatch, LoadSource, TableDefinition } from '@qarion/core'

import { collect, concatFrames } from '../frame/frames.ts'
import { throwIfAborted } from '../polars-errors.ts'
import type { LazyFrame } from '../polars.ts'
import type { QueryContext } from '../query/query-context.ts'
import { encodeBatches } from '../values/encode.ts'
import { requireUniqueKey, tableIn, writeRows, type Draft } from './draft.ts'

/** Rows that go to Polars at once. */
const ROWS_PER_FRAME = 131_072
/** Rows that are kept in memory before they become a part. */
const ROWS_PER_PART = 2_000_000

/** Streams a source into a table; resolves to the number of its rows. */
export async function loadRows(
  { name, columns }: TableDefinition,
  source: LoadSource,
  draft: Draft,
  context: QueryContext,
): Promise<number> {
  tableIn(draft, name)
  let rowCount = 0
  let batches: ColumnBatch[] = []
  let waiting = 0
  let frames: LazyFrame[] = []
  let framed = 0
  const toFrame = async (): Promise<void> => {
    if (waiting === 0) return
    const frame = await collect(encodeBatches(context.polars, columns, batches))
    frames.push(frame.lazy())
    framed += waiting
    batches = []
    waiting = 0
  }
  const toPart = async (): Promise<void> => {
    await toFrame()
    if (framed === 0) return
    const rows = concatFrames(context.polars, frames)
    const part = await writeRows(draft, name, rows, columns, context)
    const table = tableIn(draft, name)
    draft.tables.set(name, { ...table, parts: [...table.parts, part] })
    frames = []
    framed = 0
  }
  for await (const batch of source.batches()) {
    throwIfAborted(context.signal)
    if (batch.rowCount === 0) continue
    rowCount += batch.rowCount
    waiting += batch.rowCount
    batches.push(batch)
    if (waiting >= ROWS_PER_FRAME) await toFrame()
    if (framed >= ROWS_PER_PART) await toPart()
  }
  await toPart()
  throwIfAborted(context.signal)
  await requireUniqueKey(draft, name, context)
  return rowCount
}
