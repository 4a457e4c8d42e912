import type { ChangeEffect, FlowDefinition, FlowPlan, Loader } from '@qarion/core'

/** A flow with everything that running it takes. */
export interface RunnableFlow {
  readonly definition: FlowDefinition
  readonly plan: FlowPlan
  readonly changeEffects: Readonly<Record<string, ChangeEffect>>
  /** Absent for flows that load no files. */
  readonly loader: Loader | undefined
  /** The definition as canonical JSON: what a later run compares with. */
  readonly document: string
}
