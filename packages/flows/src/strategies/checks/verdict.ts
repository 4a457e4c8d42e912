import { DataTypes, type CheckNode, type DatasetId, type Expression } from '@qarion/core'
import {
  and,
  assert,
  checkNode,
  column,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  select,
  text,
} from '@qarion/plan'

import { ofBatch } from '../batch-parameter.ts'
import { keep } from '../snapshot.ts'
import type { CheckErrorCode } from './check-errors.ts'
import type { CheckedColumn, Severity } from './check.ts'

export interface VerdictOptions {
  readonly id: string
  readonly severity: Severity
  readonly dependsOn: readonly string[]
  /** Dataset with `status` and `severity`, a row for each check and batch. */
  readonly results: DatasetId
  /** Columns of it that are shown of a failed check. */
  readonly shown: readonly CheckedColumn[]
  /** Dataset with the rows that failed. */
  readonly show: DatasetId
}

const CODES: Readonly<Record<Severity, CheckErrorCode>> = {
  error: 'QRN-CHECK-101',
  warning: 'QRN-CHECK-102',
}

const is = (name: string, value: string): Expression =>
  equal(column(name, DataTypes.string), text(value))

/** The step that decides by what checks of a severity have found in the batch. */
export function verdictNode({
  id,
  severity,
  dependsOn,
  results,
  shown,
  show,
}: VerdictOptions): CheckNode {
  return checkNode({
    id,
    title: severity === 'error' ? 'Refuse what fails' : 'Tell what fails',
    severity,
    dependsOn,
    instruction: defineInstruction(
      id,
      [
        defineQuery('failed', [
          from(results),
          ofBatch,
          filter(and(is('status', 'failed'), is('severity', severity))),
          select(shown.map(keep)),
          assert({
            guard: severity === 'error' ? 'quality_check' : 'quality_warning',
            code: CODES[severity],
            message:
              severity === 'error'
                ? 'checks of severity error that failed: {count}'
                : 'checks of severity warning that failed: {count}',
            hint: `Type: qarion show ${show}`,
            canBeAccepted: true,
          }),
        ]),
      ],
      [],
    ),
  })
}
