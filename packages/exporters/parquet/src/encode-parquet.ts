import type { Column, ColumnBatch, ColumnVector } from '@qarion/core'
import * as arrow from 'apache-arrow'

import { arrowSchema } from './arrow-schema.ts'
import { arrowData } from './arrow-vector.ts'
import type { ParquetCompression, ParquetExportSettings } from './parquet-export-options.ts'
import { loadWriter, type ParquetWasm } from './parquet-wasm.ts'

const CODECS: Readonly<Record<ParquetCompression, keyof ParquetWasm['Compression']>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  zstd: 'ZSTD',
}

/**
 * The bytes of a Parquet file. A batch is taken when the writer asks for it; what is held is the row group that it is
 * at. A failure of the source ends the writer in order and is thrown afterwards, since the writer would not survive it.
 */
export async function* encodeParquet(
  columns: readonly Column[],
  batches: AsyncIterable<ColumnBatch>,
  { compression, rowGroupSize }: ParquetExportSettings,
): AsyncGenerator<Uint8Array> {
  const wasm = loadWriter()
  const schema = arrowSchema(columns)
  const properties = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression[CODECS[compression]])
    .setMaxRowGroupSize(rowGroupSize)
    .build()
  const source = batches[Symbol.asyncIterator]()
  let failure: { readonly cause: unknown } | undefined
  let isAtEnd = false

  const nextBatch = async (): Promise<ColumnBatch | undefined> => {
    for (;;) {
      const { done, value } = await source.next()
      if (done === true) return undefined
      if (value.rowCount > 0) return value
    }
  }
  // The first batch tells the columns, so there is one where there are no rows too.
  let isFirst = true
  const input = new ReadableStream(
    {
      pull: async (controller) => {
        try {
          if (isFirst) {
            isFirst = false
            controller.enqueue(recordBatch(wasm, schema, emptyBatch(columns)))
            return
          }
          const batch = isAtEnd ? undefined : await nextBatch()
          if (batch !== undefined) {
            controller.enqueue(recordBatch(wasm, schema, batch))
            return
          }
        } catch (cause) {
          failure = { cause }
        }
        isAtEnd = true
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  try {
    const output = await wasm.transformParquetStream(input, properties)
    for await (const chunk of output as AsyncIterable<Uint8Array>) {
      if (failure !== undefined) break
      yield chunk
    }
  } finally {
    isAtEnd = true
    await source.return?.()
  }
  if (failure !== undefined) throw failure.cause
}

function emptyBatch(columns: readonly Column[]): ColumnBatch {
  return { rowCount: 0, columns: columns.map((): ColumnVector => ({ layout: 'text', values: [] })) }
}

/** The batch in the writer's memory. */
function recordBatch(wasm: ParquetWasm, schema: arrow.Schema, batch: ColumnBatch): unknown {
  const { rowCount: length } = batch
  const children = schema.fields.map(({ type }, index) =>
    length === 0
      ? arrow.makeData({ type, length: 0 } as never)
      : arrowData(type, batch.columns[index] as ColumnVector, length),
  )
  const data = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length,
    nullCount: 0,
    children,
  })
  const message = arrow.tableToIPC(
    new arrow.Table(schema, [new arrow.RecordBatch(schema, data)]),
    'stream',
  )
  const table = wasm.Table.fromIPCStream(message)
  const [only] = table.recordBatches()
  // The writer frees the batch; memory of WebAssembly never shrinks, so nothing waits for a collection.
  table.free()
  return only
}
