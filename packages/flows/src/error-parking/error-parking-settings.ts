import type { Dataset, DatasetId, FlowDefinition, InputColumn, QarionError } from '@qarion/core'

import { throwProblems } from '../definition-problems.ts'
import { isRowCheck, type RowCheck } from '../strategies/checks/judge-rows.ts'
import { readChecks } from '../strategies/checks/read-checks.ts'
import { errorParkingError } from './error-parking-errors.ts'
import { DELIVERY_OPTIONS } from './error-parking-options.ts'

/** The properties of error parking, checked against the columns of the input. */
export interface ErrorParkingSettings {
  readonly key: readonly InputColumn[]
  readonly columns: readonly InputColumn[]
  readonly checks: readonly RowCheck[]
}

export const CHECKS_PATH: readonly string[] = ['properties', 'quality_checks']

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readErrorParkingSettings(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): ErrorParkingSettings {
  const { id, input, properties } = definition
  const { columns, primaryKey, sourceDatasetId } = input
  const problems: QarionError[] = []
  if (primaryKey.length === 0)
    problems.push(
      errorParkingError('QRN-PARK-001', id, 'error parking needs a primary key', {
        path: sourceDatasetId === undefined ? ['input'] : ['input', 'source_dataset_id'],
      }),
    )
  for (const { name, default: preset } of sourceDatasetId === undefined ? [] : DELIVERY_OPTIONS) {
    if (properties[name] === undefined || properties[name] === preset) continue
    problems.push(
      errorParkingError(
        'QRN-PARK-002',
        id,
        `${name} is set, and "${sourceDatasetId}" tells what changed`,
        { path: ['properties', name] },
      ),
    )
  }
  const checks = readChecks({
    definition,
    value: properties['quality_checks'],
    path: CHECKS_PATH,
    columns,
    sources,
    problems,
  })
  for (const { id: check, type } of checks.filter((one) => !isRowCheck(one)))
    problems.push(
      errorParkingError(
        'QRN-PARK-003',
        id,
        `check "${check}": ${type} says nothing of single rows`,
        {
          path: CHECKS_PATH,
        },
      ),
    )
  throwProblems(definition, problems, 'QRN-PARK-004')
  return Object.freeze({
    key: columns.filter(({ name }) => primaryKey.includes(name)),
    columns,
    checks: checks.filter(isRowCheck),
  })
}
