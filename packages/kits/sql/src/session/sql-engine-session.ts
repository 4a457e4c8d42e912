import {
  isSameType,
  type ColumnBatch,
  type CommitResult,
  type CommitUnit,
  type EngineSession,
  type ExportedFile,
  type Operation,
  type ReadRequest,
  type TableDefinition,
  type WriteFileRequest,
} from '@qarion/core'

import { compileQueries } from '../compile/compile-query.ts'
import { createCompiler } from '../compile/compiler.ts'
import type { CompileContext, CompiledQuery, StoredRelation } from '../compile/context.ts'
import { defaultOf } from '../compile/dataset-source.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { sqlError } from '../sql-errors.ts'
import { checkFence } from './fence.ts'
import { foreignReadStatement } from './foreign-read.ts'
import { insertSelectSteps } from './insert-select.ts'
import { instructionSteps } from './instruction-steps.ts'
import { runSteps, throwIfAborted, type Tally } from './run-steps.ts'
import type { SqlSession } from './sql-session.ts'
import { execute, statementsOf, type Step } from './steps.ts'
import { createStoredTables, noteOperation, type StoredTables } from './stored-tables.ts'

/**
 * The engine session over a connection. It owns the connection: closing it closes that. Commits run one after the
 * other; rows of a read may be taken while a commit runs. An exclusive session is the only one that changes tables, so
 * it need not ask for them each time.
 */
export function createSqlEngineSession(
  session: SqlSession,
  dialect: Dialect,
  options: { readonly isExclusive?: boolean } = {},
): EngineSession {
  const tables = createStoredTables(session, options.isExclusive ?? false)
  let queue: Promise<unknown> = Promise.resolve()
  let isClosed = false
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    requireOpen()
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }
  const requireOpen = (): void => {
    if (isClosed) throw sqlError('QRN-SQL-006', 'The session is closed.')
  }
  return {
    listTables: async (prefix) => {
      requireOpen()
      return tables.list(prefix)
    },
    commit: async (unit) => inTurn(async () => commit(unit, { session, dialect, tables })),
    read: (request) => {
      requireOpen()
      return read(request, { session, dialect, tables })
    },
    readForeign: (request) => {
      requireOpen()
      const { columns, ...statement } = foreignReadStatement(request, dialect)
      return session.query(statement, columns, request.signal)
    },
    ...(session.writeFile === undefined
      ? {}
      : {
          writeFile: async (request: WriteFileRequest) => {
            requireOpen()
            return writeFile(request, { session, dialect, tables })
          },
        }),
    explain: (unit) => explain(unit, dialect),
    checkpoint: async () => inTurn(() => session.checkpoint()),
    close: async () => {
      if (isClosed) return
      isClosed = true
      await queue
      await session.close()
    },
  }
}

interface Surroundings {
  readonly session: SqlSession
  readonly dialect: Dialect
  readonly tables: StoredTables
}

async function commit(unit: CommitUnit, surroundings: Surroundings): Promise<CommitResult> {
  const result = await attempt(unit, surroundings, true)
  return result === 'spoiled'
    ? (attempt(unit, surroundings, false) as Promise<CommitResult>)
    : result
}

/** Resolves to `spoiled`, with nothing written, where a native load has made the transaction useless. */
async function attempt(
  unit: CommitUnit,
  surroundings: Surroundings,
  isNative: boolean,
): Promise<CommitResult | 'spoiled'> {
  const { session, dialect, tables } = surroundings
  throwIfAborted(unit.signal)
  const tally: Tally = { rowCounts: {}, acceptedGuards: new Set() }
  await session.begin()
  try {
    await checkFence(session, dialect, unit.lease.fence)
    const stored = new Map(await tables.read())
    const nextName = createNames()
    for (const operation of unit.operations) {
      throwIfAborted(unit.signal)
      const work: Work = { session, dialect, stored, tally, nextName, isNative }
      if ((await runOperation(operation, unit, work)) !== 'spoiled') continue
      tables.forget()
      await session.rollback()
      return 'spoiled'
    }
    throwIfAborted(unit.signal)
    await session.commit()
    tables.keep(stored)
  } catch (thrown) {
    tables.forget()
    await session.rollback()
    throw thrown
  }
  return { rowCounts: tally.rowCounts, acceptedGuards: [...tally.acceptedGuards] }
}

interface Work {
  readonly session: SqlSession
  readonly dialect: Dialect
  /** What is stored so far in the transaction. */
  readonly stored: Map<string, StoredRelation>
  readonly tally: Tally
  readonly nextName: () => string
  /** Whether files may be read by the engine itself. */
  readonly isNative: boolean
}

async function runOperation(
  operation: Operation,
  unit: CommitUnit,
  work: Work,
): Promise<'done' | 'spoiled'> {
  const { session, tally } = work
  if (operation.kind === 'load') {
    const { table, source, count } = operation
    const native =
      source.native === undefined || !work.isNative
        ? undefined
        : await session.loadNative?.(table, source.native, unit.signal)
    if (native === 'spoiled') return native
    tally.rowCounts[count] =
      native ?? (await session.bulkInsert(table, source.batches(), unit.signal))
    return 'done'
  }
  const steps = operationSteps(
    operation,
    contextOf(unit, operation, work.dialect, { stored: work.stored }),
    work.nextName,
  )
  await runSteps(steps, session, unit.acceptedGuards, unit.signal, tally)
  noteOperation(operation, work.stored)
  return 'done'
}

function operationSteps(
  operation: Exclude<Operation, { kind: 'load' }>,
  context: CompileContext,
  nextName: () => string,
): readonly Step[] {
  const { dialect } = context
  switch (operation.kind) {
    case 'create_table':
      return createTableSteps(operation.table, context)
    case 'drop_table':
      return [execute(`DROP TABLE IF EXISTS ${dialect.quoteIdentifier(operation.table)}`)]
    case 'create_view': {
      const { sql } = compileQueries(operation.queries, {
        ...context,
        catalog: operation.catalog,
        values: 'print',
      })
      return dialect.createView(operation.name, sql).map((statement) => execute(statement))
    }
    case 'drop_view':
      return [execute(`DROP VIEW IF EXISTS ${dialect.quoteIdentifier(operation.name)}`)]
    case 'instruction':
      return instructionSteps(operation.instruction, context, nextName)
    case 'insert_select':
      return insertSelectSteps(operation, context)
  }
}

/** Creates the table, or the columns that it lacks; rows that are there hold the defaults of those. */
function createTableSteps(table: TableDefinition, context: CompileContext): readonly Step[] {
  const { dialect, stored } = context
  for (const { type } of table.columns) dialect.requireType(type)
  const present = stored?.get(table.name)?.columns
  if (present === undefined) return dialect.createTable(table).map((sql) => execute(sql))
  return table.columns
    .filter(({ name }) => !present.has(name))
    .flatMap((column) => {
      const add = execute(dialect.addColumn(table.name, column))
      if (column.default === undefined) return [add]
      const compiler = createCompiler(context)
      const { sql } = defaultOf(column, compiler).operand
      const [name, to] = [column.name, table.name].map(dialect.quoteIdentifier)
      const fill = compiler.values.bind(`UPDATE ${to} SET ${name} = ${sql}`)
      return [add, execute(fill.sql, fill.parameters)]
    })
}

async function* read(
  request: ReadRequest,
  surroundings: Surroundings,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const { signal } = request
  throwIfAborted(signal)
  const { columns, ...statement } = await compiled(request, surroundings)
  for await (const batch of surroundings.session.query(statement, columns, signal)) {
    throwIfAborted(signal)
    yield batch
  }
}

async function compiled(
  { queries, catalog, parameters }: ReadRequest,
  { dialect, tables }: Surroundings,
): Promise<CompiledQuery> {
  const stored = await tables.read()
  return compileQueries(queries, { dialect, catalog, parameters, stored })
}

async function writeFile(
  request: WriteFileRequest,
  surroundings: Surroundings,
): Promise<ExportedFile | undefined> {
  throwIfAborted(request.signal)
  const { columns, ...statement } = await compiled(request, surroundings)
  const isSame =
    columns.length === request.columns.length &&
    request.columns.every(({ name, type }, index) => {
      const column = columns[index]
      return column?.name === name && isSameType(column.type, type)
    })
  return isSame ? surroundings.session.writeFile?.(statement, request) : undefined
}

function explain(unit: CommitUnit, dialect: Dialect): readonly string[] {
  const nextName = createNames()
  return unit.operations.flatMap((operation) =>
    operation.kind === 'load'
      ? [`-- load into ${dialect.quoteIdentifier(operation.table.name)}`]
      : operationSteps(
          operation,
          contextOf(unit, operation, dialect, { values: 'print' }),
          nextName,
        ).flatMap(statementsOf),
  )
}

/** What an instruction brings of its own takes the place of the unit's. */
function contextOf(
  unit: CommitUnit,
  operation: Operation,
  dialect: Dialect,
  more: Pick<CompileContext, 'stored' | 'values'>,
): CompileContext {
  const own =
    operation.kind === 'instruction' || operation.kind === 'insert_select' ? operation : undefined
  return {
    dialect,
    catalog: own?.catalog ?? unit.catalog,
    parameters: own?.parameters ?? unit.parameters,
    ...more,
  }
}

/** Names of temporary tables, free within a transaction. */
function createNames(): () => string {
  let count = 0
  return () => `xt_stage_${(count += 1)}`
}
