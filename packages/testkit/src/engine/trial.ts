import type {
  BatchVersion,
  Catalog,
  CommitResult,
  Dataset,
  DatasetId,
  Engine,
  EngineSession,
  Instruction,
  Lease,
  Operation,
  Query,
  Row,
  StoredBatch,
  StoredTable,
  Value,
} from '@qarion/core'
import { SYSTEM_COLUMN_PREFIX } from '@qarion/core'
import { ascending, defineQuery, from, sort } from '@qarion/plan'

import { createTestCatalog, tableOf } from '../support/datasets.ts'
import { collectRows, sourceOf } from '../support/rows.ts'
import type { EngineSubject, MakeEngine } from './engine-subject.ts'
import type { PlanPath } from './plan-path.ts'

/** One case's engine, with what most cases do in one line. */
export interface Trial {
  readonly subject: EngineSubject
  readonly engine: Engine
  readonly session: EngineSession
  readonly lease: Lease
  /** Makes a dataset known to later calls. */
  declare(...datasets: readonly Dataset[]): void
  /** Says which tables hold the batches of a dataset. */
  store(dataset: Dataset, batches: Readonly<Partial<Record<BatchVersion, StoredBatch>>>): void
  /** Declares a dataset, creates its table and loads rows. */
  seed(dataset: Dataset, rows?: Iterable<Row>): Promise<void>
  commit(operations: readonly Operation[], options?: CommitOptions): Promise<CommitResult>
  run(instruction: Instruction, options?: CommitOptions): Promise<CommitResult>
  /** Rows of the last query. */
  read(queries: readonly Query[], options?: ReadOptions): Promise<readonly Row[]>
  /** Rows of a dataset in the order of its sort key. */
  rows(dataset: Dataset): Promise<readonly Row[]>
  catalog(): Catalog
  /** Tables and views but those the engine keeps for itself, whose names start with `xt_`. */
  tables(prefix?: string): Promise<readonly StoredTable[]>
}

export interface CommitOptions extends ReadOptions {
  readonly acceptedGuards?: readonly string[]
  readonly lease?: Lease
}

export interface ReadOptions {
  readonly parameters?: Readonly<Record<string, Value | null>>
  readonly signal?: AbortSignal
}

/** Runs `body` on a fresh engine with a writing session and a lease, and cleans up after it. */
export async function withTrial(
  makeEngine: MakeEngine,
  path: PlanPath,
  body: (trial: Trial) => Promise<void>,
): Promise<void> {
  const subject = await makeEngine()
  try {
    const owner = { description: 'conformance', waitMs: 0, signal: new AbortController().signal }
    const lease = await subject.engine.acquireLease(owner)
    try {
      const session = await subject.engine.open('write')
      try {
        await body(createTrial(subject, session, lease, path))
      } finally {
        await session.close()
      }
    } finally {
      await lease.release()
    }
  } finally {
    await subject.close()
  }
}

function createTrial(
  subject: EngineSubject,
  session: EngineSession,
  lease: Lease,
  path: PlanPath,
): Trial {
  const datasets: Dataset[] = []
  const stored: Record<DatasetId, Readonly<Partial<Record<BatchVersion, StoredBatch>>>> = {}
  const declare = (...more: readonly Dataset[]): void => {
    for (const dataset of more) {
      const place = datasets.findIndex(({ id }) => id === dataset.id)
      if (place < 0) datasets.push(dataset)
      else datasets[place] = dataset
    }
  }
  const catalog = (): Catalog => createTestCatalog(datasets, stored)
  const commit: Trial['commit'] = (operations, options = {}) =>
    session.commit({
      operations: operations.map((operation) => path.operation(operation)),
      catalog: catalog(),
      parameters: options.parameters ?? {},
      acceptedGuards: options.acceptedGuards ?? [],
      lease: options.lease ?? lease,
      signal: options.signal ?? new AbortController().signal,
    })
  const read: Trial['read'] = (queries, options = {}) =>
    collectRows(
      session.read({
        queries: path.queries(queries),
        catalog: catalog(),
        parameters: options.parameters ?? {},
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    )
  return {
    subject,
    engine: subject.engine,
    session,
    lease,
    declare,
    store: (dataset, batches) => {
      declare(dataset)
      stored[dataset.id] = batches
    },
    seed: async (dataset, rows = []) => {
      declare(dataset)
      const table = tableOf(dataset)
      const source = sourceOf(dataset.columns, rows)
      await commit([
        { kind: 'create_table', table },
        { kind: 'load', table, source, count: 'seed' },
      ])
    },
    commit,
    run: (instruction, options) => commit([{ kind: 'instruction', instruction }], options),
    read,
    rows: (dataset) =>
      read([defineQuery('rows', [from(dataset.id), sort(ascending(dataset.sortKey))])]),
    catalog,
    tables: async (prefix) =>
      (await session.listTables(prefix)).filter(
        ({ name }) => !name.startsWith(SYSTEM_COLUMN_PREFIX),
      ),
  }
}
