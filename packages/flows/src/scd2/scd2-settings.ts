import type { FlowDefinition, InputColumn, QarionError } from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import {
  keyColumnsWithoutText,
  needlessDetectionProperties,
} from '../strategies/detection-properties.ts'
import { scd2Error } from './scd2-errors.ts'
import { DETECTION_OPTIONS } from './scd2-options.ts'

/** The properties of scd2, checked against the columns of the input. */
export interface Scd2Settings {
  readonly key: readonly InputColumn[]
  readonly columns: readonly InputColumn[]
  /** `undefined`: versions are valid from the time of their batch. */
  readonly effectiveAt: InputColumn | undefined
  readonly onLateEffective: 'fail' | 'clamp' | 'reject'
  readonly initialValidFrom: 'batch_time' | 'beginning'
}

type Report = (...problem: Parameters<typeof scd2Error>) => void

/** Reads `[properties]` but for those of change detection; throws one QarionError that holds every problem. */
export function readScd2Settings(definition: FlowDefinition): Scd2Settings {
  const problems: QarionError[] = []
  const report: Report = (...problem) => void problems.push(scd2Error(...problem))
  const { input, properties } = definition
  const onLateEffective = (properties['on_late_effective'] ??
    'fail') as Scd2Settings['onLateEffective']
  checkKey(definition, report)
  const effectiveAt = effectiveColumn(definition, report)
  checkLate(definition, onLateEffective, report)
  for (const name of needlessDetectionProperties(definition, DETECTION_OPTIONS)) {
    report(
      'QRN-SCD2-005',
      definition.id,
      `${name} is set, and "${input.sourceDatasetId}" tells what changed`,
      {
        hint: `Set ${name} in the flow that is read, and remove it here.`,
        path: ['properties', name],
      },
    )
  }
  throwProblems(definition, problems, 'QRN-SCD2-006')
  return Object.freeze({
    key: input.columns.filter(({ name }) => input.primaryKey.includes(name)),
    columns: input.columns,
    effectiveAt,
    onLateEffective,
    initialValidFrom: (properties['initial_valid_from'] ??
      'batch_time') as Scd2Settings['initialValidFrom'],
  })
}

function checkKey(definition: FlowDefinition, report: Report): void {
  const { id, input } = definition
  if (input.primaryKey.length === 0 && input.sourceDatasetId !== undefined) {
    report('QRN-SCD2-001', id, `"${input.sourceDatasetId}" has no key`, {
      path: ['input', 'source_dataset_id'],
    })
  }
  for (const { name, type } of keyColumnsWithoutText(definition)) {
    report('QRN-SCD2-001', id, `the key column "${name}" is ${type.kind}`, {
      path: ['input', 'primary_key'],
    })
  }
}

function effectiveColumn(
  { id, input, properties }: FlowDefinition,
  report: Report,
): InputColumn | undefined {
  const name = properties['effective_at_column'] as string | undefined
  if (name === undefined) return undefined
  const path = ['properties', 'effective_at_column']
  const found = input.columns.find((column) => column.name === name)
  if (found === undefined) {
    const known = input.columns.map((column) => column.name)
    report('QRN-SCD2-002', id, `effective_at_column names "${name}", which is no column`, {
      hint: suggestName(name, known, 'columns'),
      path,
    })
    return undefined
  }
  if (found.type.kind !== 'timestamp' && found.type.kind !== 'date') {
    report('QRN-SCD2-003', id, `effective_at_column: "${name}" is ${found.type.kind}`, { path })
  }
  if (input.primaryKey.includes(name)) {
    report('QRN-SCD2-005', id, `effective_at_column names "${name}", which is part of the key`, {
      hint: 'A key has one effective time at once: take the column out of primary_key.',
      path,
    })
  } else if (!found.required && input.sourceDatasetId === undefined) {
    report('QRN-SCD2-004', id, `effective_at_column: "${name}" may be empty`, { path })
  }
  return found
}

function checkLate(
  { id, input, properties }: FlowDefinition,
  onLateEffective: Scd2Settings['onLateEffective'],
  report: Report,
): void {
  const path = ['properties', 'on_late_effective']
  if (onLateEffective !== 'fail' && properties['effective_at_column'] === undefined) {
    report('QRN-SCD2-005', id, 'on_late_effective is set without effective_at_column', {
      hint: 'By the time of batches nothing is late. Set effective_at_column, or remove it.',
      path,
    })
  }
  if (onLateEffective === 'reject' && input.sourceDatasetId !== undefined) {
    report('QRN-SCD2-005', id, 'on_late_effective = "reject" needs deliveries of its own', {
      hint: `"${input.sourceDatasetId}" tells a change once, so a row that is refused would be missing for good. Set "clamp" or "fail".`,
      path,
    })
  }
}
