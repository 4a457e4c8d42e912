import { basename, dirname } from 'node:path'

import { rowsOf, type Column, type InputFile, type Row } from '@qarion/core'
import { createParquetExporter } from '@qarion/exporter-parquet'
import { createParquetLoader } from '@qarion/loader-parquet'
import { exporterSuite } from '@qarion/testkit'
import { describe, it } from 'vitest'

const signal = new AbortController().signal

async function readBack(path: string, columns: readonly Column[]): Promise<Row[]> {
  const loader = createParquetLoader(
    { projectDirectory: dirname(path) },
    { sourcePath: basename(path) },
  )
  const [file] = (await loader.discover()) as [InputFile]
  const scan = await loader.scan(file, columns, signal)
  const rows: Row[] = []
  for await (const { batch, rejects } of loader.read(scan, signal)) {
    if (rejects.length > 0) throw new Error(JSON.stringify(rejects[0]?.problems))
    for (const row of rowsOf(batch)) rows.push(row)
  }
  return rows
}

describe.each([
  [{}],
  [{ compression: 'none', row_group_size: 1000 }],
  [{ compression: 'gzip' }],
  [{ compression: 'zstd' }],
])('%j', (options) => {
  exporterSuite(it, () => createParquetExporter(options), { readBack })
})
