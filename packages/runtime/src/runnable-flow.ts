import {
  type ChangeEffect,
  type Dataset,
  type Exporter,
  type FlowDefinition,
  type FlowPlan,
  type LoadDefinition,
  type Loader,
  type Publisher,
  type PluginHost,
  type Task,
  variableTexts,
} from '@qarion/core'
import { bindParameters } from '@qarion/plan'

import type { BatchRecord, State } from './state/state-records.ts'

/** A flow with everything that running it takes. */
export interface RunnableFlow {
  readonly definition: FlowDefinition
  readonly plan: FlowPlan
  readonly changeEffects: Readonly<Record<string, ChangeEffect>>
  /** Absent for flows that load no files. */
  readonly loader: Loader | undefined
  /** Flows whose datasets it reads. */
  readonly sources?: readonly RunnableFlow[]
  /** Present for flows that export. */
  readonly export?: ExportSurroundings
  /** Present for flows whose events are published. */
  readonly publish?: PublishSurroundings
  /** Present for flows of tasks. */
  readonly tasks?: TaskMachinery
  /** The definition as canonical JSON: what a later run compares with. */
  readonly document: string
}

/**
 * The datasets that the flow's queries may name: its own, and those of the flows that it reads. Views are worked out with
 * the values that variables had in the newest batch of their flow, where `state` tells, else with those of now.
 */
export function readableDatasets(flow: RunnableFlow, state?: State): readonly Dataset[] {
  return [flow, ...(flow.sources ?? [])].flatMap(({ definition, plan }) => {
    const known = variableTexts(definition)
    if (known === undefined) return plan.datasets
    const newest = state?.batches.findLast((record) => record.flow === definition.id)
    const texts = newest === undefined ? known : { ...known, ...recordedVariables(newest) }
    return plan.datasets.map((dataset) =>
      dataset.storage.kind === 'view'
        ? {
            ...dataset,
            storage: {
              ...dataset.storage,
              queries: bindParameters(dataset.storage.queries, texts),
            },
          }
        : dataset,
    )
  })
}

const VARIABLE = 'variables.'

/** Values of the variables that a batch was made with. */
function recordedVariables({ definition }: BatchRecord): Readonly<Record<string, string>> {
  const parts = Object.entries(JSON.parse(definition) as Readonly<Record<string, unknown>>)
  return Object.fromEntries(
    parts
      .filter(([part]) => part.startsWith(VARIABLE))
      .map(([part, value]) => [part.slice(VARIABLE.length), String(value)]),
  )
}

/** The flow whose batches are its input, where it is not files. */
export function inputSourceOf({
  definition,
  sources = [],
}: RunnableFlow): RunnableFlow | undefined {
  const { sourceDatasetId } = definition.input
  return sources.find(({ plan }) => plan.datasets.some(({ id }) => id === sourceDatasetId))
}

/** What runs the tasks of a flow. */
export interface TaskMachinery {
  readonly types: ReadonlyMap<string, Task>
  readonly host: PluginHost
  readonly allowedPaths: readonly string[]
  loader(load: LoadDefinition): Promise<Loader>
  exporter(format: string, options: Readonly<Record<string, unknown>>): Promise<Exporter>
}

/** What writes the files of a flow, and where they may lie. */
export interface ExportSurroundings {
  readonly exporter: Exporter
  /** Absolute. */
  readonly projectDirectory: string
  readonly allowedPaths: readonly string[]
}

/** What delivers the events of a flow. */
export interface PublishSurroundings {
  /** Made when events are published, and not before: a run needs no receiver. */
  open(): Promise<Publisher>
}
