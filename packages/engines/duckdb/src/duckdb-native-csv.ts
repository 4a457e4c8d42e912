import type { DuckDBConnection } from '@duckdb/node-api'
import type { FileScan, NativeSource, TableDefinition } from '@qarion/core'
import { quoteIdentifier, quoteText } from '@qarion/kit-sql'

import { csvProjection } from './csv/csv-projection.ts'
import { csvSettingsOf, readCsvCall } from './csv/csv-settings.ts'
import type { DatabaseShare } from './duckdb-database.ts'

export interface NativeLoad {
  readonly table: TableDefinition
  readonly source: NativeSource
  /** The connection whose transaction takes the rows. */
  readonly connection: DuckDBConnection
  readonly share: DatabaseShare
  readonly signal: AbortSignal
}

interface StagedFile {
  readonly scan: FileScan
  readonly stage: string
  readonly select: string
  readonly firstLine: number
}

/** Names of staging databases, which all connections of an instance see. */
let stageCount = 0

/**
 * Loads clean CSV files without JavaScript seeing a row. Resolves to `undefined` where a file is not of that kind or
 * holds a bad value: then nothing has been added.
 *
 * DuckDB parses in parallel into a table in memory, whose row ids give the lines (numbering the rows in the statement
 * itself would parse with one thread); from there the rows go into the target. The parsing has a connection of its
 * own: a failed statement would end the transaction of the target.
 */
export async function loadNative({
  table,
  source,
  connection,
  share,
  signal,
}: NativeLoad): Promise<number | undefined> {
  const files: StagedFile[] = []
  stageCount += 1
  const database = quoteIdentifier(`xt_stage_${stageCount}`)
  for (const [index, scan] of source.scans.entries()) {
    const settings = csvSettingsOf(scan)
    if (settings === undefined) return undefined
    const projection = csvProjection(table, source, scan, settings)
    if (projection === undefined) return undefined
    const select = `SELECT ${projection.join(', ')} FROM ${readCsvCall(scan.file.path, settings)}`
    files.push({ scan, stage: `${database}.f${index}`, select, firstLine: settings.dataStartLine })
  }
  const parser = await share.connect()
  const interrupt = (): void => parser.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    await parser.run(`ATTACH ':memory:' AS ${database}`)
    try {
      for (const { scan, stage, select } of files) {
        const [count] = (await parser.runAndReadAll(`CREATE TABLE ${stage} AS ${select}`)).getRows()
        // A row more or less: DuckDB sees another structure than the scan did, or the file has changed.
        if (scan.rowCount !== undefined && count?.[0] !== BigInt(scan.rowCount)) return undefined
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      return undefined
    }
    let rows = 0
    for (const file of files) {
      rows += (await connection.run(insertFrom(table, source, file))).rowsChanged
    }
    return rows
  } finally {
    signal.removeEventListener('abort', interrupt)
    await detach(parser, database)
    share.disconnect(parser)
  }
}

function insertFrom(
  table: TableDefinition,
  { lineColumn, fileColumn }: NativeSource,
  file: StagedFile,
): string {
  const values = table.columns.map(({ name }) => {
    if (name === lineColumn) return `rowid + ${file.firstLine}`
    return name === fileColumn ? quoteText(file.scan.file.name) : quoteIdentifier(name)
  })
  return `INSERT INTO ${quoteIdentifier(table.name)} SELECT ${values.join(', ')} FROM ${file.stage}`
}

async function detach(parser: DuckDBConnection, database: string): Promise<void> {
  await parser.run(`DETACH DATABASE IF EXISTS ${database}`)
}
