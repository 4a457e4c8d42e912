import { basename, dirname } from 'node:path'

import { rowsOf, type Column, type InputFile, type ResolvedOptions, type Row } from '@qarion/core'
import { createCsvExporter } from '@qarion/exporter-csv'
import { createCsvLoader } from '@qarion/loader-csv'
import { exporterSuite } from '@qarion/testkit'
import { describe, it } from 'vitest'

const signal = new AbortController().signal

/** Reads with the loader, which tells `""` from an empty field. */
const readWith =
  (options: ResolvedOptions) =>
  async (path: string, columns: readonly Column[]): Promise<Row[]> => {
    const loader = createCsvLoader(
      { projectDirectory: dirname(path) },
      { sourcePath: basename(path), emptyString: 'quoted', ...options },
    )
    const [file] = (await loader.discover()) as [InputFile]
    // Bytes without length are an empty text, which only strings and bytes may be.
    const scan = await loader.scan(file, columns, signal)
    const rows: Row[] = []
    for await (const { batch, rejects } of loader.read(scan, signal)) {
      if (rejects.length > 0) throw new Error(JSON.stringify(rejects[0]?.problems))
      rows.push(...rowsOf(batch))
    }
    return rows
  }

describe('as show prints it', () => {
  exporterSuite(it, () => createCsvExporter({}), { readBack: readWith({}) })
})

describe('with every option changed', () => {
  const options = {
    delimiter: ';',
    quote_style: 'all',
    header: false,
    null_text: 'NULL',
    line_ending: 'crlf',
    compression: 'gzip',
  }
  exporterSuite(it, () => createCsvExporter(options), {
    readBack: readWith({
      delimiter: ';',
      header: false,
      nullValues: ['NULL'],
      emptyString: 'quoted',
    }),
  })
})
