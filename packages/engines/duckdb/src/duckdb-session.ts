import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api'
import type { ColumnBatch, QarionError, StoredTable, TableDefinition } from '@qarion/core'
import {
  quoteIdentifier,
  sqlError,
  type SqlColumn,
  type SqlParameter,
  type SqlSession,
  type SqlStatement,
} from '@qarion/kit-sql'

import { storedType } from './dialect/stored-type.ts'
import type { DatabaseShare } from './duckdb-database.ts'
import type { DuckdbDriver } from './duckdb-driver.ts'
import { classifyDuckdbError } from './duckdb-errors.ts'
import { writeParquet } from './duckdb-files.ts'
import { loadNative } from './duckdb-native.ts'
import { appendBatch } from './values/append.ts'
import { bindParameter } from './values/bind.ts'
import { decodeChunk } from './values/decode.ts'
import { resultColumns } from './values/result-columns.ts'

/** The kit's port on one connection. Reads outside of a transaction stream on connections of their own. */
export function createDuckdbSession(share: DatabaseShare, driver: DuckdbDriver): SqlSession {
  let main: DuckDBConnection | undefined
  let inTransaction = false
  let isClosed = false

  const connection = async (): Promise<DuckDBConnection> => {
    if (isClosed) throw sqlError('QRN-SQL-006', 'The session is closed.')
    if (main === undefined || !share.isCurrent(main)) main = await share.connect()
    return main
  }

  /** Runs work on a connection; an abort interrupts it. Failures become errors of Qarion. */
  const guarded = async <Result>(
    on: DuckDBConnection,
    work: () => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> => {
    if (isAborted(signal)) throw cancelled(signal?.reason)
    let repeat: NodeJS.Timeout | undefined
    // Again and again: an interrupt that comes while DuckDB only prepares a statement is lost.
    const interrupt = (): void => {
      on.interrupt()
      repeat = setInterval(() => on.interrupt(), INTERRUPT_EVERY_MS)
    }
    signal?.addEventListener('abort', interrupt)
    share.markBusy(on, true)
    try {
      return await work()
    } catch (thrown) {
      if (isAborted(signal)) throw cancelled(thrown)
      throw classifyDuckdbError(thrown)
    } finally {
      clearInterval(repeat)
      share.markBusy(on, false)
      signal?.removeEventListener('abort', interrupt)
    }
  }

  const prepared = async <Result>(
    on: DuckDBConnection,
    { sql, parameters }: SqlStatement,
    use: (statement: DuckDBPreparedStatement) => Promise<Result>,
  ): Promise<Result> => {
    // Prepared even without parameters: DuckDB prepares one statement only, so no text can smuggle in a second.
    const statement = await on.prepare(sql)
    try {
      parameters.forEach((parameter: SqlParameter, index) => {
        bindParameter(driver.api, statement, index + 1, parameter)
      })
      return await use(statement)
    } finally {
      statement.destroySync()
    }
  }

  const plain = async (sql: string): Promise<void> => {
    const on = await connection()
    await guarded(on, () => on.run(sql))
  }

  async function* chunksOf(
    on: DuckDBConnection,
    result: DuckDBResult,
    columns: readonly SqlColumn[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ColumnBatch, void, undefined> {
    const shape = resultColumns(driver.api, result, columns)
    for (;;) {
      const chunk = await guarded(on, () => result.fetchChunk(), signal)
      // An interrupted result may look like one that is at its end.
      if (isAborted(signal)) throw cancelled(signal?.reason)
      if (chunk === null || chunk.rowCount === 0) return
      yield decodeChunk(driver.bindings, chunk, shape)
    }
  }

  async function* query(
    statement: SqlStatement,
    columns: readonly SqlColumn[],
    signal?: AbortSignal,
  ): AsyncGenerator<ColumnBatch, void, undefined> {
    if (inTransaction) {
      // A connection streams one result at a time, and other statements may run before its rows are taken.
      const on = await connection()
      const result = await guarded(
        on,
        () => prepared(on, statement, (ready) => ready.run()),
        signal,
      )
      yield* chunksOf(on, result, columns, signal)
      return
    }
    await connection()
    const on = await share.connect()
    try {
      const result = await guarded(
        on,
        () => prepared(on, statement, (ready) => ready.stream()),
        signal,
      )
      share.markBusy(on, true)
      for await (const batch of chunksOf(on, result, columns, signal)) {
        share.markBusy(on, true)
        yield batch
      }
    } finally {
      share.markBusy(on, false)
      share.disconnect(on)
    }
  }

  const listTables = async (prefix = ''): Promise<readonly StoredTable[]> => {
    const on = await connection()
    const found = await guarded(on, () => on.runAndReadAll(LIST_TABLES, [prefix]))
    const columns = await guarded(on, () => on.runAndReadAll(LIST_COLUMNS, [prefix]))
    const byTable = Map.groupBy(columns.getRows(), ([table]) => String(table))
    return found.getRows().map(([name, kind]) => ({
      name: String(name),
      kind: kind === 'view' ? 'view' : 'table',
      columns: (byTable.get(String(name)) ?? []).map(([, column]) => String(column)),
    }))
  }

  return {
    execute: async (statement, signal) => {
      const on = await connection()
      const result = await guarded(
        on,
        () => prepared(on, statement, (ready) => ready.run()),
        signal,
      )
      return result.rowsChanged
    },
    query,
    begin: async () => {
      await plain('BEGIN')
      inTransaction = true
    },
    commit: async () => {
      await plain('COMMIT')
      inTransaction = false
    },
    rollback: async () => {
      if (!inTransaction) return
      inTransaction = false
      const on = await connection()
      try {
        await on.run('ROLLBACK')
      } catch (thrown) {
        // A failed COMMIT has ended the transaction already.
        if (!String(thrown).includes('no transaction is active')) throw classifyDuckdbError(thrown)
      }
    },
    bulkInsert: async (table, batches, signal) => {
      const on = await connection()
      return guarded(on, () => append(on, table, batches, signal), signal)
    },
    loadNative: async (table, source, signal) => {
      const on = await connection()
      return guarded(on, () => loadNative({ table, source, connection: on, share, signal }), signal)
    },
    // Rows of a transaction are seen by its connection alone, and COPY would be part of it.
    writeFile: async (statement, target) =>
      inTransaction
        ? undefined
        : writeParquet(statement, target, async (copy) => {
            await connection()
            const on = await share.connect()
            try {
              const result = await guarded(
                on,
                () => prepared(on, copy, (ready) => ready.run()),
                target.signal,
              )
              return result.rowsChanged
            } finally {
              share.disconnect(on)
            }
          }),
    listTables,
    checkpoint: async () => plain('CHECKPOINT'),
    close: async () => {
      if (isClosed) return
      isClosed = true
      if (main !== undefined) share.disconnect(main)
      await share.release()
    },
  }

  async function append(
    on: DuckDBConnection,
    table: TableDefinition,
    batches: AsyncIterable<ColumnBatch>,
    signal: AbortSignal,
  ): Promise<number> {
    const names = table.columns.map(({ name }) => name)
    // An appender goes by position and takes all columns of the table.
    if (isSameList(await columnsOf(on, table.name), names)) {
      return appendTo(on, table.name, table, batches, signal)
    }
    const columns = names.map(quoteIdentifier).join(', ')
    const types = table.columns.map(
      ({ name, type }) => `${quoteIdentifier(name)} ${storedType(type)}`,
    )
    await on.run(`CREATE OR REPLACE TEMPORARY TABLE ${STAGED} (${types.join(', ')})`)
    const rows = await appendTo(on, STAGED, table, batches, signal)
    await on.run(
      `INSERT INTO ${quoteIdentifier(table.name)} (${columns}) SELECT ${columns} FROM ${STAGED}`,
    )
    await on.run(`DROP TABLE ${STAGED}`)
    return rows
  }

  async function appendTo(
    on: DuckDBConnection,
    target: string,
    { columns }: TableDefinition,
    batches: AsyncIterable<ColumnBatch>,
    signal: AbortSignal,
  ): Promise<number> {
    const appender = await on.createAppender(target)
    let rows = 0
    try {
      for await (const batch of batches) {
        signal.throwIfAborted()
        appendBatch(driver, appender, columns, batch)
        rows += batch.rowCount
      }
    } finally {
      appender.closeSync()
    }
    return rows
  }
}

/** Temporary table between an appender and a table with other columns. */
const STAGED = 'xt_appended'

/** Preparing a statement tells its columns ten times as fast as asking the catalog. */
async function columnsOf(on: DuckDBConnection, table: string): Promise<readonly string[]> {
  const statement = await on.prepare(`SELECT * FROM ${quoteIdentifier(table)}`)
  try {
    return Array.from({ length: statement.columnCount }, (_, index) => statement.columnName(index))
  } finally {
    statement.destroySync()
  }
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}

const INTERRUPT_EVERY_MS = 50

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function cancelled(cause: unknown): QarionError {
  return sqlError('QRN-SQL-007', 'The run was cancelled.', { cause })
}

const OF_USERS = `database_name = current_database() AND schema_name = 'main' AND NOT internal`

const LIST_TABLES = `
  SELECT table_name AS name, 'table' AS kind FROM duckdb_tables()
  WHERE ${OF_USERS} AND NOT temporary AND starts_with(table_name, $1)
  UNION ALL
  SELECT view_name, 'view' FROM duckdb_views()
  WHERE ${OF_USERS} AND NOT temporary AND starts_with(view_name, $1)
  ORDER BY name`

// Apart from the tables: joined with them in DuckDB this takes ten times as long.
const LIST_COLUMNS = `
  SELECT table_name, column_name FROM duckdb_columns()
  WHERE ${OF_USERS} AND starts_with(table_name, $1)
  ORDER BY table_oid, column_index`
