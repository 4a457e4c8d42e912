import {
  type Expression,
  type FlowDefinition,
  type InputColumn,
  type QarionError,
  variableTypes,
} from '@qarion/core'
import { parseExpression } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import { definitionError } from './change-feed-errors.ts'

/** How the values of one column are made alike before they are compared. */
export interface CompareSettings {
  readonly trim?: boolean
  readonly casefold?: boolean
  readonly scale?: number
}

/** The properties of a change feed, checked against the flow's columns. */
export interface ChangeFeedSettings {
  readonly key: readonly InputColumn[]
  readonly columns: readonly InputColumn[]
  readonly compared: readonly { readonly column: InputColumn; readonly compare: CompareSettings }[]
  readonly includeUnchanged: boolean
  readonly beforeImage: boolean
  readonly extract: 'full' | 'partial'
  readonly extractScope: readonly string[]
  readonly deletedWhen: Expression | undefined
  readonly sequenceBy: readonly string[]
  readonly onDuplicateKey: 'fail' | 'first' | 'last' | 'reject'
  readonly onEmpty: 'fail' | 'skip' | 'accept'
  /** Decimal text, for exact comparison in the engine. */
  readonly maxDeletedFraction: string | undefined
  readonly baselineOnAdd: boolean
}

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readChangeFeedSettings(definition: FlowDefinition): ChangeFeedSettings {
  const properties = definition.properties
  const { columns, primaryKey } = definition.input
  const problems: QarionError[] = []
  const report = (
    ...[code, message, hint]: [Parameters<typeof definitionError>[0], string, string]
  ): void => {
    problems.push(definitionError(code, definition.id, message, hint))
  }
  const byName = new Map(columns.map((column) => [column.name, column]))
  const names = (property: string): string[] => {
    const value = (properties[property] ?? []) as readonly string[]
    return value.filter((name) => {
      if (byName.has(name)) return true
      report(
        'QRN-FEED-002',
        `${property} names "${name}", which [input] does not declare`,
        `Declared: ${[...byName.keys()].join(', ')}.`,
      )
      return false
    })
  }

  if (primaryKey.length === 0) {
    report(
      'QRN-FEED-001',
      'a change feed needs a primary key',
      'Set primary_key = ["…"] under [input].',
    )
  }
  const detect = names('change_detection_columns')
  const exclude = names('change_detection_exclude')
  if (
    properties['change_detection_columns'] !== undefined &&
    properties['change_detection_exclude'] !== undefined
  ) {
    report(
      'QRN-FEED-003',
      'change_detection_columns and change_detection_exclude are both set',
      'Keep one of them.',
    )
  }
  const keyInDetect = detect.find((name) => primaryKey.includes(name))
  if (keyInDetect !== undefined) {
    report(
      'QRN-FEED-003',
      `change_detection_columns names "${keyInDetect}", which is part of the key`,
      'A key cannot change: a row with another key is another row. Remove it from the list.',
    )
  }
  const sequenceBy = names('sequence_by')
  const onDuplicateKey = (properties['on_duplicate_key'] ??
    'fail') as ChangeFeedSettings['onDuplicateKey']
  if ((onDuplicateKey === 'first' || onDuplicateKey === 'last') && sequenceBy.length === 0) {
    report(
      'QRN-FEED-003',
      `on_duplicate_key = "${onDuplicateKey}" needs sequence_by`,
      'Name the columns that order the rows of a key.',
    )
  }
  const extract = (properties['extract'] ?? 'full') as ChangeFeedSettings['extract']
  const extractScope = names('extract_scope')
  if (definition.load?.isPartial === true && extract === 'full') {
    report(
      'QRN-FEED-003',
      'the load reads what is new, and extract is "full"',
      'Set extract = "partial" under [properties]: else all rows that are not read again would be deleted.',
    )
  }
  if (extract === 'partial' && extractScope.length > 0) {
    report(
      'QRN-FEED-003',
      'extract = "partial" and extract_scope are both set',
      'extract_scope makes a delivery full within its scope; remove extract.',
    )
  }

  const compare = (properties['compare'] ?? {}) as Readonly<Record<string, CompareSettings>>
  for (const [name, settings] of Object.entries(compare)) {
    const column = byName.get(name)
    if (column === undefined) {
      report(
        'QRN-FEED-002',
        `compare names "${name}", which [input] does not declare`,
        `Declared: ${[...byName.keys()].join(', ')}.`,
      )
    } else {
      for (const problem of compareProblems(column, settings))
        report('QRN-FEED-004', problem, 'trim and casefold are for strings, scale is for decimals.')
    }
  }

  const text = properties['deleted_when'] as string | undefined
  let deletedWhen: Expression | undefined
  if (text !== undefined) {
    try {
      deletedWhen = parseExpression(text, {
        columns: columns.map((column) => ({
          name: column.name,
          type: column.type,
          nullable: !column.required,
        })),
        parameters: variableTypes(definition),
        expected: { kind: 'boolean' },
        ...(definition.file === undefined ? {} : { at: { file: definition.file } }),
      })
    } catch (error) {
      problems.push(error as QarionError)
    }
  }

  throwProblems(definition, problems, 'QRN-FEED-003')

  const isCompared = (column: InputColumn): boolean => {
    if (primaryKey.includes(column.name)) return false
    return properties['change_detection_columns'] === undefined
      ? !exclude.includes(column.name)
      : detect.includes(column.name)
  }
  const fraction = properties['max_deleted_fraction']
  return Object.freeze({
    key: primaryKey.map((name) => byName.get(name) as InputColumn),
    columns,
    compared: columns
      .filter(isCompared)
      .map((column) => ({ column, compare: compare[column.name] ?? {} })),
    includeUnchanged: properties['include_unchanged'] === true,
    beforeImage: properties['before_image'] === true,
    extract,
    extractScope,
    deletedWhen,
    sequenceBy,
    onDuplicateKey,
    onEmpty: (properties['on_empty'] ?? 'fail') as ChangeFeedSettings['onEmpty'],
    maxDeletedFraction: fraction === undefined ? undefined : Number(fraction).toFixed(6),
    baselineOnAdd: properties['baseline_on_add'] === true,
  })
}

function compareProblems(column: InputColumn, settings: CompareSettings): string[] {
  const problems: string[] = []
  for (const key of Object.keys(settings)) {
    if (key !== 'trim' && key !== 'casefold' && key !== 'scale')
      problems.push(`compare.${column.name} has no "${key}"`)
  }
  if ((settings.trim === true || settings.casefold === true) && column.type.kind !== 'string') {
    problems.push(`compare.${column.name}: trim and casefold do not fit ${column.type.kind}`)
  }
  if (settings.scale !== undefined) {
    if (column.type.kind !== 'decimal')
      problems.push(`compare.${column.name}: scale does not fit ${column.type.kind}`)
    else if (
      !Number.isInteger(settings.scale) ||
      settings.scale < 0 ||
      settings.scale > column.type.scale
    ) {
      problems.push(
        `compare.${column.name}: scale must be a whole number from 0 to ${column.type.scale}`,
      )
    }
  }
  return problems
}
