import type { ChangeEffect } from '@qarion/core'

import type { RunnableFlow } from '../runnable-flow.ts'

export interface DefinitionChange {
  /** As in the flow's file: `input.primary_key`, `properties.include_unchanged`. */
  readonly key: string
  readonly effect: ChangeEffect
}

type Parts = Readonly<Record<string, unknown>>

/** How parts outside `[properties]` act when they change; all others pass. Columns have a rule of their own. */
const EFFECTS: Readonly<Record<string, ChangeEffect>> = Object.freeze({
  flow_type: 'rebuild',
  namespace: 'rebuild',
  'input.source_dataset_id': 'rebuild',
  'input.primary_key': 'rebuild',
  'load.timezone': 'next_batch',
  'load.ambiguous_time': 'next_batch',
  'load.empty_string': 'next_batch',
  'load.null_values': 'next_batch',
})

const COLUMN = 'input.columns.'
const PROPERTY = 'properties.'

/** Which parts differ between the definition that the newest batch was made with and the one of now. */
export function definitionChanges(flow: RunnableFlow, stored: string): DefinitionChange[] {
  if (stored === flow.document) return []
  const before = JSON.parse(stored) as Parts
  const after = JSON.parse(flow.document) as Parts
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .toSorted()
    .map((key) => ({ key, effect: effectOf(flow, key, before[key], after[key]) }))
}

function effectOf(flow: RunnableFlow, key: string, before: unknown, after: unknown): ChangeEffect {
  if (key.startsWith(PROPERTY)) return flow.changeEffects[key.slice(PROPERTY.length)] ?? 'passes'
  if (key.startsWith(COLUMN)) return columnEffect(before, after)
  return EFFECTS[key] ?? 'passes'
}

/** Columns may come and go; one that stays must keep its type, since stored rows have it. */
function columnEffect(before: unknown, after: unknown): ChangeEffect {
  if (before === undefined || after === undefined) return 'next_batch'
  return (before as { type?: unknown }).type === (after as { type?: unknown }).type
    ? 'next_batch'
    : 'rebuild'
}
