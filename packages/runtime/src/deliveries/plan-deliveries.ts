import type { InputFile, LoadDefinition } from '@qarion/core'
import { compareNatural, compareText } from '@qarion/core'

import { runtimeError } from '../runtime-errors.ts'
import type { BatchRecord, InputRecord, State } from '../state/state-records.ts'
import { capturedBatchTime, formatBatchTime } from './batch-time.ts'
import type { Delivery, DeliveryPlan, PlannedDelivery, RebuildPlan } from './delivery-plan.ts'

export interface PlanDeliveriesRequest {
  readonly flow: string
  readonly load: LoadDefinition
  /** The files that are there now. */
  readonly files: readonly InputFile[]
  /** What the engine remembers of this flow. */
  readonly state: State
  /** Tables that are stored now. */
  readonly tables: ReadonlySet<string>
  /** Whether the file is what was recorded; called only where size or modification time differ. */
  readonly isSameContent: (file: InputFile, record: InputRecord) => Promise<boolean>
  readonly options: DeliveryOptions
}

export interface DeliveryOptions {
  /** Only the file with this name. */
  readonly file?: string
  readonly batches?: { readonly from: number; readonly to: number }
  /** Microseconds. */
  readonly batchTime?: bigint
  readonly isCascade: boolean
  readonly isFullRefresh: boolean
}

/** Nothing asked for but what is new. */
export const PLAIN_OPTIONS: DeliveryOptions = Object.freeze({
  isCascade: false,
  isFullRefresh: false,
})

/**
 * Decides from files and state which batches a run loads, which it applies anew and what it refuses:
 * docs/semantics.md, "Deliveries, batches, runs". Throws if what is asked for cannot be.
 */
export async function planDeliveries(request: PlanDeliveriesRequest): Promise<DeliveryPlan> {
  const { load, state, options } = request
  const compare = fileOrder(load)
  const files = request.files
    .filter((file) => options.file === undefined || file.name === options.file)
    .toSorted((left, right) => compare(left, right))
  if (options.file !== undefined && files.length === 0) {
    throw runtimeError(
      'QRN-RUN-008',
      'usage',
      `flow "${request.flow}" has no file "${options.file}"`,
      {
        hint: 'Name a file that source_path and file_pattern match, relative to the project.',
      },
    )
  }
  const newest = state.batches.at(-1)?.batch ?? 0
  const committed = state.inputs.filter((input) => input.batch <= newest)
  const known = new Map(committed.map((input) => [input.name, input]))

  const changed: { file: InputFile; record: InputRecord }[] = []
  const unseen: InputFile[] = []
  for (const file of files) {
    const record = known.get(file.name)
    if (record === undefined) unseen.push(file)
    else if (!(await isSame(request, file, record))) changed.push({ file, record })
  }
  const renewed = load.onChangedFile === 'new_batch' ? changed.map(({ file }) => file) : []
  const reloaded = load.onChangedFile === 'new_batch' ? [] : changed
  if (reloaded.length > 0 && load.onChangedFile === 'fail') {
    return refused(changedFileError(request.flow, reloaded[0] as (typeof reloaded)[number]))
  }

  const groups = groupFiles(load, [...unseen, ...renewed].toSorted(compare), files, known)
  const lateGroups = groups.filter(
    ({ files: group }) => load.filePattern !== undefined && isLate(group, committed, state, load),
  )
  const lateParts = groups.filter(({ batch }) => batch !== undefined)
  const late = [...new Set([...lateGroups, ...lateParts])]
  if (late.length > 0 && !options.isCascade && !options.isFullRefresh) {
    return refused(lateFileError(request.flow, late[0]?.files[0] as InputFile, committed))
  }
  const touched = [
    ...reloaded.map(({ record }) => record.batch),
    ...lateParts.map(({ batch }) => batch as number),
  ]
  const oldest = Math.min(...touched, Number.POSITIVE_INFINITY)
  if (oldest < newest && !options.isCascade && !options.isFullRefresh) {
    return refused(olderBatchError(request.flow, oldest, newest))
  }

  const insertions = lateGroups.filter((group) => !lateParts.includes(group))
  const selected = options.batches
  const rerun = selected !== undefined && selected.from <= newest ? selected.from : undefined
  if (rerun !== undefined && rerun < newest && !options.isCascade) {
    return refused(olderBatchError(request.flow, rerun, newest))
  }
  const isRebuild =
    insertions.length > 0 ||
    oldest !== Number.POSITIVE_INFINITY ||
    options.isFullRefresh ||
    rerun !== undefined
  const rebuild =
    isRebuild && newest + insertions.length > 0
      ? planRebuild(request, files, insertions, oldest, rerun)
      : undefined
  const fresh = groups.filter((group) => !late.includes(group))
  const first = newest + insertions.length + 1
  const deliveries = fresh.map((group, index) =>
    planned(request, group.files, first + index, rebuild !== undefined),
  )
  if (selected !== undefined && selected.from > newest + fresh.length) {
    throw runtimeError(
      'QRN-RUN-008',
      'usage',
      `flow "${request.flow}" has no batch ${selected.from}`,
      {
        hint: newest === 0 ? 'It has no batch yet.' : `Its newest batch is ${newest}.`,
      },
    )
  }
  return {
    rebuild,
    refusal: undefined,
    deliveries: deliveries.filter(({ batch }) => selected === undefined || batch <= selected.to),
  }
}

/** Order of deliveries by the load's `file_order`. */
function fileOrder(
  load: LoadDefinition,
): (left: { name: string }, right: { name: string }) => number {
  if (load.fileOrder === 'name') return (left, right) => compareText(left.name, right.name)
  if (load.fileOrder === 'natural') return (left, right) => compareNatural(left.name, right.name)
  return (left, right) => {
    const leftTime = orderTime(left as InputFile)
    const rightTime = orderTime(right as InputFile)
    return leftTime < rightTime
      ? -1
      : leftTime > rightTime
        ? 1
        : compareNatural(left.name, right.name)
  }
}

function orderTime(file: InputFile): bigint {
  const time = capturedBatchTime(file)
  if (time !== undefined) return time
  throw runtimeError(
    'QRN-RUN-013',
    'configuration',
    `file_order is "batch_time" and the name of "${file.name}" has none`,
    {
      hint: 'Put {batch_time:yyyyMMdd} into file_pattern, or choose another file_order.',
    },
  )
}

async function isSame(
  request: PlanDeliveriesRequest,
  file: InputFile,
  record: InputRecord,
): Promise<boolean> {
  if (
    file.sizeBytes === record.sizeBytes &&
    Math.abs(file.modifiedAtMs - record.modifiedAtMs) < 0.001
  )
    return true
  return file.sizeBytes === record.sizeBytes && request.isSameContent(file, record)
}

interface FileGroup {
  readonly files: readonly InputFile[]
  /** The committed batch that the files are parts of. */
  readonly batch?: number
}

function groupFiles(
  load: LoadDefinition,
  fresh: readonly InputFile[],
  all: readonly InputFile[],
  known: ReadonlyMap<string, InputRecord>,
): FileGroup[] {
  if (load.batchBy === 'file') return fresh.map((file) => ({ files: [file] }))
  if (load.batchBy === 'run') return fresh.length === 0 ? [] : [{ files: fresh }]
  const capture = load.batchBy
  const groups = new Map<string, InputFile[]>()
  for (const file of fresh) {
    const key = file.captures[capture] ?? file.name
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  return [...groups].map(([key, files]) => {
    const sibling = all.find((file) => file.captures[capture] === key && known.has(file.name))
    return sibling === undefined
      ? { files }
      : { files, batch: (known.get(sibling.name) as InputRecord).batch }
  })
}

function isLate(
  group: readonly InputFile[],
  committed: readonly InputRecord[],
  state: State,
  load: LoadDefinition,
): boolean {
  const first = group[0] as InputFile
  if (load.fileOrder === 'batch_time') {
    const time = capturedBatchTime(first)
    const last = state.batches.at(-1)?.batchTime
    return time !== undefined && last !== undefined && time <= last
  }
  const compare = fileOrder(load)
  return committed.some((input) => compare(input, first) > 0)
}

function planned(
  request: PlanDeliveriesRequest,
  files: readonly InputFile[],
  batch: number,
  isRebuilding: boolean,
): PlannedDelivery {
  const step = request.state.steps.find((record) => record.batch === batch)
  const inputs = request.state.inputs.filter((input) => input.batch === batch)
  const isResumable =
    !isRebuilding &&
    step !== undefined &&
    inputs.length === files.length &&
    inputs.every((input, index) => {
      const file = files[index] as InputFile
      return (
        input.name === file.name &&
        input.sizeBytes === file.sizeBytes &&
        Math.abs(file.modifiedAtMs - input.modifiedAtMs) < 0.001
      )
    })
  const given = request.options.batchTime ?? capturedBatchTime(files[0] as InputFile)
  return {
    batch,
    files,
    action: isResumable ? 'resume' : 'load',
    batchTime: isResumable ? step.batchTime : given,
  }
}

function planRebuild(
  request: PlanDeliveriesRequest,
  files: readonly InputFile[],
  insertions: readonly FileGroup[],
  oldestChanged: number,
  rerun: number | undefined,
): RebuildPlan {
  const { state, load, options } = request
  const byName = new Map(files.map((file) => [file.name, file]))
  const slots: { record: BatchRecord | undefined; files: readonly InputFile[] | undefined }[] =
    state.batches.map((record) => ({ record, files: undefined }))
  let from = Math.min(
    oldestChanged,
    options.isFullRefresh ? 1 : Number.POSITIVE_INFINITY,
    rerun ?? Number.POSITIVE_INFINITY,
  )
  for (const group of insertions) {
    const position = slots.findIndex((slot) =>
      comesAfter(slot, group.files[0] as InputFile, load, state),
    )
    slots.splice(position < 0 ? slots.length : position, 0, {
      record: undefined,
      files: group.files,
    })
    from = Math.min(from, (position < 0 ? slots.length - 1 : position) + 1)
  }
  const deliveryOf = (slot: (typeof slots)[number], mayDiffer: boolean): Delivery =>
    slot.record === undefined
      ? {
          files: slot.files as readonly InputFile[],
          batchTime: capturedBatchTime(slot.files?.[0] as InputFile),
        }
      : {
          files: recordedFiles(request, slot.record, byName, mayDiffer),
          batchTime: slot.record.batchTime,
        }

  const base = from === 1 ? undefined : findBase(request, from - 1)
  // Where no batch before can be read whole, all are applied anew.
  const applyFrom = base === undefined ? 1 : base.isStored ? from : base.batch + 1
  return {
    base:
      base === undefined || base.isStored
        ? undefined
        : {
            batch: base.batch,
            delivery: deliveryOf(slots[base.batch - 1] as (typeof slots)[number], false),
          },
    from: applyFrom,
    deliveries: slots.slice(applyFrom - 1).map((slot) => deliveryOf(slot, true)),
  }
}

function comesAfter(
  slot: {
    readonly record: BatchRecord | undefined
    readonly files: readonly InputFile[] | undefined
  },
  file: InputFile,
  load: LoadDefinition,
  state: State,
): boolean {
  const { record } = slot
  if (record !== undefined && load.fileOrder === 'batch_time')
    return record.batchTime > orderTime(file)
  const first =
    record === undefined
      ? slot.files?.[0]
      : state.inputs.find((input) => input.batch === record.batch)
  return first !== undefined && fileOrder(load)(first, file) > 0
}

/** The batch to start from: `last` itself while its tables are stored, else the newest that its own file gives whole. */
function findBase(
  request: PlanDeliveriesRequest,
  last: number,
): { batch: number; isStored: boolean } | undefined {
  for (let batch = last; batch >= 1; batch -= 1) {
    const record = request.state.batches.find(
      (candidate) => candidate.batch === batch,
    ) as BatchRecord
    const tables = Object.values(record.tables)
    if (batch === last && tables.every(({ table }) => request.tables.has(table)))
      return { batch, isStored: true }
    if (tables.length <= 1) return { batch, isStored: false }
  }
  return undefined
}

function recordedFiles(
  request: PlanDeliveriesRequest,
  record: BatchRecord,
  byName: ReadonlyMap<string, InputFile>,
  mayDiffer: boolean,
): InputFile[] {
  const inputs = request.state.inputs.filter((input) => input.batch === record.batch)
  const files = inputs.map((input) => {
    const file = byName.get(input.name)
    const isReplaced =
      request.load.filePattern === undefined && input.batch !== request.state.batches.at(-1)?.batch
    if (file === undefined || isReplaced || (!mayDiffer && file.sizeBytes !== input.sizeBytes)) {
      throw runtimeError(
        'QRN-RUN-005',
        'guard',
        `flow "${request.flow}": batch ${record.batch} cannot be applied anew, its file "${input.name}" is ${file === undefined ? 'missing' : 'another one now'}`,
        {
          data: { batch: record.batch, file: input.name },
          ...(request.load.sourcePath === undefined
            ? { hint: 'What was read of a database earlier cannot be read again as it was then.' }
            : {}),
        },
      )
    }
    return file
  })
  if (request.load.batchBy === 'file' || request.load.batchBy === 'run' || !mayDiffer) return files
  const capture = request.load.batchBy
  const key = files[0]?.captures[capture]
  return [...byName.values()].filter((file) => file.captures[capture] === key)
}

function refused(refusal: NonNullable<DeliveryPlan['refusal']>): DeliveryPlan {
  return { rebuild: undefined, deliveries: [], refusal }
}

function changedFileError(
  flow: string,
  changed: { file: InputFile; record: InputRecord },
): NonNullable<DeliveryPlan['refusal']> {
  return runtimeError(
    'QRN-RUN-003',
    'guard',
    `flow "${flow}": the file "${changed.file.name}" of batch ${changed.record.batch} has changed since it was loaded`,
    {
      data: { file: changed.file.name, batch: changed.record.batch },
      hint: 'Put the old file back, or set on_changed_file = "reload" under [properties.load] to apply the new content.',
    },
  )
}

function lateFileError(
  flow: string,
  file: InputFile,
  committed: readonly InputRecord[],
): NonNullable<DeliveryPlan['refusal']> {
  return runtimeError(
    'QRN-RUN-002',
    'guard',
    `flow "${flow}": the file "${file.name}" belongs before or among files that are already loaded`,
    {
      data: { file: file.name, newestLoaded: committed.at(-1)?.name ?? null },
      hint: `Type: qarion run ${flow} --cascade`,
    },
  )
}

/** A batch that others build on is applied anew only where that is said. */
export function olderBatchError(
  flow: string,
  batch: number,
  newest: number,
): NonNullable<DeliveryPlan['refusal']> {
  return runtimeError(
    'QRN-RUN-004',
    'guard',
    `flow "${flow}": batch ${batch} would be applied anew and batches ${batch + 1} to ${newest} build on it`,
    {
      data: { batch, newest },
      hint: `Type: qarion run ${flow} --batch ${batch} --cascade`,
    },
  )
}

/** The time of the next batch: what is known, else the clock, and always after `previous`. Microseconds. */
export function resolveBatchTime(
  flow: string,
  known: bigint | undefined,
  previous: bigint | undefined,
  nowMs: number,
): bigint {
  if (known === undefined) {
    const now = BigInt(nowMs) * 1000n
    return previous !== undefined && now <= previous ? previous + 1n : now
  }
  if (previous !== undefined && known <= previous) {
    throw runtimeError(
      'QRN-RUN-007',
      'guard',
      `flow "${flow}": the batch time ${formatBatchTime(known)} is not after ${formatBatchTime(previous)}, the time of the batch before`,
    )
  }
  return known
}
