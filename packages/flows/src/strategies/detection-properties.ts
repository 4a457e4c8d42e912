import type { ChangeEffect, FlowDefinition, InputColumn, OptionDescriptor } from '@qarion/core'

/** What properties of change detection ask for when they change; docs/semantics.md, "Definitions". */
export const DETECTION_EFFECTS: Readonly<Record<string, ChangeEffect>> = Object.freeze({
  change_detection_columns: 'next_batch',
  change_detection_exclude: 'next_batch',
  compare: 'next_batch',
  max_deleted_fraction: 'passes',
  on_empty: 'passes',
  on_duplicate_key: 'next_batch',
  extract: 'next_batch',
  extract_scope: 'next_batch',
  deleted_when: 'rebuild',
  sequence_by: 'rebuild',
} as const)

/** Properties about how deliveries are compared that are set although another flow has compared them. */
export function needlessDetectionProperties(
  { input, properties }: FlowDefinition,
  options: readonly OptionDescriptor[],
): string[] {
  if (input.sourceDatasetId === undefined) return []
  return options
    .filter(
      ({ name, default: preset }) => properties[name] !== undefined && properties[name] !== preset,
    )
    .map(({ name }) => name)
}

/** Columns of the key that `key_text` does not take, so that no id can be made of them. */
export function keyColumnsWithoutText({
  input: { columns, primaryKey },
}: FlowDefinition): InputColumn[] {
  return columns.filter(
    ({ name, type }) =>
      primaryKey.includes(name) && (type.kind === 'float' || type.kind === 'binary'),
  )
}
