import type { ErrorDocument } from '@qarion/core'
import type { PlannedBatch, PlannedFlow, ProjectPlan } from '@qarion/sdk'

import { datasetDocument, type DatasetDocument } from './dataset-document.ts'

/** What `plan --json`, `plan --format json` and `plan --out` hold; `run --plan` reads it. */
export interface PlanDocument {
  readonly environment: string | null
  /** What `--var` gave; absent: nothing. */
  readonly variables?: Readonly<Record<string, string>>
  readonly flows: readonly PlannedFlowDocument[]
  /** Deliveries, steps, datasets and files of all these flows, and the way of the data between them. */
  readonly graph: ProjectPlan['graph']
}

export interface PlannedFlowDocument {
  readonly flow: string
  readonly flowType: string
  /** Values of the flow's variables. */
  readonly variables?: Readonly<Record<string, string>>
  readonly batches: readonly PlannedBatch[]
  readonly definitionChanges: PlannedFlow['definitionChanges']
  readonly refusal: ErrorDocument | null
  readonly steps: PlannedFlow['steps']
  readonly datasets: readonly DatasetDocument[]
  readonly statements?: readonly string[]
}

export function planDocument(
  plan: ProjectPlan,
  environment: string | undefined,
  given?: Readonly<Record<string, string>>,
): PlanDocument {
  return {
    environment: environment ?? null,
    ...(given === undefined ? {} : { variables: given }),
    flows: plan.flows.map((flow) => ({
      flow: flow.flow,
      flowType: flow.flowType,
      ...(flow.variables === undefined ? {} : { variables: flow.variables }),
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
