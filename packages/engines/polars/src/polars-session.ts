import type {
  CommitResult,
  CommitUnit,
  EngineSession,
  Operation,
  ReadRequest,
  ColumnBatch,
} from '@qarion/core'
import { ROWS_PER_BATCH } from '@qarion/core'

import { collect } from './frame/frames.ts'
import { classifyPolarsError, polarsError, throwIfAborted } from './polars-errors.ts'
import type { Polars } from './polars.ts'
import { createScope, type QueryContext } from './query/query-context.ts'
import { runQuery } from './query/run-query.ts'
import type { StoreState, TableStore } from './store/table-store.ts'
import { decodeFrame, outgoing } from './values/decode.ts'
import { compactTables } from './write/compact.ts'
import { abandon, createDraft, scanned, type Draft } from './write/draft.ts'
import { loadRows } from './write/load.ts'
import { createTable, createView } from './write/tables.ts'
import { writeInstruction, type Tally } from './write/write-instruction.ts'

/** Rows that leave at once. */
const ROWS_PER_READ = 4 * ROWS_PER_BATCH
/** A reader that another process' commits overtake begins anew so often. */
const ATTEMPTS = 3

const EMPTY_CATALOG = Object.freeze({ datasets: new Map(), batches: new Map() })

export interface SessionOptions {
  readonly polars: Polars
  readonly store: TableStore
  readonly mode: 'read' | 'write'
  /** Throws where what is stored is not what was written; called when a calculation over it failed. */
  readonly verify: (state: StoreState) => Promise<void>
}

/** A session over a store. Commits run one after the other; rows of a read may be taken while a commit runs. */
export function createPolarsSession(options: SessionOptions): EngineSession {
  const { store, polars, mode } = options
  let queue: Promise<unknown> = Promise.resolve()
  let isClosed = false
  let fence: bigint | undefined
  const requireOpen = (): void => {
    if (isClosed) throw polarsError('QRN-POLARS-006', 'The session is closed.')
  }
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    requireOpen()
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }
  return {
    listTables: async (prefix = '') => {
      requireOpen()
      const { tables, views } = await store.read()
      return [
        ...[...tables].map(([name, { columns }]) => ({
          name,
          kind: 'table' as const,
          columns: columns.map((column) => column.name),
        })),
        ...[...views].map(([name, { columns }]) => ({ name, kind: 'view' as const, columns })),
      ].filter(({ name }) => name.startsWith(prefix))
    },
    commit: async (unit) =>
      inTurn(async () => {
        if (mode === 'read') throw polarsError('QRN-POLARS-006', 'This session only reads.')
        const result = await commit(unit, options)
        fence = unit.lease.fence
        return result
      }),
    read: (request) => {
      requireOpen()
      return read(request, options)
    },
    checkpoint: async () =>
      inTurn(async () => {
        // Only who wrote last may write again without a unit.
        const state = await store.read()
        if (fence === undefined || state.fence !== fence) return
        const draft = createDraft(state, store)
        try {
          if (await compactTables(draft, contextOf(EMPTY_CATALOG, {}, draft, polars, undefined)))
            await store.publish(stateOf(draft))
        } catch (thrown) {
          await abandon(draft)
          throw classifyPolarsError(thrown)
        }
        await store.clean()
      }),
    close: async () => {
      if (isClosed) return
      isClosed = true
      await queue
    },
  }
}

function contextOf(
  catalog: QueryContext['catalog'],
  parameters: QueryContext['parameters'],
  draft: Draft,
  polars: Polars,
  signal: AbortSignal | undefined,
): QueryContext {
  // The tables as they are now: a map that a later operation does not change.
  const tables = { ...scanned(draft), tables: new Map(draft.tables) }
  return { polars, catalog, parameters, tables, signal }
}

function stateOf({ tables, views, fence }: Draft): StoreState {
  return { tables, views, fence }
}

async function commit(
  unit: CommitUnit,
  { store, polars, verify }: SessionOptions,
): Promise<CommitResult> {
  throwIfAborted(unit.signal)
  const state = await store.read()
  requireNewest(unit, state)
  const draft = createDraft(state, store)
  const tally: Tally = { rowCounts: {}, acceptedGuards: new Set() }
  try {
    for (const operation of unit.operations) {
      throwIfAborted(unit.signal)
      await runOperation(operation, unit, draft, polars, tally)
    }
    throwIfAborted(unit.signal)
    requireNewest(unit, await store.read())
    await store.publish(stateOf(draft))
  } catch (thrown) {
    await abandon(draft)
    const error = classifyPolarsError(thrown)
    if (error.code === 'QRN-POLARS-009') await verify(state)
    throw error
  }
  return { rowCounts: tally.rowCounts, acceptedGuards: [...tally.acceptedGuards] }
}

function requireNewest({ lease }: CommitUnit, { fence }: StoreState): void {
  if (lease.fence === fence) return
  throw polarsError(
    'QRN-POLARS-003',
    `Another runner has taken over the data: lease ${lease.fence} is no longer the newest.`,
    { data: { fence: String(lease.fence), newest: String(fence) } },
  )
}

async function runOperation(
  operation: Operation,
  unit: CommitUnit,
  draft: Draft,
  polars: Polars,
  tally: Tally,
): Promise<void> {
  // What an instruction brings of its own takes the place of the unit's.
  const own = operation.kind === 'instruction' ? operation : undefined
  const context = contextOf(
    own?.catalog ?? unit.catalog,
    own?.parameters ?? unit.parameters,
    draft,
    polars,
    unit.signal,
  )
  switch (operation.kind) {
    case 'create_table':
      return createTable(operation.table, draft, context)
    case 'drop_table':
      draft.tables.delete(operation.table)
      return
    case 'create_view':
      return createView(operation, draft)
    case 'drop_view':
      draft.views.delete(operation.name)
      return
    case 'load': {
      const { table, source, count } = operation
      tally.rowCounts[count] = await loadRows(table, source, draft, context)
      return
    }
    case 'instruction':
      return writeInstruction(operation.instruction, draft, context, unit.acceptedGuards, tally)
    case 'insert_select':
      throw polarsError('QRN-POLARS-014', 'The plan holds a statement in SQL.')
  }
}

async function* read(
  { queries, catalog, parameters, signal }: ReadRequest,
  { store, polars, verify }: SessionOptions,
): AsyncGenerator<ColumnBatch, void, undefined> {
  for (let attempt = 1; ; attempt += 1) {
    throwIfAborted(signal)
    const state = await store.read()
    const tables = { tables: state.tables, scan: store.scan.bind(store) }
    try {
      const scope = createScope(queries, { polars, catalog, parameters, tables, signal })
      const { frame, columns } = await runQuery(queries.at(-1)?.name ?? '', scope)
      const rows = await collect(outgoing(polars, frame, columns))
      for (const batch of decodeFrame(rows, columns, ROWS_PER_READ)) {
        throwIfAborted(signal)
        yield batch
      }
      return
    } catch (thrown) {
      const error = classifyPolarsError(thrown)
      if (error.code !== 'QRN-POLARS-009') throw error
      const isOvertaken = (await store.read()) !== state
      if (!isOvertaken || attempt === ATTEMPTS) {
        await verify(state)
        throw error
      }
    }
  }
}
