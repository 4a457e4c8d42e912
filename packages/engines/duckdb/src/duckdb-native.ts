import type { DuckDBConnection } from '@duckdb/node-api'
import type { NativeSource, TableDefinition } from '@qarion/core'
import { quoteIdentifier } from '@qarion/kit-sql'

import type { DatabaseShare } from './duckdb-database.ts'
import type { NativeFile } from './native/native-file.ts'
import { NATIVE_FORMATS } from './native/native-formats.ts'

export interface NativeLoad {
  readonly table: TableDefinition
  readonly source: NativeSource
  /** The connection whose transaction takes the rows. */
  readonly connection: DuckDBConnection
  readonly share: DatabaseShare
  readonly signal: AbortSignal
}

/** Names of staging databases, which all connections of an instance see. */
let stageCount = 0

/**
 * Loads clean files without JavaScript seeing a row. Resolves to `undefined` where a file is not of that kind or holds a
 * bad value and nothing has been added, to `spoiled` where something has, or the statement has ended the transaction.
 */
export async function loadNative({
  table,
  source,
  connection,
  share,
  signal,
}: NativeLoad): Promise<number | 'spoiled' | undefined> {
  stageCount += 1
  const database = quoteIdentifier(`xt_stage_${stageCount}`)
  const files: NativeFile[] = []
  for (const [index, scan] of source.scans.entries()) {
    const stage = `${database}.f${index}`
    const file = NATIVE_FORMATS[scan.format]?.({ table, source, scan, stage })
    if (file === undefined) return undefined
    files.push(file)
  }
  const insert = async (): Promise<number | 'spoiled'> => {
    let rows = 0
    for (const [index, file] of files.entries()) {
      const added = await insertRows(
        `INSERT INTO ${quoteIdentifier(table.name)} ${file.rows}`,
        file,
      )
      if (added === undefined || added !== (source.scans[index]?.rowCount ?? added))
        return 'spoiled'
      rows += added
    }
    return rows
  }
  /** `undefined` where a file that was not probed has failed. */
  const insertRows = async (sql: string, file: NativeFile): Promise<number | undefined> => {
    try {
      return (await connection.run(sql)).rowsChanged
    } catch (thrown) {
      if (signal.aborted || file.probe !== undefined) throw thrown
      return undefined
    }
  }
  if (files.every(({ probe }) => probe === undefined)) return insert()
  const parser = await share.connect()
  const interrupt = (): void => parser.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    await parser.run(`ATTACH ':memory:' AS ${database}`)
    return (await areAsScanned(parser, files, source, signal)) ? await insert() : undefined
  } finally {
    signal.removeEventListener('abort', interrupt)
    await parser.run(`DETACH DATABASE IF EXISTS ${database}`)
    share.disconnect(parser)
  }
}

/** Runs the probes. A row more or less: DuckDB sees another structure than the scan did, or the file has changed. */
async function areAsScanned(
  parser: DuckDBConnection,
  files: readonly NativeFile[],
  { scans }: NativeSource,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for (const [index, { probe }] of files.entries()) {
      if (probe === undefined) continue
      const [count] = (await parser.runAndReadAll(probe)).getRows()
      const rowCount = scans[index]?.rowCount
      if (rowCount !== undefined && count?.[0] !== BigInt(rowCount)) return false
    }
    return true
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return false
  }
}
