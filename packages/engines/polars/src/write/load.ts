import type { LoadSource, TableDefinition } from '@qarion/core'

import { collect, concatFrames } from '../frame/frames.ts'
import { loadNative } from '../native/load-native.ts'
import { throwIfAborted } from '../polars-errors.ts'
import type { LazyFrame } from '../polars.ts'
import type { QueryContext } from '../query/query-context.ts'
import { createFrameEncoder } from '../values/encode.ts'
import { requireUniqueKey, tableIn, writeRows, type Draft } from './draft.ts'

/** Rows that go to Polars at once. */
const ROWS_PER_FRAME = 131_072
/** Rows that are kept in memory before they become a part. */
const ROWS_PER_PART = 2_000_000

/** Streams a source into a table; resolves to the number of its rows. */
export async function loadRows(
  table: TableDefinition,
  source: LoadSource,
  draft: Draft,
  context: QueryContext,
): Promise<number> {
  tableIn(draft, table.name)
  const native =
    source.native === undefined
      ? undefined
      : await loadNative(table, source.native, draft, context, ROWS_PER_PART)
  const rowCount = native ?? (await loadBatches(table, source, draft, context))
  throwIfAborted(context.signal)
  await requireUniqueKey(draft, table.name, context)
  return rowCount
}

async function loadBatches(
  { name, columns }: TableDefinition,
  source: LoadSource,
  draft: Draft,
  context: QueryContext,
): Promise<number> {
  const encoder = createFrameEncoder(context.polars, columns)
  let rowCount = 0
  let frames: LazyFrame[] = []
  let framed = 0
  const toFrame = async (): Promise<void> => {
    if (encoder.rowCount === 0) return
    framed += encoder.rowCount
    frames.push((await collect(encoder.finish())).lazy())
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
    encoder.add(batch)
    if (encoder.rowCount >= ROWS_PER_FRAME) await toFrame()
    if (framed >= ROWS_PER_PART) await toPart()
  }
  await toPart()
  return rowCount
}
