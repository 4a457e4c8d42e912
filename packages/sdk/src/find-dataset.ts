import { nearest } from '@qarion/config'
import type { Dataset, QarionError } from '@qarion/core'
import { runtimeError, type RunnableFlow } from '@qarion/runtime'

/** A dataset by its id, or the main one of a flow by the flow's id. */
export function findDataset(
  flows: readonly RunnableFlow[],
  name: string,
): { flow: RunnableFlow; dataset: Dataset } {
  for (const flow of flows) {
    const dataset =
      flow.plan.datasets.find(({ id }) => id === name) ??
      (flow.definition.id === name ? mainDatasetOf(flow) : undefined)
    if (dataset !== undefined) return { flow, dataset }
  }
  throw unknownDataset(flows, name)
}

/** What a flow is for: the dataset named like its type, else its first table. */
export function mainDatasetOf({ definition, plan }: RunnableFlow): Dataset | undefined {
  return (
    plan.datasets.find(({ id }) => id === `${definition.id}.${definition.flowType}`) ??
    (definition.tasks === undefined
      ? undefined
      : plan.datasets.find(({ id }) => id === `${definition.id}.results`)) ??
    plan.datasets.find(({ storage }) => storage.kind === 'table') ??
    plan.datasets.find(({ isInternal }) => !isInternal)
  )
}

/** With the nearest name among those that users see. */
export function unknownDataset(flows: readonly RunnableFlow[], name: string): QarionError {
  const known = flows.flatMap(({ plan }) =>
    plan.datasets.filter(({ isInternal }) => !isInternal).map(({ id }) => id),
  )
  const near = nearest(name, [...known, ...flows.map(({ definition }) => definition.id)])
  const meant = near === undefined ? '' : `Did you mean \`${near}\`? `
  return runtimeError('QRN-SHOW-001', 'usage', `there is no dataset "${name}"`, {
    hint:
      known.length === 0 ? 'The project has no flows yet.' : `${meant}There are: ${listOf(known)}.`,
  })
}

const LONGEST_LIST = 20

function listOf(names: readonly string[]): string {
  const more = names.length > LONGEST_LIST ? `, and ${names.length - LONGEST_LIST} more` : ''
  return `${names.slice(0, LONGEST_LIST).join(', ')}${more}`
}
