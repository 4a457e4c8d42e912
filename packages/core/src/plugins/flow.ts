import type { Dataset, DatasetId } from '../data/dataset.ts'
import type { FlowPlan } from '../plan/flow-dag.ts'
import type { FlowDefinition } from '../run/flow-definition.ts'
import type { Plugin } from './plugin.ts'
import type { Task } from './task.ts'

export type FlowPlugin = Plugin<'flow', FlowType>

/** Pure: a definition in, datasets and steps out. `options` of the plugin describe `[properties]`. */
export interface FlowType {
  /** Which properties ask for what when they change; a property that is absent passes. */
  readonly changeEffects: Readonly<Record<string, ChangeEffect>>
  /** True: `[input] source_dataset_id` may stand in the place of files. */
  readonly readsDatasets?: boolean
  /** True: `[[tasks]]` say what the flow does. Each run of such a flow is a batch. */
  readonly takesTasks?: boolean
  /** What `[properties]` and tasks name of other flows; absent: nothing. A flow is planned and run after those it reads. */
  sources?(
    definition: FlowDefinition,
    tasks?: ReadonlyMap<string, Task>,
  ): readonly DatasetReference[]
  /**
   * Throws QarionError with all problems of the definition. `sources` holds every dataset that the definition names,
   * `tasks` every type of its tasks.
   */
  plan(
    definition: FlowDefinition,
    sources?: ReadonlyMap<DatasetId, Dataset>,
    tasks?: ReadonlyMap<string, Task>,
  ): FlowPlan
}

/** A dataset of another flow, and the keys of the flow's file under which it is named. */
export interface DatasetReference {
  readonly dataset: DatasetId
  readonly path: readonly string[]
}

/** `passes`: cosmetic. `next_batch`: applies from the next batch on. `rebuild`: stored results no longer fit. */
export type ChangeEffect = 'passes' | 'next_batch' | 'rebuild'
