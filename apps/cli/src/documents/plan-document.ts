import type { ErrorDocument } from '@qarion/core'
import type { PlannedBatch, PlannedFlow, ProjectPlan } from '@qarion/sdk'

import { datasetDocument, type DatasetDocument } from './dataset-document.ts'

/** What `plan --json`, `plan --format json` and `plan --out` hold; `run --plan` reads it. */
export interface PlanDocument {
  readonly environment: string | null
  readonly flows: readonly PlannedFlowDocument[]
  /** Deliveries, steps, datasets and files of all these flows, and the way of the data between them. */
  readonly graph: ProjectPlan['graph']
}

export interface PlannedFlowDocument {
  readonly flow: string
  readonly flowType: string
  readonly batches: readonly PlannedBatch[]
  readonly definitionChanges: PlannedFlow['definitionChanges']
  readonly refusal: ErrorDocument | null
  readonly steps: PlannedFlow['steps']
  readonly datasets: readonly DatasetDocument[]
  readonly statements?: readonly string[]
}

export function planDocument(plan: ProjectPlan, environment: string | undefined): PlanDocument {
  return {
    environment: environment ?? null,
    flows: plan.flows.map((flow) => ({
      flow: flow.flow,
      flowType: flow.flowType,
      batches: flow.batches,
      definitionChanges: flow.definitionChanges,
      refusal: flow.refusal ?? null,
      steps: flow.steps,
      datasets: flow.datasets.map(datasetDocument),
      ...(flow.statements === undefined ? {} : { statements: flow.statements }),
    })),
    graph: plan.graph,
  }
}
