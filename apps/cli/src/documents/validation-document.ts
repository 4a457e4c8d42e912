import type { ErrorDocument } from '@qarion/core'
import type { ValidationResult } from '@qarion/sdk'

import { datasetDocument, type DatasetDocument } from './dataset-document.ts'

export interface ValidationDocument {
  readonly project: string
  readonly environment: string
  readonly engine: string
  readonly flows: readonly {
    readonly id: string
    readonly name: string
    readonly flowType: string
    readonly namespace: string
    readonly file: string | null
  }[]
  readonly datasets: readonly DatasetDocument[]
  readonly warnings: readonly ErrorDocument[]
}

export function validationDocument(result: ValidationResult): ValidationDocument {
  return {
    project: result.project,
    environment: result.environment,
    engine: result.engine,
    flows: result.flows.map(({ id, name, flowType, namespace, file }) => ({
      id,
      name,
      flowType,
      namespace,
      file: file ?? null,
    })),
    datasets: result.datasets.map(datasetDocument),
    warnings: result.warnings,
  }
}
