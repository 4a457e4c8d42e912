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
 * bad value: then nothing has been added. What may fail runs on a connection of its own: a failed statement would end
 * the transaction of the target.
 */
export async function loadNative({
  table,
  source,
  connection,
  share,
  signal,
}: NativeLoad): Promise<number | undefined> {
  stageCount += 1
  const database = quoteIdentifier(`xt_stage_${stageCount}`)
  const files: NativeFile[] = []
  for (const [index, scan] of source.scans.entries()) {
    const stage = `${database}.f${index}`
    const file = NATIVE_FORMATS[scan.format]?.({ table, source, scan, stage })
    if (file === undefined) return undefined
    files.push(file)
  }
  const parser = await share.connect()
  const interrupt = (): void => parser.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    await parser.run(`ATTACH ':memory:' AS ${database}`)
    try {
      for (const [index, { probe }] of files.entries()) {
        const [count] = (await parser.runAndReadAll(probe)).getRows()
        const rowCount = source.scans[index]?.rowCount
        // A row more or less: DuckDB sees another structure than the scan did, or the file has changed.
        if (rowCount !== undefined && count?.[0] !== BigInt(rowCount)) return undefined
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      return undefined
    }
    let rows = 0
    for (const file of files) {
      rows += (await connection.run(`INSERT INTO ${quoteIdentifier(table.name)} ${file.rows}`))
        .rowsChanged
    }
    return rows
  } finally {
    signal.removeEventListener('abort', interrupt)
    await detach(parser, database)
    share.disconnect(parser)
  }
}

async function detach(parser: DuckDBConnection, database: string): Promise<void> {
  await parser.run(`DETACH DATABASE IF EXISTS ${database}`)
}
