import { statSync } from 'node:fs'

import type { ColumnBatch, DataType, StoredTable } from '@qarion/core'
import type Database from 'better-sqlite3'

import type { RowTexts } from '../csv/row-text.ts'
import type { SqliteValue } from '../sqlite-types.ts'
import { startBulkInsert, type BulkInsert } from './bulk-insert.ts'
import { closeWriter, openDatabase } from './open-database.ts'
import type { Calls, CallName, WorkerSettings } from './protocol.ts'
import { rowBatches } from './row-batches.ts'
import { textPieces } from './text-pieces.ts'

/** One function per call of the protocol. */
export type Handlers = {
  readonly [Name in Exclude<CallName, 'open'>]: (ask: Calls[Name]['ask']) => Calls[Name]['answer']
}

/**
 * The database behind the protocol. A writer has a second connection, on which rows are read outside of a
 * transaction: reading on the first one would keep tables from being dropped.
 */
export function openHandlers(settings: WorkerSettings): Handlers {
  const main = openDatabase(settings, settings.mode)
  let reader: Database.Database | undefined
  let bulk: BulkInsert | undefined
  const cursors = new Map<number, Iterator<ColumnBatch, void>>()
  const texts = new Map<number, Iterator<RowTexts, void>>()
  const readingConnection = (): Database.Database => {
    if (settings.mode === 'read' || main.inTransaction) return main
    reader ??= openDatabase(settings, 'read')
    return reader
  }
  return {
    execute: ({ sql, parameters }) => {
      const statement = main.prepare(sql)
      const { changes } = statement.run(...boundOf(parameters))
      return statement.readonly || !CHANGES_ROWS.test(sql) ? 0 : changes
    },
    query: ({ cursor, sql, parameters, types }) => {
      cursors.set(cursor, queryBatches(readingConnection(), sql, parameters, types))
      return null
    },
    fetch: ({ cursor }) => nextOf(cursors, cursor),
    query_texts: ({ cursor, sql, parameters }) => {
      const statement = readingConnection().prepare<unknown[], string>(sql).pluck()
      texts.set(cursor, textPieces(statement.iterate(...boundOf(parameters))))
      return null
    },
    fetch_texts: ({ cursor }) => nextOf(texts, cursor),
    close_cursor: ({ cursor }) => {
      for (const open of [cursors, texts]) {
        open.get(cursor)?.return?.()
        open.delete(cursor)
      }
      return null
    },
    begin: () => run(main, 'BEGIN IMMEDIATE'),
    commit: () => {
      run(main, 'COMMIT')
      return statSync(`${settings.path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    },
    rollback: () => (main.inTransaction ? run(main, 'ROLLBACK') : null),
    insert_start: ({ table }) => {
      bulk = startBulkInsert(main, table)
      return null
    },
    insert: ({ batch }) => {
      bulk?.insert(batch)
      return null
    },
    insert_end: () => {
      const count = bulk?.end() ?? 0
      bulk = undefined
      return count
    },
    list_tables: ({ prefix }) => listTables(main, prefix),
    checkpoint: () => {
      // Pages of a dropped batch serve the next one: moving others into their place each time would be for nothing.
      if (pragmaNumber(main, 'freelist_count') * 2 > pragmaNumber(main, 'page_count')) {
        main.exec('PRAGMA incremental_vacuum')
      }
      main.pragma('wal_checkpoint(TRUNCATE)')
      return null
    },
    copy_log: () => {
      main.pragma('wal_checkpoint(PASSIVE)')
      return null
    },
    close: () => {
      for (const open of [cursors, texts]) {
        for (const cursor of open.values()) cursor.return?.()
        open.clear()
      }
      reader?.close()
      if (settings.mode === 'read') main.close()
      else closeWriter(main)
      return null
    },
  }
}

/** What a cursor has next; `null`, and the cursor gone, after the last. */
function nextOf<Item>(cursors: Map<number, Iterator<Item, void>>, cursor: number): Item | null {
  const next = cursors.get(cursor)?.next()
  if (next !== undefined && next.done !== true) return next.value
  cursors.delete(cursor)
  return null
}

/** SQLite keeps the count of the last such statement, whatever ran since. */
const CHANGES_ROWS = /^\s*(?:INSERT|UPDATE|DELETE)\b/i

type Bound = [] | [Readonly<Record<string, SqliteValue>>]

/** Numbered parameters are bound by name, the number. */
function boundOf(parameters: readonly SqliteValue[]): Bound {
  if (parameters.length === 0) return []
  return [Object.fromEntries(parameters.map((value, index) => [String(index + 1), value]))]
}

function pragmaNumber(database: Database.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }))
}

function run(database: Database.Database, sql: string): null {
  database.exec(sql)
  return null
}

function queryBatches(
  database: Database.Database,
  sql: string,
  parameters: readonly SqliteValue[],
  types: readonly DataType[],
): Iterator<ColumnBatch, void> {
  const statement = database.prepare<unknown[], SqliteValue[]>(sql).raw().safeIntegers()
  return rowBatches(statement.iterate(...boundOf(parameters)), types)
}

function listTables(database: Database.Database, prefix: string): readonly StoredTable[] {
  const columns = database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) ORDER BY cid')
    .pluck()
  const tables = database.prepare<[string, string], { name: string; type: 'table' | 'view' }>(
    `SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')` +
      ` AND substr(name, 1, length(?)) = ? AND name NOT GLOB 'sqlite_*' ORDER BY name`,
  )
  return tables
    .all(prefix, prefix)
    .map(({ name, type }) => ({ name, kind: type, columns: columns.all(name) }))
}
