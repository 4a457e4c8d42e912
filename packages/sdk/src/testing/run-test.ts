import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { toPlace, type ExpectedRows } from '@qarion/config'
import {
  createCsvPrinter,
  formatValue,
  rowsOf,
  toErrorDocument,
  type Column,
  type ColumnBatch,
  type Dataset,
  type Engine,
  type EngineSession,
  type ErrorDocument,
  type QarionError,
} from '@qarion/core'
import { runFlows, showDataset, type RunnableFlow, type ShowDatasetRequest } from '@qarion/runtime'

import { mainDatasetOf } from '../find-dataset.ts'
import { checkEngineFits } from '../open-project.ts'
import type { TestDeliveryOutcome, TestExpectationOutcome, TestOutcome } from '../qarion.ts'
import { compareRows, type TextRow } from './compare-rows.ts'
import {
  isBatchColumn,
  type ResolvedDelivery,
  type ResolvedExpectation,
  type ResolvedTest,
} from './resolve-test.ts'
import type { TestEngine } from './test-engine.ts'
import { testError } from './test-errors.ts'
import { testFlows, type TestFlows } from './test-flows.ts'

export interface RunTestRequest {
  readonly flows: readonly RunnableFlow[]
  readonly engine: TestEngine
  readonly environment: string
  readonly signal: AbortSignal
  /** The rows that a run gives take the place of those expected. */
  readonly isWriting: boolean
}

/** A test that ran, and the rows to write into it. */
export interface RanTest {
  readonly outcome: Omit<TestOutcome, 'written'>
  readonly changes: readonly ExpectedRows[]
}

/** Runs the deliveries of a test one after the other in a folder of its own, which is removed. */
export async function runTest(test: ResolvedTest, request: RunTestRequest): Promise<RanTest> {
  const startedAtMs = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'qarion-test-'))
  try {
    const engine = await request.engine.open(folder)
    const tested = testFlows(request.flows, flowsOf(test), folder)
    checkEngineFits(engine, tested.flows)
    const changes: ExpectedRows[] = []
    const deliveries: TestDeliveryOutcome[] = []
    const isBlank = test.deliveries.every(
      ({ delivery, expect }) => expect.length === 0 && delivery.fails === undefined,
    )
    for (const [index, delivery] of test.deliveries.entries()) {
      const step = { ...request, engine, tested, number: index + 1, isBlank }
      const { changes: more, outcome } = await runDelivery(delivery, step)
      deliveries.push(outcome)
      changes.push(...more)
      // What comes after one that went wrong would only repeat it.
      if (outcome.error !== undefined) break
    }
    const outcome = {
      name: test.test.name,
      file: test.test.file,
      status: statusOf(deliveries, { isBlank, isWriting: request.isWriting }),
      isBlank,
      durationMs: performance.now() - startedAtMs,
      deliveryCount: test.deliveries.length,
      deliveries,
    }
    return { outcome, changes: outcome.status === 'failed' ? [] : changes }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function statusOf(
  deliveries: readonly TestDeliveryOutcome[],
  { isBlank, isWriting }: { readonly isBlank: boolean; readonly isWriting: boolean },
): TestOutcome['status'] {
  const statuses = new Set(
    deliveries.flatMap(({ error, expectations }) =>
      error === undefined ? expectations.map(({ status }) => status) : (['failed'] as const),
    ),
  )
  if (statuses.has('failed') || statuses.has('unknown')) return 'failed'
  // A test that expects nothing shows nothing.
  if (isBlank) return isWriting ? 'written' : 'failed'
  return statuses.has('written') ? 'written' : 'passed'
}

function flowsOf({ deliveries }: ResolvedTest): ReadonlySet<string> {
  return new Set(
    deliveries.flatMap(({ expect, flow }) => [
      flow.definition.id,
      ...expect.map((expectation) => expectation.flow.definition.id),
    ]),
  )
}

interface DeliveryStep extends Omit<RunTestRequest, 'engine'> {
  readonly engine: Engine
  readonly tested: TestFlows
  /** From 1. */
  readonly number: number
  /** The test expects nothing yet. */
  readonly isBlank: boolean
}

async function runDelivery(
  resolved: ResolvedDelivery,
  step: DeliveryStep,
): Promise<{ readonly outcome: TestDeliveryOutcome; readonly changes: readonly ExpectedRows[] }> {
  const { batchTime, delivery, flow } = resolved
  const { number, tested } = step
  const loader = tested.loaders.get(flow.definition.id)
  loader?.deliver(number, delivery.rows)
  const { errors } = await runFlows({
    engine: step.engine,
    flows: tested.flows,
    environment: step.environment,
    options: {
      ...(batchTime === undefined ? {} : { batchTime }),
      isCascade: false,
      isFullRefresh: false,
    },
    accepted: delivery.accept.map((guard) => ({ guard, reason: 'test' })),
    waitMs: 0,
    command: 'test',
    signal: step.signal,
    onEvent: () => undefined,
    onRecord: () => Promise.resolve(),
  })
  const place = toPlace(delivery.table)
  const base = { delivery: number, flow: flow.definition.id, place }
  const [failed] = errors
  // Whoever interrupts wants to hear nothing of rows.
  if (failed?.error.reason === 'interrupted') throw failed.error
  const wanted = delivery.fails?.text
  if (wanted === undefined ? failed !== undefined : !hasCode(failed?.error, wanted)) {
    return {
      outcome: { ...base, expectations: [], error: describeFailure(failed?.error, wanted, number) },
      changes: [],
    }
  }
  if (wanted !== undefined) loader?.withdraw()
  return readExpected(resolved, step, base)
}

async function readExpected(
  { delivery, expect, flow }: ResolvedDelivery,
  step: DeliveryStep,
  base: Omit<TestDeliveryOutcome, 'expectations'>,
): Promise<{ readonly outcome: TestDeliveryOutcome; readonly changes: readonly ExpectedRows[] }> {
  const expectations: TestExpectationOutcome[] = []
  const changes: ExpectedRows[] = []
  const session = await step.engine.open('read')
  const read = (request: ShowDatasetRequest): Promise<ReadRows> =>
    readRows(session, {
      ...request,
      flow: testedFlow(step.tested, request.flow),
      signal: step.signal,
    })
  try {
    for (const expected of expect) {
      const { expectation } = expected
      const { csv, rows } = await read({
        flow: expected.flow,
        dataset: expected.dataset,
        columns: expected.columns.map(({ name }) => name),
        ...(expectation.batch === undefined ? {} : { batch: expectation.batch }),
        ...(expectation.where === undefined ? {} : { where: expectation.where.text }),
      })
      const outcome = compareExpected(expected, rows)
      const isWritten = step.isWriting && outcome.status !== 'passed'
      if (isWritten) changes.push({ of: expectation, csv })
      expectations.push(isWritten ? { ...outcome, status: 'written' } : outcome)
    }
    const dataset = mainDatasetOf(flow)
    if (step.isBlank && step.isWriting && dataset !== undefined) {
      const batch = dataset.columns.some(isBatchColumn) ? step.number : undefined
      const { csv } = await read({
        flow,
        dataset,
        ...(batch === undefined ? {} : { batch }),
      })
      changes.push({
        after: delivery,
        dataset: dataset.id,
        ...(batch === undefined ? {} : { batch }),
        csv,
      })
    }
  } finally {
    await session.close()
  }
  return { outcome: { ...base, expectations }, changes }
}

/** The flow as the test runs it: what it reads is stored there. */
function testedFlow({ flows }: TestFlows, { definition }: RunnableFlow): RunnableFlow {
  return flows.find((flow) => flow.definition.id === definition.id) as RunnableFlow
}

interface ReadRows {
  readonly rows: readonly TextRow[]
  /** The same as CSV with a header. */
  readonly csv: string
}

async function readRows(session: EngineSession, request: ShowDatasetRequest): Promise<ReadRows> {
  const { batches, columns } = await showDataset(session, request)
  const { header, rows: print } = createCsvPrinter(columns)
  const rows: TextRow[] = []
  let csv = header()
  for await (const batch of batches) {
    csv += print(batch)
    rows.push(...textRows(batch, columns))
  }
  return { rows, csv }
}

function textRows(batch: ColumnBatch, columns: readonly Column[]): readonly TextRow[] {
  return Array.from(rowsOf(batch), (row) =>
    columns.map(({ type }, index) => {
      const value = row[index] ?? null
      return value === null ? null : formatValue(type, value)
    }),
  )
}

function compareExpected(
  { columns, dataset, expectation, flow, rows: expected }: ResolvedExpectation,
  actual: readonly TextRow[],
): TestExpectationOutcome {
  const names = columns.map(({ name }) => name)
  const identity = identityOf(flow, dataset, names)
  const differences = compareRows(expected ?? [], actual, identity)
  const { changed, extra, missing } = differences
  const isEqual = changed.length + extra.length + missing.length === 0
  return {
    dataset: dataset.id,
    ...(expectation.batch === undefined ? {} : { batch: expectation.batch }),
    place: toPlace(expectation.dataset.at),
    status: expected === undefined ? 'unknown' : isEqual ? 'passed' : 'failed',
    columns: names,
    key: identity.map((index) => names[index] ?? ''),
    rowCount: actual.length,
    ...differences,
  }
}

/** Columns by which a row that changed is known again: the dataset's order or key, else the flow's key, if all are compared. */
function identityOf(
  { definition }: RunnableFlow,
  { key, sortKey }: Dataset,
  names: readonly string[],
): readonly number[] {
  const known = [sortKey, key, definition.input.primaryKey].find(
    (columns) => columns.length > 0 && columns.every((name) => names.includes(name)),
  )
  return (known ?? []).map((name) => names.indexOf(name))
}

/** Whether this is the failure that a test asks for, alone or among others. */
function hasCode(error: QarionError | undefined, code: string): boolean {
  return (
    error !== undefined &&
    (error.code === code || error.problems.some((inner) => hasCode(inner, code)))
  )
}

function describeFailure(
  error: QarionError | undefined,
  wanted: string | undefined,
  number: number,
): ErrorDocument {
  if (error !== undefined && wanted === undefined) return withAdvice(error)
  const found =
    error === undefined ? 'it went through' : `it failed with ${error.code}: ${error.message}`
  return toErrorDocument(
    testError(
      'QRN-TEST-005',
      'execution',
      `delivery ${number} was to fail with ${wanted ?? ''}, and ${found}`,
    ),
  )
}

/** What is refused may be what the test is about. */
function withAdvice(error: QarionError): ErrorDocument {
  const document = toErrorDocument(error)
  if (error.reason !== 'guard' && error.reason !== 'data') return document
  const hint = `If the test is about this, add fails = "${error.code}" to the delivery, or accept = ["…"] with the guard.`
  return { ...document, hint }
}
