import {
  createCsvPrinter,
  createJsonPrinter,
  formatValue,
  rowsOf,
  type Column,
  type ColumnBatch,
} from '@qarion/core'
import type { ShowRequest, ShowResult } from '@qarion/sdk'

import type { CommandLine } from '../command-line/command-spec.ts'
import { columnDocument } from '../documents/dataset-document.ts'
import { DOCUMENT_VERSION } from '../documents/document-version.ts'
import { countOf, formatCount } from '../output/numbers.ts'
import { printable } from '../output/printable.ts'
import { noteLoaded } from '../output/render-memory.ts'
import { renderTable, type TableCell, type TableColumn } from '../output/table.ts'
import type { Output, Terminal } from '../output/terminal.ts'
import type { Session } from '../session.ts'

const TABLE_ROWS = 20

/** `qarion show DATASET` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const format = terminal.isJson ? 'document' : (line.options.format ?? 'table')
  const qarion = await session.open()
  const result = await qarion.show(requestOf(line, format === 'table'))
  switch (format) {
    case 'csv': {
      const { header, rows } = createCsvPrinter(result.columns)
      await terminal.data.write(header())
      await stream(result, terminal.data, rows)
      break
    }
    case 'ndjson': {
      const print = createJsonPrinter(result.columns)
      await stream(result, terminal.data, (batch) =>
        print(batch)
          .map((row) => `${row}\n`)
          .join(''),
      )
      break
    }
    case 'json':
      await writeArray(result, terminal.data)
      await terminal.data.write('\n')
      break
    case 'document':
      await writeDocument(result, terminal.data)
      break
    default:
      await writeTable(result, terminal)
  }
  return noteLoaded(result.loaded, terminal)
}

function requestOf({ arguments: [dataset], options }: CommandLine, isTable: boolean): ShowRequest {
  const limit = options.limit ?? (isTable ? TABLE_ROWS : undefined)
  return {
    dataset: dataset as string,
    ...(options.batch === undefined ? {} : { batch: options.batch.from }),
    ...(options.where === undefined ? {} : { where: options.where }),
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    ...(limit === undefined ? {} : { limit }),
  }
}

/** Row by row to the reader, as fast as it reads; ends when it has gone. */
async function stream(
  result: ShowResult,
  output: Output,
  textOf: (batch: ColumnBatch) => string,
): Promise<void> {
  for await (const batch of result.batches) {
    if (output.isClosed) return
    await output.write(textOf(batch))
  }
}

async function writeArray(result: ShowResult, output: Output): Promise<void> {
  const print = createJsonPrinter(result.columns)
  let separator = '\n'
  await output.write('[')
  await stream(result, output, (batch) => {
    const rows = print(batch)
    if (rows.length === 0) return ''
    const text = `${separator}${rows.join(',\n')}`
    separator = ',\n'
    return text
  })
  await output.write(separator === '\n' ? ']' : '\n]')
}

async function writeDocument(result: ShowResult, output: Output): Promise<void> {
  const head = JSON.stringify({
    qarion: DOCUMENT_VERSION,
    command: 'show',
    dataset: result.dataset,
    columns: result.columns.map(columnDocument),
    totalRows: result.totalRows,
  })
  await output.write(`${head.slice(0, -1)},"rows":`)
  await writeArray(result, output)
  await output.write('}\n')
}

async function writeTable(result: ShowResult, terminal: Terminal): Promise<void> {
  const rows: (readonly TableCell[])[] = []
  for await (const batch of result.batches) {
    for (const row of rowsOf(batch)) {
      rows.push(
        row.map((value, index) =>
          value === null
            ? null
            : printable(formatValue((result.columns[index] as Column).type, value)),
        ),
      )
    }
  }
  const table = renderTable(result.columns.map(tableColumn), rows, terminal.data)
  await terminal.data.write(table.text)
  const hidden =
    table.hidden.length === 0
      ? ''
      : `; no room for ${table.hidden.join(', ')} (choose with --columns)`
  terminal.note(
    terminal.notes.colors.dim(
      rows.length < result.totalRows
        ? `${formatCount(rows.length)} of ${countOf(result.totalRows, 'row')}${hidden}`
        : `${countOf(rows.length, 'row')}${hidden}`,
    ),
  )
}

function tableColumn({ name, type }: Column): TableColumn {
  const isNumber = type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float'
  const canCut = type.kind === 'string' || type.kind === 'json' || type.kind === 'binary'
  return { title: name, side: isNumber ? 'right' : 'left', canCut }
}
