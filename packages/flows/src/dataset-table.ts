import type { FlowDefinition } from '@qarion/core'

/** Physical name of a table of the flow: `<namespace>_<flow>_<dataset>`. */
export function tableName(
  { namespace, id }: Pick<FlowDefinition, 'namespace' | 'id'>,
  dataset: string,
): string {
  return [namespace, id, dataset].filter((part) => part !== '').join('_')
}
