import type { Dataset, DatasetId, FlowDefinition, InputColumn } from '@qarion/core'
import { suggestName } from '@qarion/plan'

/** What can be wrong with properties that name columns of events; each flow type has a code for it. */
export type EventProblem = 'missing' | 'unknown_column' | 'exclusive' | 'unfit'

export type ReportEventProblem = (
  problem: EventProblem,
  message: string,
  options: { readonly hint?: string; readonly path: readonly string[] },
) => void

/** Reports the properties that are not set, or are empty lists. */
export function requireProperties(
  { properties }: FlowDefinition,
  names: readonly string[],
  report: ReportEventProblem,
): void {
  for (const name of names) {
    const value = properties[name]
    if (value === undefined || (Array.isArray(value) && value.length === 0))
      report('missing', `${name} is not set`, {
        path: value === undefined ? ['properties'] : ['properties', name],
      })
  }
}

/** The columns that a property names, in its order. */
export function namedColumns(
  { input, properties }: FlowDefinition,
  property: string,
  report: ReportEventProblem,
): readonly InputColumn[] {
  const value = properties[property] ?? []
  const isList = Array.isArray(value)
  const names = (isList ? value : [value]) as readonly string[]
  return names.flatMap((name, index) => {
    const path = ['properties', property, ...(isList ? [String(index)] : [])]
    const found = input.columns.find((column) => column.name === name)
    const known = input.columns.map((column) => column.name)
    if (found === undefined)
      report('unknown_column', `${property} names "${name}", which the input does not have`, {
        hint: suggestName(name, known, 'columns'),
        path,
      })
    else if (names.indexOf(name) < index) {
      report('unknown_column', `${property} names "${name}" twice`, { path })
      return []
    }
    return found === undefined ? [] : [found]
  })
}

/** The columns of `event_key`, or those of the primary key. */
export function eventKey(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
  report: ReportEventProblem,
): readonly InputColumn[] {
  const { input, properties } = definition
  const primary = input.columns.filter(({ name }) => input.primaryKey.includes(name))
  if (properties['event_key'] === undefined) return primary
  const key = namedColumns(definition, 'event_key', report)
  const source = sources.get(input.sourceDatasetId ?? '')
  const isFeed = source?.columns.some(({ name }) => name === 'xt_record_type') === true
  const isPrimary =
    key.length === primary.length && key.every(({ name }) => input.primaryKey.includes(name))
  if (isFeed && !isPrimary)
    report('exclusive', `the events of "${source.id}" are identified by its key`, {
      hint: 'Leave event_key out.',
      path: ['properties', 'event_key'],
    })
  return key
}

export function requireTimestamp(time: InputColumn, report: ReportEventProblem): void {
  if (time.type.kind === 'timestamp') return
  report('unfit', `event_time_column: "${time.name}" is a ${time.type.kind}`, {
    hint: 'Declare the column with schema_type = "timestamp", and a format if its text needs one.',
    path: ['properties', 'event_time_column'],
  })
}

/** Columns by property that must never be empty. What another flow has delivered is checked when it is read. */
export function requireComplete(
  { input }: FlowDefinition,
  columns: Readonly<Record<string, readonly InputColumn[]>>,
  report: ReportEventProblem,
): void {
  if (input.sourceDatasetId !== undefined) return
  for (const [property, named] of Object.entries(columns))
    for (const { name, required } of named)
      if (!required && !input.primaryKey.includes(name))
        report('unfit', `${property}: "${name}" may be empty`, {
          hint: `Add required = true to the column "${name}"; rows without it become rejects.`,
          path: ['properties', property],
        })
}
