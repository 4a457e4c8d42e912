import {
  DataTypes,
  int64FromNumbers,
  isQarionError,
  layoutOf,
  withOrigin,
  type Column,
  type ColumnBatch,
  type ColumnVector,
  type Dataset,
  type FileScan,
  type FlowDefinition,
  type Loader,
  type LoadSource,
  type NativeSource,
  type Place,
  type QarionError,
  type RejectedRow,
  type TableDefinition,
} from '@qarion/core'

import { runtimeError } from '../runtime-errors.ts'

/** Rejects kept beyond the limit before reading stops, so that the first problems can be looked at. */
const REJECTS_BEYOND_LIMIT = 1000

const SOURCE_LINE: Column = { name: 'xt_source_line', type: DataTypes.integer, required: true }
const SOURCE_FILE: Column = { name: 'xt_source_file', type: DataTypes.string, required: true }

/** A rejected row and the file it is in. */
export interface FileReject {
  readonly file: string
  readonly row: RejectedRow
}

/** What reading a delivery gave; complete once the source was read to its end. */
export interface IngestOutcome {
  readonly rejects: readonly FileReject[]
  /** Rejects whose key could not be read. */
  readonly unreadableKeys: number
}

export interface IngestRequest {
  readonly definition: FlowDefinition
  readonly loader: Loader
  readonly scans: readonly FileScan[]
  readonly landing: Dataset
  /** Physical name of the table to fill. */
  readonly table: string
  readonly signal: AbortSignal
  readonly onRows: (rows: number) => void
}

export interface Ingest {
  readonly table: TableDefinition
  readonly source: LoadSource
  outcome(): IngestOutcome
}

/**
 * Turns a scanned delivery into the table of its batch and the source that fills it. Reading throws reason `data`
 * when the rejects are too many or a reject hides its key; `outcome` then still tells the rejects.
 */
export function createIngest(request: IngestRequest): Ingest {
  const { definition, loader, scans, landing } = request
  const hasFileColumn = scans.length > 1
  const declared = landing.columns.filter((column) =>
    definition.input.columns.some(({ name }) => name === column.name),
  )
  const columns = [...declared, SOURCE_LINE, ...(hasFileColumn ? [SOURCE_FILE] : [])]
  const rejects: FileReject[] = []
  let unreadableKeys = 0

  const note = (file: string, rows: readonly RejectedRow[]): void => {
    for (const row of rows) {
      rejects.push({ file, row })
      if (definition.input.primaryKey.some((name) => (row.values[name] ?? null) === null))
        unreadableKeys += 1
    }
    const limit = definition.load?.maxRejects ?? 0
    if (rejects.length > limit + REJECTS_BEYOND_LIMIT)
      throw tooManyRejects(definition, rejects, true)
  }

  async function* batches(): AsyncIterable<ColumnBatch> {
    rejects.length = 0
    unreadableKeys = 0
    for (const scan of scans) {
      for await (const { batch, lines, rejects: rows } of loader.read(scan, request.signal)) {
        note(scan.file.name, rows)
        if (batch.rowCount === 0) continue
        request.onRows(batch.rowCount)
        yield {
          rowCount: batch.rowCount,
          columns: [
            ...batch.columns,
            ...origin(batch.rowCount, lines, hasFileColumn ? scan.file.name : undefined),
          ],
        }
      }
    }
    if (rejects.length > (definition.load?.maxRejects ?? 0))
      throw tooManyRejects(definition, rejects, false)
    if (unreadableKeys > 0 && definition.load?.onUnreadableKey === 'fail')
      throw unreadableKey(definition, rejects)
  }

  const native: NativeSource = {
    scans,
    lineColumn: SOURCE_LINE.name,
    ...(hasFileColumn ? { fileColumn: SOURCE_FILE.name } : {}),
  }
  const isNative = scans.length > 0 && scans.every((scan) => scan.isClean)
  return {
    table: {
      name: request.table,
      columns,
      key: landing.key,
      isUnique: false,
      isWrittenOnce: true,
    },
    source: { ...(isNative ? { native } : {}), batches },
    outcome: () => ({ rejects, unreadableKeys }),
  }
}

function origin(rowCount: number, lines: Float64Array, file: string | undefined): ColumnVector[] {
  const line: ColumnVector = {
    layout: 'int64',
    values: int64FromNumbers(lines.subarray(0, rowCount)),
  }
  if (file === undefined) return [line]
  return [
    line,
    {
      layout: layoutOf(SOURCE_FILE.type) as 'text',
      values: Array.from({ length: rowCount }, () => file),
    },
  ]
}

function tooManyRejects(
  definition: FlowDefinition,
  rejects: readonly FileReject[],
  isCut: boolean,
): QarionError {
  const limit = definition.load?.maxRejects ?? 0
  const first = rejects[0] as FileReject
  return runtimeError(
    'QRN-LOAD-001',
    'data',
    `${isCut ? 'more than ' : ''}${rejects.length} ${rejects.length === 1 ? 'row was' : 'rows were'} rejected and max_rejects allows ${limit}; the first: ${describe(first)}`,
    {
      place: placeOf(first),
      data: {
        rejected: rejects.length,
        maxRejects: limit,
        samples: rejects
          .slice(0, 5)
          .map((reject) => `${reject.file}:${reject.row.line}: ${describe(reject)}`),
      },
      hint: `Type: qarion show ${definition.id}.rejects`,
    },
  )
}

function unreadableKey(definition: FlowDefinition, rejects: readonly FileReject[]): QarionError {
  const first = rejects.find(({ row }) =>
    definition.input.primaryKey.some((name) => (row.values[name] ?? null) === null),
  ) as FileReject
  return runtimeError(
    'QRN-LOAD-002',
    'data',
    `a rejected row has no readable key: ${describe(first)}`,
    {
      place: placeOf(first),
    },
  )
}

function describe({ row }: FileReject): string {
  const problem = row.problems[0]
  if (problem === undefined) return 'the row cannot be read'
  return problem.column === '' ? problem.reason : `column "${problem.column}": ${problem.reason}`
}

/** Line of the row, and column of the field where its text stands only once in the row. */
function placeOf({ file, row }: FileReject): Place {
  const excerpt = row.rawText.slice(0, MAX_EXCERPT)
  const text = row.problems[0]?.text ?? ''
  const at = text === '' ? -1 : excerpt.indexOf(text)
  const isCertain = at >= 0 && excerpt.indexOf(text, at + 1) < 0
  return {
    file,
    line: row.line,
    excerpt,
    ...(isCertain
      ? { column: Array.from(excerpt.slice(0, at)).length + 1, length: Array.from(text).length }
      : {}),
  }
}

const MAX_EXCERPT = 200

/** Adds flow, step and batch to what was thrown, if it is ours. */
export function stampOrigin(
  thrown: unknown,
  origin_: { flow: string; step?: string; batch?: number },
): unknown {
  return isQarionError(thrown) ? withOrigin(thrown, origin_) : thrown
}
