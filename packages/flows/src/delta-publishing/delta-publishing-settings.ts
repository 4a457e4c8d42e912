import type { QarionError } from '@qarion/core'
import { formatType, type FlowDefinition, type InputColumn } from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import {
  keyColumnsWithoutText,
  needlessDetectionProperties,
} from '../strategies/detection-properties.ts'
import { deltaPublishingError } from './delta-publishing-errors.ts'
import { DETECTION_OPTIONS } from './delta-publishing-options.ts'

/** The properties of delta publishing, checked against the columns of the input. */
export interface DeltaPublishingSettings {
  readonly key: readonly InputColumn[]
  /** Columns beside key and measures that the ledger carries, in the order of the input. */
  readonly dimensions: readonly InputColumn[]
  readonly measures: readonly InputColumn[]
  /** The definition with measures and dimensions among what is compared. */
  readonly detection: FlowDefinition
}

type Report = (...problem: Parameters<typeof deltaPublishingError>) => void

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readDeltaPublishingSettings(definition: FlowDefinition): DeltaPublishingSettings {
  const problems: QarionError[] = []
  const report: Report = (...problem) => void problems.push(deltaPublishingError(...problem))
  const { columns, primaryKey } = definition.input
  const measures = namedColumns(definition, 'measure_columns', report)
  const named = namedColumns(definition, 'dimension_columns', report)
  checkKey(definition, report)
  checkMeasures(definition, measures, report)
  checkRoles(definition, measures, report)
  checkDetection(definition, measures, named, report)
  throwProblems(definition, problems, 'QRN-DELTA-007')
  const isDimension =
    definition.properties['dimension_columns'] === undefined
      ? isCompared(definition)
      : ({ name }: InputColumn): boolean => named.includes(name)
  const dimensions = columns.filter(
    (column) =>
      !primaryKey.includes(column.name) && !measures.includes(column.name) && isDimension(column),
  )
  return Object.freeze({
    key: columns.filter(({ name }) => primaryKey.includes(name)),
    dimensions,
    measures: columns.filter(({ name }) => measures.includes(name)),
    detection: withCompared(definition, measures),
  })
}

function listOf({ properties }: FlowDefinition, property: string): readonly string[] {
  return (properties[property] ?? []) as readonly string[]
}

function pathOf(property: string, index?: number): readonly string[] {
  return ['properties', property, ...(index === undefined ? [] : [String(index)])]
}

/** The columns that a property names; those that do not exist, and the same one twice, are reported. */
function namedColumns(definition: FlowDefinition, property: string, report: Report): string[] {
  const known = definition.input.columns.map(({ name }) => name)
  const names = listOf(definition, property)
  return names.filter((name, index) => {
    const path = pathOf(property, index)
    if (!known.includes(name)) {
      report('QRN-DELTA-002', definition.id, `${property} names "${name}", which is no column`, {
        hint: suggestName(name, known, 'columns'),
        path,
      })
    } else if (names.indexOf(name) < index) {
      report('QRN-DELTA-004', definition.id, `${property} names "${name}" twice`, { path })
    } else return true
    return false
  })
}

function checkKey(definition: FlowDefinition, report: Report): void {
  const { id, input } = definition
  if (input.primaryKey.length === 0 && input.sourceDatasetId !== undefined) {
    report('QRN-DELTA-005', id, `"${input.sourceDatasetId}" has no key`, {
      path: ['input', 'source_dataset_id'],
    })
  }
  for (const { name, type } of keyColumnsWithoutText(definition)) {
    report('QRN-DELTA-005', id, `the key column "${name}" is ${type.kind}`, {
      path: ['input', 'primary_key'],
    })
  }
}

function checkMeasures(
  definition: FlowDefinition,
  measures: readonly string[],
  report: Report,
): void {
  const names = listOf(definition, 'measure_columns')
  if (names.length === 0)
    report('QRN-DELTA-001', definition.id, 'measure_columns names no column', {
      path: pathOf('measure_columns'),
    })
  for (const { name, type } of definition.input.columns) {
    if (!measures.includes(name) || type.kind === 'integer' || type.kind === 'decimal') continue
    report('QRN-DELTA-003', definition.id, `the measure "${name}" is ${formatType(type)}`, {
      path: pathOf('measure_columns', names.indexOf(name)),
    })
  }
}

function checkRoles(definition: FlowDefinition, measures: readonly string[], report: Report): void {
  const { id, input } = definition
  for (const [index, name] of listOf(definition, 'measure_columns').entries()) {
    if (!input.primaryKey.includes(name)) continue
    report('QRN-DELTA-004', id, `the measure "${name}" is part of the key`, {
      path: pathOf('measure_columns', index),
    })
  }
  for (const [index, name] of listOf(definition, 'dimension_columns').entries()) {
    const isKey = input.primaryKey.includes(name)
    if (!isKey && !measures.includes(name)) continue
    report(
      'QRN-DELTA-004',
      id,
      `the dimension "${name}" is ${isKey ? 'part of the key, which the ledger has anyway' : 'a measure too'}`,
      { path: pathOf('dimension_columns', index) },
    )
  }
}

/** Changes that detection does not see are not posted, so what the ledger carries must be seen exactly. */
function checkDetection(
  definition: FlowDefinition,
  measures: readonly string[],
  dimensions: readonly string[],
  report: Report,
): void {
  const { id, input, properties } = definition
  if (input.sourceDatasetId !== undefined) {
    for (const name of needlessDetectionProperties(definition, DETECTION_OPTIONS)) {
      report(
        'QRN-DELTA-006',
        id,
        `${name} is set, and "${input.sourceDatasetId}" tells what changed`,
        {
          hint: `Set ${name} in the flow that is read, and remove it here.`,
          path: pathOf(name),
        },
      )
    }
    return
  }
  const compare = (properties['compare'] ?? {}) as Readonly<Record<string, unknown>>
  for (const name of measures) {
    if (compare[name] === undefined) continue
    report('QRN-DELTA-006', id, `compare names the measure "${name}", which is compared exactly`, {
      hint: `Remove compare.${name}.`,
      path: ['properties', 'compare', name],
    })
  }
  const carried = new Map([
    ...dimensions.map((name) => [name, 'dimension'] as const),
    ...measures.map((name) => [name, 'measure'] as const),
  ])
  for (const [index, name] of listOf(definition, 'change_detection_exclude').entries()) {
    if (!carried.has(name)) continue
    report(
      'QRN-DELTA-006',
      id,
      `change_detection_exclude names the ${carried.get(name)} "${name}", whose changes are posted`,
      { hint: 'Take it out of one of the two.', path: pathOf('change_detection_exclude', index) },
    )
  }
}

/** Which columns users have detection look at. Where it is another flow that detects, all of them. */
function isCompared({ properties }: FlowDefinition): (column: InputColumn) => boolean {
  const detect = properties['change_detection_columns'] as readonly string[] | undefined
  const exclude = (properties['change_detection_exclude'] ?? []) as readonly string[]
  return ({ name }) => (detect === undefined ? !exclude.includes(name) : detect.includes(name))
}

/** Measures and dimensions are compared, also where change_detection_columns does not name them. */
function withCompared(definition: FlowDefinition, measures: readonly string[]): FlowDefinition {
  const { properties } = definition
  const detect = properties['change_detection_columns'] as readonly string[] | undefined
  if (detect === undefined) return definition
  const compared = new Set([...detect, ...measures, ...listOf(definition, 'dimension_columns')])
  return {
    ...definition,
    properties: { ...properties, change_detection_columns: [...compared] },
  }
}
