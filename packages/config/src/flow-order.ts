import type { DatasetReference, FlowDefinition } from '@qarion/core'

import { suggest } from './nearest.ts'
import type { ProblemList } from './problem-list.ts'
import { spotOf, type TomlTable } from './toml-node.ts'

/** A flow as read, with the table to find places in and what it names of other flows. */
export interface ReadFlow {
  readonly flow: FlowDefinition
  readonly root: TomlTable
  readonly sources: readonly DatasetReference[]
}

/** The flow that a dataset belongs to: ids of flows hold no point. */
export function flowOfDataset(dataset: string): string {
  const point = dataset.indexOf('.')
  return point < 0 ? dataset : dataset.slice(0, point)
}

/**
 * The flows so that each stands after those whose datasets it reads, else in the order given. Reports flows that are not
 * there and circles; flows of a circle come last.
 */
export function orderFlows(flows: readonly ReadFlow[], problems: ProblemList): readonly ReadFlow[] {
  const ids = new Set(flows.map(({ flow }) => flow.id))
  for (const { root, sources } of flows) {
    for (const { dataset, path } of sources) {
      if (ids.has(flowOfDataset(dataset))) continue
      problems.add({
        code: 'QRN-CONFIG-029',
        message: `there is no dataset \`${dataset.slice(0, 120)}\`: no flow is called \`${flowOfDataset(dataset).slice(0, 80)}\``,
        hint: suggest(flowOfDataset(dataset), [...ids]),
        at: spotOf(root, path),
      })
    }
  }
  const ordered: ReadFlow[] = []
  const placed = new Set<string>()
  let waiting = [...flows]
  const isReady = ({ sources }: ReadFlow): boolean =>
    sources.every(({ dataset }) => {
      const id = flowOfDataset(dataset)
      return placed.has(id) || !ids.has(id)
    })
  while (waiting.length > 0) {
    const next = waiting.find(isReady)
    if (next === undefined) break
    ordered.push(next)
    placed.add(next.flow.id)
    waiting = waiting.filter((flow) => flow !== next)
  }
  const inCircle = waiting.filter((flow) => reaches(flow.flow.id, flow, waiting, new Set()))
  for (const { flow, root, sources } of inCircle) {
    problems.add({
      code: 'QRN-CONFIG-030',
      message: `the flows ${inCircle.map((other) => `\`${other.flow.id}\``).join(', ')} read each other's datasets in a circle`,
      at: spotOf(root, sources[0]?.path ?? []),
      data: { flow: flow.id },
    })
  }
  return [...ordered, ...waiting]
}

function reaches(
  id: string,
  { sources }: ReadFlow,
  flows: readonly ReadFlow[],
  seen: Set<string>,
): boolean {
  return sources.some(({ dataset }) => {
    const next = flowOfDataset(dataset)
    if (next === id) return true
    if (seen.has(next)) return false
    seen.add(next)
    const flow = flows.find((other) => other.flow.id === next)
    return flow !== undefined && reaches(id, flow, flows, seen)
  })
}
