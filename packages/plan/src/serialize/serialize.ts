import { compareText } from '@qarion/core'
import type { Dataset, Expression, FlowPlan, Instruction, Query } from '@qarion/core'

import { deepFreeze } from '../freeze.ts'
import { planError } from '../plan-errors.ts'
import { expressionShape } from './expression-shape.ts'
import { datasetShape, flowPlanShape } from './flow-plan-shape.ts'
import { instructionShape } from './instruction-shape.ts'
import { queryShape } from './query-shape.ts'
import { arrayShape, type Shape } from './shape.ts'

/** What may stand at the root of a serialised text. */
export interface SerializedRoots {
  flow_plan: FlowPlan
  instruction: Instruction
  queries: readonly Query[]
  dataset: Dataset
  expression: Expression
}

export type SerializedKind = keyof SerializedRoots

/** Grows when a text of before could be read wrongly. */
export const PLAN_FORMAT_VERSION = 1

const ROOTS: { readonly [Kind in SerializedKind]: Shape<SerializedRoots[Kind]> } = {
  flow_plan: flowPlanShape,
  instruction: instructionShape,
  queries: arrayShape(queryShape),
  dataset: datasetShape,
  expression: expressionShape,
}

/**
 * The data as canonical JSON text with its kind and the version of the format: equal data gives equal text.
 * Throws QRN-PLAN-016 if the data is not of that kind.
 */
export function serialize<Kind extends SerializedKind>(
  kind: Kind,
  data: SerializedRoots[Kind],
): string {
  return sortedJson({ kind, version: PLAN_FORMAT_VERSION, data: ROOTS[kind](data, kind) })
}

/** The data that `serialize` wrote, checked key by key and frozen. Throws QRN-PLAN-016, which names the path. */
export function deserialize<Kind extends SerializedKind>(
  kind: Kind,
  text: string,
): SerializedRoots[Kind] {
  const envelope = parseJson(text)
  const keys = Object.keys(envelope).toSorted().join(', ')
  if (keys !== 'data, kind, version') {
    throw planError(
      'QRN-PLAN-016',
      `The text has the keys ${keys || '(none)'} instead of data, kind, version.`,
    )
  }
  if (envelope['version'] !== PLAN_FORMAT_VERSION) {
    throw planError(
      'QRN-PLAN-016',
      `The text has version ${String(envelope['version'])}; this version of Qarion reads ${PLAN_FORMAT_VERSION}.`,
    )
  }
  if (envelope['kind'] !== kind) {
    throw planError('QRN-PLAN-016', `The text holds ${String(envelope['kind'])}, not ${kind}.`)
  }
  return deepFreeze(readData(kind, envelope['data']))
}

export function serializePlan(plan: FlowPlan): string {
  return serialize('flow_plan', plan)
}

/** Throws QRN-PLAN-016. `checkFlowPlan` then says whether the plan makes sense. */
export function parsePlan(text: string): FlowPlan {
  return deserialize('flow_plan', text)
}

function readData<Kind extends SerializedKind>(kind: Kind, data: unknown): SerializedRoots[Kind] {
  try {
    return ROOTS[kind](data, kind)
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw planError('QRN-PLAN-016', `The ${kind} is nested too deep.`)
  }
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw planError('QRN-PLAN-016', `The text is not JSON: ${(cause as Error).message}.`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw planError('QRN-PLAN-016', 'The text is not a JSON object.')
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, item]) => `${JSON.stringify(key)}:${sortedJson(item)}`)
  return `{${members.join(',')}}`
}
