import {
  toQarionError,
  type Catalog,
  type FlowOutbox,
  type Publisher,
  type PublishCounts,
  type QarionError,
} from '@qarion/core'

import { commitUnit } from '../run/commit.ts'
import type { RunContext } from '../run/run-context.ts'
import { readableDatasets } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { catalogOf } from '../state/flow-catalog.ts'
import { datasetOf } from '../steps/batch-operations.ts'
import { markEvents, reviveEvents, type EventResult } from './mark-events.ts'
import type { PublishableFlow } from './publishable-flow.ts'
import { countWaiting, readWaiting, type Cursor } from './read-waiting.ts'
import { createResultMarker } from './result-marker.ts'
import { sendPage } from './send-page.ts'

export interface PublishOptions {
  /** At most so many events are sent. */
  readonly limit?: number
  /** Dead events are sent again. */
  readonly isRetryingDead: boolean
  /** From 0 to before 1. */
  readonly random: () => number
}

export interface FlowPublishResult extends PublishCounts {
  readonly flow: string
  /** Events that are not published afterwards, and how many of them are dead. */
  readonly waiting: number
  readonly waitingDead: number
  /** What ended it before all events were tried; those that were not tried stay as they were. */
  readonly error?: QarionError
}

const PAGE_ROWS = 500
const PROGRESS_INTERVAL_MS = 100
/** So many events in a row that are not taken are no accident. */
const MAX_FAILURES_IN_A_ROW = 20

type Counts = { -readonly [Name in keyof PublishCounts]: number }

/** Sends the events of one flow that are due, in pages. */
export async function publishFlow(
  context: RunContext,
  flow: PublishableFlow,
  options: PublishOptions,
): Promise<FlowPublishResult> {
  const { definition, plan } = flow
  const { outbox } = plan
  const counts: Counts = { published: 0, failed: 0, dead: 0 }
  const nothing = { flow: definition.id, ...counts, waiting: 0, waitingDead: 0 }
  const stored = new Set((await context.session.listTables()).map(({ name }) => name))
  const tables = Object.values(outbox).map((id) => datasetOf(plan, id).table)
  if (!tables.every((table) => stored.has(table))) return nothing
  const catalog = catalogOf(readableDatasets(flow), undefined, undefined)
  if (options.isRetryingDead) await revive(context, definition.id, outbox, catalog)
  const before = await countWaiting(context.session, catalog, outbox)
  context.emit({ type: 'publish_started', flow: definition.id, waiting: before.waiting })
  if (before.waiting === 0) return nothing
  let error: QarionError | undefined
  try {
    const publisher = await flow.publish.open()
    try {
      error = await sendAll(context, flow, { publisher, catalog, counts, options })
    } finally {
      await publisher.close()
    }
  } catch (thrown) {
    error = toQarionError(thrown)
  }
  const after = await countWaiting(context.session, catalog, outbox)
  return {
    flow: definition.id,
    ...counts,
    waiting: after.waiting,
    waitingDead: after.dead,
    ...(error === undefined ? {} : { error }),
  }
}

interface Sending {
  readonly publisher: Publisher
  readonly catalog: Catalog
  readonly counts: Counts
  readonly options: PublishOptions
}

/** Goes through all waiting events once. Gives why it stopped, if that was before the end. */
async function sendAll(
  context: RunContext,
  flow: PublishableFlow,
  { publisher, catalog, counts, options }: Sending,
): Promise<QarionError | undefined> {
  const { definition, plan } = flow
  const { session, nowMs, emit, signal } = context
  const marker = createResultMarker(
    (results) => mark(context, definition.id, plan.outbox, catalog, results),
    nowMs,
  )
  const limit = options.limit ?? Number.POSITIVE_INFINITY
  let attempted = 0
  let failuresInARow = 0
  let lastProgressMs = 0
  const mayGoOn = (): boolean =>
    attempted < limit && failuresInARow < MAX_FAILURES_IN_A_ROW && !signal.aborted
  const onResult = async (result: EventResult): Promise<void> => {
    const name = result.state === 'pending' ? 'failed' : result.state
    counts[name] += 1
    failuresInARow = result.state === 'published' ? 0 : failuresInARow + 1
    await marker.add(result)
    if (nowMs() - lastProgressMs < PROGRESS_INTERVAL_MS) return
    lastProgressMs = nowMs()
    emit({ type: 'publish_progress', flow: definition.id, ...counts })
  }
  const pageContext = {
    flow: definition.id,
    publisher,
    settings: definition.publish,
    nowMs,
    random: options.random,
    signal,
    emit,
    mayGoOn,
    onAttempt: (): void => {
      attempted += 1
    },
    onResult,
  }
  let after: Cursor | undefined
  try {
    for (;;) {
      const page = await readWaiting(session, catalog, plan.outbox, {
        after,
        count: PAGE_ROWS,
        signal,
      })
      const held = await sendPage(pageContext, page)
      // The next page must see what this one did, and a kill must find it done.
      await marker.flush()
      const last = page.at(-1)?.event
      if (failuresInARow >= MAX_FAILURES_IN_A_ROW) return takesNothing(definition.id)
      if (last === undefined || page.length < PAGE_ROWS || attempted >= limit) return undefined
      signal.throwIfAborted()
      after = held.has(last.key) ? { key: last.key } : { key: last.key, sequence: last.sequence }
    }
  } finally {
    await marker.flush()
  }
}

function takesNothing(flow: string): QarionError {
  return runtimeError(
    'QRN-PUBLISH-003',
    'connection',
    `flow "${flow}": ${MAX_FAILURES_IN_A_ROW} events in a row were not taken; the others were not tried`,
  )
}

/** Also after an interruption: what was taken must not be sent again. */
async function mark(
  context: RunContext,
  flow: string,
  outbox: FlowOutbox,
  catalog: Catalog,
  results: readonly EventResult[],
): Promise<void> {
  const step = { flow, batch: 0, step: 'publish' }
  const signal = new AbortController().signal
  await commitUnit({ ...context, signal }, step, () => [
    { kind: 'instruction', instruction: markEvents(outbox, results), catalog, parameters: {} },
  ])
}

async function revive(
  context: RunContext,
  flow: string,
  outbox: FlowOutbox,
  catalog: Catalog,
): Promise<void> {
  await commitUnit(context, { flow, batch: 0, step: 'publish' }, () => [
    { kind: 'instruction', instruction: reviveEvents(outbox), catalog, parameters: {} },
  ])
}
