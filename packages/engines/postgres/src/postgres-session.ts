import type { ColumnBatch, StoredTable, TableDefinition } from '@qarion/core'
import {
  quoteIdentifier,
  sqlError,
  type SqlColumn,
  type SqlSession,
  type SqlStatement,
} from '@qarion/kit-sql'

import { classifyPostgresError, isConnectionLost } from './classify-error.ts'
import { cancellable, cancelled, cancelUntil, isAborted } from './connection/cancellation.ts'
import { connect, type PostgresConnection } from './connection/connection.ts'
import { copyIn } from './connection/copy-in.ts'
import { startCopyOut } from './connection/copy-out.ts'
import { boundTexts, inlineParameters } from './connection/inline-parameters.ts'
import { listTables } from './list-tables.ts'
import { lookAfterGrownTables } from './look-after-grown-tables.ts'
import { postgresError } from './postgres-errors.ts'
import type { PostgresSettings } from './postgres-options.ts'
import { createCopyDecoder } from './values/decode.ts'
import { encodeBatches } from './values/encode.ts'

/** The kit's port on one session of the server. Reads outside of a transaction stream on sessions of their own. */
export function createPostgresSession(
  settings: PostgresSettings,
  mode: 'read' | 'write',
): SqlSession {
  let main: PostgresConnection | undefined
  let inTransaction = false
  let isClosed = false
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let rowsAdded = 0
  const idleReaders: PostgresConnection[] = []

  const openAnother = (): Promise<PostgresConnection> => connect(settings, mode)

  const requireOpen = (): void => {
    if (isClosed) throw sqlError('QRN-SQL-006', 'The session is closed.')
  }

  /** Work on the main session, one after the other: the driver would queue it, but says that it will not for ever. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    waiting += 1
    const result = turn.then(work).finally(() => {
      waiting -= 1
    })
    turn = result.catch(() => undefined)
    return result
  }

  const connection = async (): Promise<PostgresConnection> => {
    requireOpen()
    if (main?.isOpen() === true) return main
    // What the transaction did is gone with its session; going on in another one would write half of it.
    if (inTransaction)
      throw postgresError('QRN-POSTGRES-005', 'The server ended the session of the transaction.')
    main = await openAnother()
    return main
  }

  const onMain = <Result>(
    work: (on: PostgresConnection) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> =>
    inTurn(async () => {
      const on = await connection()
      return cancellable(on, openAnother, signal, () => work(on))
    })

  const run = async (statement: SqlStatement, signal?: AbortSignal): Promise<number> => {
    const { rowCount, command } = await onMain(
      (on) => on.query(statement.sql, boundTexts(statement.parameters)),
      signal,
    )
    if (command === 'INSERT') rowsAdded += rowCount
    return CHANGES.has(command) ? rowCount : 0
  }

  const commit = async (): Promise<void> => {
    const { command } = await onMain((on) => on.query('COMMIT'))
    inTransaction = false
    // The server answers otherwise where the transaction had failed.
    if (command !== 'COMMIT')
      throw postgresError('QRN-POSTGRES-008', 'The server rolled back what it was to commit.')
    // The commit stands, whatever hinders this: the next statement will tell.
    if (rowsAdded >= ROWS_TO_LOOK_AFTER) await lookAfterTables().catch(() => undefined)
  }

  /** The server does so by itself, but not before the next batch may need it. */
  const lookAfterTables = async (): Promise<void> => {
    await onMain((on) => lookAfterGrownTables(on, settings.schema))
    rowsAdded = 0
  }

  const rollback = async (): Promise<void> => {
    if (!inTransaction) return
    inTransaction = false
    await inTurn(async () => {
      if (main?.isOpen() !== true) return
      try {
        await main.query('ROLLBACK')
      } catch (thrown) {
        const error = classifyPostgresError(thrown)
        // With its session the transaction is gone as well.
        if (!isConnectionLost(error)) throw error
        await main.close()
      }
    })
  }

  async function* rowsOn(
    on: PostgresConnection,
    statement: SqlStatement,
    columns: readonly SqlColumn[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ColumnBatch, void, undefined> {
    if (isAborted(signal)) throw cancelled(signal?.reason)
    const sql = `COPY (${inlineParameters(statement)}) TO STDOUT (FORMAT binary)`
    const copy = startCopyOut(on, sql, createCopyDecoder(columns))
    let cancelling: Promise<void> | undefined
    const onAbort = (): void => {
      copy.fail(cancelled(signal?.reason))
      cancelling = cancelUntil(on, openAnother, () => copy.isEnded() || !on.isOpen())
    }
    signal?.addEventListener('abort', onAbort)
    try {
      for (;;) {
        const batch = await copy.next()
        if (batch === undefined) return
        yield batch
      }
    } catch (thrown) {
      throw isAborted(signal) ? cancelled(thrown) : classifyPostgresError(thrown)
    } finally {
      signal?.removeEventListener('abort', onAbort)
      // A reader that stopped early leaves rows on the way, which nobody takes.
      if (!copy.isEnded()) await on.close()
      await cancelling
    }
  }

  /** A session beside the main one, which `keepReader` gives back for the next. */
  const takeReader = async (): Promise<PostgresConnection> => {
    requireOpen()
    for (;;) {
      const idle = idleReaders.pop()
      if (idle === undefined) return openAnother()
      if (idle.isOpen()) return idle
    }
  }

  const keepReader = async (on: PostgresConnection): Promise<void> => {
    if (isClosed) await on.close()
    else if (on.isOpen()) idleReaders.push(on)
  }

  async function* query(
    statement: SqlStatement,
    columns: readonly SqlColumn[],
    signal?: AbortSignal,
  ): AsyncGenerator<ColumnBatch, void, undefined> {
    // Rows that somebody asks for while a statement of the transaction runs are not of the transaction.
    if (inTransaction && waiting === 0) {
      // A session sends one result at a time, and other statements may run before these rows are taken. Within
      // transactions the kit reads but a few rows.
      yield* await inTurn(async () => {
        const batches: ColumnBatch[] = []
        for await (const batch of rowsOn(await connection(), statement, columns, signal))
          batches.push(batch)
        return batches
      })
      return
    }
    const on = await takeReader()
    try {
      yield* rowsOn(on, statement, columns, signal)
    } finally {
      await keepReader(on)
    }
  }

  const bulkInsert = async (
    { name, columns, key }: TableDefinition,
    batches: AsyncIterable<ColumnBatch>,
    signal: AbortSignal,
  ): Promise<number> => {
    const list = columns.map((column) => quoteIdentifier(column.name)).join(', ')
    const sql = `COPY ${quoteIdentifier(name)} (${list}) FROM STDIN (FORMAT binary)`
    const types = columns.map(({ type }) => type)
    return onMain(async (on) => {
      const rows = await copyIn(on, sql, encodeBatches(types, untilAborted(batches, signal)))
      // Without a count of different keys the planner takes them for 200 and sorts both deliveries to merge them.
      if (key.length > 0 && rows >= ROWS_TO_ANALYZE)
        await on.query(`ANALYZE ${quoteIdentifier(name)} (${key.map(quoteIdentifier).join(', ')})`)
      return rows
    }, signal)
  }

  // Nobody asks for them once a transaction has changed them.
  const tables = async (prefix = ''): Promise<readonly StoredTable[]> => {
    const on = await takeReader()
    try {
      return await cancellable(on, openAnother, undefined, () =>
        listTables(on, settings.schema, prefix),
      )
    } finally {
      await keepReader(on)
    }
  }

  return {
    execute: run,
    query,
    begin: async () => {
      await onMain((on) => on.query('BEGIN'))
      inTransaction = true
    },
    commit,
    rollback,
    bulkInsert,
    listTables: tables,
    // The server writes its log into the database and gives back the space of dropped tables by itself.
    checkpoint: lookAfterTables,
    close: async () => {
      if (isClosed) return
      isClosed = true
      await Promise.all([main, ...idleReaders].map(async (open) => open?.close()))
    },
  }
}

/** Fewer are compared in no time, however. */
const ROWS_TO_ANALYZE = 1000

/** After so many the next batch of the same run would notice. */
const ROWS_TO_LOOK_AFTER = 100_000

/** Statements whose number of rows is one of changed rows. */
const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE'])

async function* untilAborted(
  batches: AsyncIterable<ColumnBatch>,
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch, void, undefined> {
  for await (const batch of batches) {
    signal.throwIfAborted()
    yield batch
  }
}
