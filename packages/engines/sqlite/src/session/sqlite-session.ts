import type { ColumnBatch, ColumnVector, TableDefinition } from '@qarion/core'
import { sqlError, type SqlColumn, type SqlSession, type SqlStatement } from '@qarion/kit-sql'

import type { RowTexts } from '../csv/row-text.ts'
import { writeCsv } from '../csv/write-csv.ts'
import { toSqlite, type SqliteValue } from '../sqlite-types.ts'
import type { Calls, WorkerSettings } from '../worker/protocol.ts'
import { createLogCopies, type LogCopies } from './log-copies.ts'
import { startWorker, type WorkerClient } from './worker-client.ts'

/** Batches on their way to the worker: one that it inserts, and one that waits. */
const BATCHES_IN_FLIGHT = 2

/** Opens a connection to a database file in a thread of its own. Rejects if the file cannot be opened. */
export async function openSqliteSession(
  settings: Omit<WorkerSettings, 'cancelled'>,
): Promise<SqlSession> {
  const worker = startWorker(settings)
  try {
    await worker.call('list_tables', { prefix: 'xt_fence' })
  } catch (thrown) {
    await worker.terminate()
    throw thrown
  }
  return createSession(worker, createLogCopies(settings))
}

function createSession(worker: WorkerClient, log: LogCopies): SqlSession {
  let cursors = 0
  return {
    execute: async ({ sql, parameters }, signal) => {
      const changes = await worker.call(
        'execute',
        { sql, parameters: parametersOf(parameters) },
        signal,
      )
      throwIfCancelled(signal)
      return changes
    },
    query: (statement, columns, signal) =>
      query(worker, (cursors += 1), statement, columns, signal),
    writeFile: (statement, target) =>
      writeCsv(statement, target, (texts) =>
        queryTexts(worker, (cursors += 1), texts, target.signal),
      ),
    begin: async () => {
      await log.roomToBegin()
      await worker.call('begin', null)
    },
    commit: async () => {
      log.committed(await worker.call('commit', null))
    },
    rollback: async () => {
      await worker.call('rollback', null)
    },
    bulkInsert: (table, batches, signal) => bulkInsert(worker, table, batches, signal),
    listTables: (prefix = '') => worker.call('list_tables', { prefix }),
    checkpoint: async () => {
      await log.settled()
      await worker.call('checkpoint', null)
    },
    close: async () => {
      // The last connection to close makes the database one file again.
      await log.close()
      await worker.call('close', null)
      worker.release()
    },
  }
}

async function* query(
  worker: WorkerClient,
  cursor: number,
  { sql, parameters }: SqlStatement,
  columns: readonly SqlColumn[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const types = columns.map(({ type }) => type)
  await worker.call('query', { cursor, sql, parameters: parametersOf(parameters), types })
  yield* fetchAll(worker, 'fetch', cursor, signal)
}

async function* queryTexts(
  worker: WorkerClient,
  cursor: number,
  { sql, parameters }: SqlStatement,
  signal: AbortSignal,
): AsyncGenerator<RowTexts, void, undefined> {
  await worker.call('query_texts', { cursor, sql, parameters: parametersOf(parameters) })
  yield* fetchAll(worker, 'fetch_texts', cursor, signal)
}

async function* fetchAll<Name extends 'fetch' | 'fetch_texts'>(
  worker: WorkerClient,
  name: Name,
  cursor: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<NonNullable<Calls[Name]['answer']>, void, undefined> {
  let isDone = false
  try {
    // One piece is made while the one before is used.
    let next = settled(worker.call(name, { cursor }, signal))
    for (;;) {
      const piece = (await next)()
      throwIfCancelled(signal)
      if (piece === null) {
        isDone = true
        return
      }
      next = settled(worker.call(name, { cursor }, signal))
      yield piece
    }
  } finally {
    if (!isDone) await worker.call('close_cursor', { cursor }).catch(() => undefined)
  }
}

/** The promise as one that does not reject before anybody waits for it. */
async function settled<Value>(promise: Promise<Value>): Promise<() => Value> {
  try {
    const value = await promise
    return () => value
  } catch (thrown) {
    return () => {
      throw thrown
    }
  }
}

async function bulkInsert(
  worker: WorkerClient,
  table: TableDefinition,
  batches: AsyncIterable<ColumnBatch>,
  signal: AbortSignal,
): Promise<number> {
  await worker.call('insert_start', { table })
  const inFlight: Promise<() => null>[] = []
  const oldest = async (): Promise<void> => {
    const first = await inFlight.shift()
    first?.()
  }
  for await (const batch of batches) {
    throwIfCancelled(signal)
    if (inFlight.length === BATCHES_IN_FLIGHT) await oldest()
    inFlight.push(
      settled(worker.call('insert', { batch: { ...batch, columns: batch.columns.map(compact) } })),
    )
  }
  while (inFlight.length > 0) await oldest()
  return worker.call('insert_end', null, signal)
}

/** A view into a large buffer would be copied with all of it. */
function compact(vector: ColumnVector): ColumnVector {
  switch (vector.layout) {
    case 'text':
    case 'bytes':
    case 'bigint':
      return vector
    default:
      return {
        ...vector,
        values: own(vector.values),
        ...(vector.isNull === undefined ? {} : { isNull: own(vector.isNull) }),
      } as ColumnVector
  }
}

function own<
  View extends { readonly buffer: ArrayBufferLike; readonly byteLength: number; slice(): View },
>(view: View): View {
  return view.buffer.byteLength === view.byteLength ? view : view.slice()
}

function parametersOf(parameters: SqlStatement['parameters']): readonly SqliteValue[] {
  return parameters.map(({ value, type }) => toSqlite(value, type))
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw sqlError('QRN-SQL-007', 'The run was cancelled.', { cause: signal.reason })
  }
}
