import type { FlowPlan } from '../plan/flow-dag.ts'
import type { FlowDefinition } from '../run/flow-definition.ts'
import type { Plugin } from './plugin.ts'

export type FlowPlugin = Plugin<'flow', FlowType>

/** Pure: a definition in, datasets and steps out. `options` of the plugin describe `[properties]`. */
export interface FlowType {
  /** Which properties ask for what when they change; a property that is absent passes. */
  readonly changeEffects: Readonly<Record<string, ChangeEffect>>
  /** Throws QarionError with all problems of the definition. */
  plan(definition: FlowDefinition): FlowPlan
}

/** `passes`: cosmetic. `next_batch`: applies from the next batch on. `rebuild`: stored results no longer fit. */
export type ChangeEffect = 'passes' | 'next_batch' | 'rebuild'
