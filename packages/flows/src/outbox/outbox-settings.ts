import { formatType, type FlowDefinition, type InputColumn, type QarionError } from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import { DETECTION_OPTIONS } from '../delta-publishing/delta-publishing-options.ts'
import { hasJsonText } from '../strategies/json-object.ts'
import { outboxError } from './outbox-errors.ts'

/** The properties of an outbox, checked against the columns of the input. */
export interface OutboxSettings {
  readonly key: readonly InputColumn[]
  /** Columns whose values events carry. */
  readonly payload: readonly InputColumn[]
  readonly initialLoad: 'publish' | 'skip'
  readonly typePrefix: string
  readonly source: string
}

type Report = (...problem: Parameters<typeof outboxError>) => void

/** Characters that stand in no URI, nor in parts of one. */
const NOT_OF_A_URI = /[\s"<>\\^`{|}]/u

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readOutboxSettings(definition: FlowDefinition): OutboxSettings {
  const problems: QarionError[] = []
  const report: Report = (...problem) => void problems.push(outboxError(...problem))
  const { id, namespace, input, properties } = definition
  const initialLoad = properties['initial_load']
  if (initialLoad !== 'publish' && initialLoad !== 'skip')
    report('QRN-OUTBOX-001', id, 'initial_load is not stated', {
      path: ['properties', 'initial_load'],
    })
  const payload = payloadColumns(definition, report)
  checkKey(definition, report)
  const typePrefix = attribute(definition, 'event_type_prefix', id, report)
  const source = attribute(definition, 'event_source', `/${namespace}/${id}`, report)
  checkDetection(definition, report)
  throwProblems(definition, problems, 'QRN-OUTBOX-007')
  return Object.freeze({
    key: input.columns.filter(({ name }) => input.primaryKey.includes(name)),
    payload,
    initialLoad: initialLoad as OutboxSettings['initialLoad'],
    typePrefix,
    source,
  })
}

function payloadColumns(
  { id, input, properties }: FlowDefinition,
  report: Report,
): readonly InputColumn[] {
  const listed = properties['payload_columns'] as readonly string[] | undefined
  const path = ['properties', 'payload_columns']
  const known = input.columns.map(({ name }) => name)
  if (listed?.length === 0)
    report('QRN-OUTBOX-004', id, 'payload_columns names no column', { path })
  for (const [index, name] of (listed ?? []).entries()) {
    const place = [...path, String(index)]
    if (!known.includes(name)) {
      report('QRN-OUTBOX-002', id, `payload_columns names "${name}", which is no column`, {
        hint: suggestName(name, known, 'columns'),
        path: place,
      })
    } else if ((listed ?? []).indexOf(name) < index) {
      report('QRN-OUTBOX-004', id, `payload_columns names "${name}" twice`, { path: place })
    }
  }
  const payload = input.columns.filter(({ name }) => listed?.includes(name) ?? true)
  for (const { name, type } of payload) {
    if (hasJsonText(type)) continue
    const index = listed?.indexOf(name)
    report('QRN-OUTBOX-003', id, `the column "${name}" is ${formatType(type)}`, {
      path:
        index === undefined
          ? input.sourceDatasetId === undefined
            ? ['input', 'columns', String(known.indexOf(name))]
            : ['input', 'source_dataset_id']
          : [...path, String(index)],
    })
  }
  return payload
}

function checkKey({ id, input }: FlowDefinition, report: Report): void {
  if (input.primaryKey.length === 0 && input.sourceDatasetId !== undefined) {
    report('QRN-OUTBOX-005', id, `"${input.sourceDatasetId}" has no key`, {
      path: ['input', 'source_dataset_id'],
    })
  }
  for (const { name, type } of input.columns) {
    if (!input.primaryKey.includes(name) || hasJsonText(type)) continue
    report('QRN-OUTBOX-005', id, `the key column "${name}" is ${type.kind}`, {
      path: ['input', 'primary_key'],
    })
  }
}

function attribute(
  { id, properties }: FlowDefinition,
  property: 'event_type_prefix' | 'event_source',
  preset: string,
  report: Report,
): string {
  const value = (properties[property] as string | undefined) ?? preset
  const isFit = property === 'event_source' ? !NOT_OF_A_URI.test(value) : !/\s/u.test(value)
  if (value === '' || !isFit) {
    report('QRN-OUTBOX-006', id, `${property} is ${JSON.stringify(value)}`, {
      hint:
        property === 'event_source'
          ? 'Write a URI or a part of one, for instance "/shop/orders" or "https://shop.example/orders".'
          : 'Write words joined by points, for instance "com.example.shop.order".',
      path: ['properties', property],
    })
  }
  return value
}

/** Where another flow tells what changed, nothing can be said here of how it is found. */
function checkDetection({ id, input, properties }: FlowDefinition, report: Report): void {
  if (input.sourceDatasetId === undefined) return
  for (const { name, default: preset } of DETECTION_OPTIONS) {
    if (properties[name] === undefined || properties[name] === preset) continue
    report(
      'QRN-OUTBOX-006',
      id,
      `${name} is set, and "${input.sourceDatasetId}" tells what changed`,
      {
        hint: `Set ${name} in the flow that is read, and remove it here.`,
        path: ['properties', name],
      },
    )
  }
}
