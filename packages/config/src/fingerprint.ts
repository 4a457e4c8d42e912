import { createHash } from 'node:crypto'

import { type FlowDefinition, formatType, isSecret, variableTexts } from '@qarion/core'

/** A definition as stored with each batch. */
export interface DefinitionFingerprint {
  /** SHA-256 of the document, hexadecimal. */
  readonly hash: string
  /** Canonical JSON: parts by name, names sorted. */
  readonly document: string
}

/** A part of a definition that is not as it was; JSON texts, `undefined` where there is no such part. */
export interface DefinitionChange {
  /** As in the file: `input.primary_key`, `input.columns.amount`, `properties.include_unchanged`, `load.format`. */
  readonly part: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Hash and canonical text of everything that a flow declares. */
export function fingerprintDefinition(flow: FlowDefinition): DefinitionFingerprint {
  const document = definitionDocument(flow)
  return { hash: createHash('sha256').update(document).digest('hex'), document }
}

/** The definition as canonical JSON: one entry per part that can change by itself, keys sorted, secrets as `***`. */
export function definitionDocument(flow: FlowDefinition): string {
  const { columns } = flow.input
  const parts: Record<string, unknown> = {
    flow_type: flow.flowType,
    id: flow.id,
    name: flow.name,
    namespace: flow.namespace,
    description: flow.description,
    'input.source_dataset_id': flow.input.sourceDatasetId,
    'input.primary_key': flow.input.primaryKey,
    'input.column_order': columns.map((column) => column.name),
  }
  for (const column of columns) {
    parts[`input.columns.${column.name}`] = { ...column, type: formatType(column.type) }
  }
  const values = variableTexts(flow) ?? {}
  for (const [name, value] of Object.entries(values)) parts[`variables.${name}`] = value
  for (const [key, value] of Object.entries(flow.properties)) {
    const used = Object.entries(values).filter(([name]) => namesVariable(value, name))
    // An expression says something else once the variable that it names does.
    parts[`properties.${key}`] =
      used.length === 0 ? value : { value, variables: Object.fromEntries(used) }
  }
  for (const { id, ...task } of flow.tasks ?? []) parts[`tasks.${id}`] = task
  for (const [table, declared] of Object.entries({ load: flow.load, export: flow.export })) {
    const { options, ...common } = declared ?? { options: {} }
    for (const [key, value] of Object.entries(common)) parts[`${table}.${snakeCase(key)}`] = value
    for (const [key, value] of Object.entries(options)) parts[`${table}.${key}`] = value
  }
  return canonicalJson(parts)
}

/** What differs between two documents of `definitionDocument`. */
export function changedParts(before: string, after: string): readonly DefinitionChange[] {
  const [left, right] = [readDocument(before), readDocument(after)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .toSorted()
    .map((part) => ({ part, before: left.get(part), after: right.get(part) }))
    .filter((change) => change.before !== change.after)
}

function readDocument(text: string): ReadonlyMap<string, string> {
  const parts = JSON.parse(text) as Readonly<Record<string, unknown>>
  return new Map(Object.entries(parts).map(([part, value]) => [part, canonicalJson(value)]))
}

/** Whether a text within the value holds `:name`, as expressions name variables. */
function namesVariable(value: unknown, name: string): boolean {
  if (typeof value === 'string') return new RegExp(`(?<![\\w:]):${name}\\b`).test(value)
  if (typeof value !== 'object' || value === null || isSecret(value)) return false
  return Object.values(value).some((inner) => namesVariable(inner, name))
}

/** JSON with sorted keys; a bigint is `{"integer":"…"}`, `undefined` is left out. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { integer: inner.toString() }
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || isSecret(inner)) {
      return inner
    }
    return Object.fromEntries(
      Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    )
  })
}

function snakeCase(key: string): string {
  return key.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
