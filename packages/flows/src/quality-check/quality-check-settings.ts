import {
  DataTypes,
  isQarionError,
  type Dataset,
  type DatasetId,
  type DatasetReference,
  type Expression,
  type FlowDefinition,
  type QarionError,
  type Rule,
} from '@qarion/core'
import { and, column, filter, from, isIn, isNull, parseExpression, suggestName } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import { ofBatch } from '../strategies/batch-parameter.ts'
import { checkError } from '../strategies/checks/check-errors.ts'
import { constantOf, formOf, shown } from '../strategies/checks/check-values.ts'
import {
  newestVersion,
  type Check,
  type CheckedColumn,
  type ReportCheckProblem,
} from '../strategies/checks/check.ts'
import {
  choiceOf,
  datasetsOfChecks,
  expectKind,
  readChecks,
  refuseUnknownKeys,
  tableOf,
  withTextForm,
  type Table,
} from '../strategies/checks/read-checks.ts'

/** A suite that is enabled: rows, and what is checked of them. */
export interface Suite {
  readonly id: string
  readonly source: SuiteSource
  readonly checks: readonly Check[]
  readonly stopsOnFirstFailure: boolean
}

export interface SuiteSource {
  readonly dataset: DatasetId
  /** Rules that give the rows. */
  readonly rules: readonly Rule[]
  readonly columns: readonly CheckedColumn[]
  /** Columns whose values name a row. */
  readonly key: readonly CheckedColumn[]
}

export interface QualityCheckSettings {
  readonly suites: readonly Suite[]
  readonly failureLimit: number
}

/** Rows of the flow's own: its landing, or the dataset whose batches it reads. */
export interface OwnRows {
  readonly dataset: Dataset
  readonly isDelivered: boolean
}

const SUITES = ['properties', 'quality_suites']
const SUITE_KEYS = [
  'id',
  'name',
  'description',
  'data_source',
  'checks',
  'execution_order',
  'stop_on_first_failure',
  'enabled',
]
const SOURCE_KEYS = ['source_type', 'dataset_id', 'filters', 'description']
const SOURCE_TYPES = ['dataset', 'dataset_subset']

/** Datasets of other flows that the suites name. Nothing is checked yet. */
export function suiteDatasets({ properties }: FlowDefinition): readonly DatasetReference[] {
  const suites: unknown = properties['quality_suites']
  if (!Array.isArray(suites)) return []
  return suites.flatMap((one: unknown, index) => {
    const suite = tableOf(one)
    const path = [...SUITES, String(index)]
    const dataset = tableOf(suite?.['data_source'])?.['dataset_id']
    return [
      ...(typeof dataset === 'string'
        ? [{ dataset, path: [...path, 'data_source', 'dataset_id'] }]
        : []),
      ...datasetsOfChecks(suite?.['checks'], [...path, 'checks']),
    ]
  })
}

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readQualityCheckSettings(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
  own: OwnRows | undefined,
): QualityCheckSettings {
  const problems: QarionError[] = []
  const value: unknown = definition.properties['quality_suites']
  const suites: Suite[] = []
  if (!Array.isArray(value) || value.length === 0)
    problems.push(
      checkError('QRN-CHECK-001', definition.id, 'quality_suites holds no suite', { path: SUITES }),
    )
  const ids = new Set<unknown>()
  for (const [index, one] of (Array.isArray(value) ? value : []).entries()) {
    const path = [...SUITES, String(index)]
    const table = tableOf(one)
    if (table === undefined) {
      problems.push(
        checkError('QRN-CHECK-001', definition.id, 'quality_suites holds what is no suite', {
          path,
        }),
      )
      continue
    }
    const suite = readSuite(table, { definition, sources, own, path, problems })
    if (ids.has(table['id']) && table['id'] !== undefined)
      problems.push(
        checkError(
          'QRN-CHECK-006',
          definition.id,
          `two suites are called "${shown(table['id'])}"`,
          { path: [...path, 'id'] },
        ),
      )
    ids.add(table['id'])
    if (suite !== undefined && table['enabled'] !== false) suites.push(suite)
  }
  const enabled = suites.filter(({ checks }) => checks.length > 0)
  if (problems.length === 0 && enabled.length === 0)
    problems.push(
      checkError('QRN-CHECK-001', definition.id, 'no check is enabled', {
        hint: 'Enable one, or remove the flow.',
        path: SUITES,
      }),
    )
  throwProblems(definition, problems, 'QRN-CHECK-007')
  return Object.freeze({
    suites: enabled,
    failureLimit: Number(definition.properties['failure_limit'] ?? 1000),
  })
}

interface SuiteRequest {
  readonly definition: FlowDefinition
  readonly sources: ReadonlyMap<DatasetId, Dataset>
  readonly own: OwnRows | undefined
  readonly path: readonly string[]
  readonly problems: QarionError[]
}

function readSuite(table: Table, request: SuiteRequest): Suite | undefined {
  const { definition, path, problems, sources } = request
  const id = table['id']
  const report: ReportCheckProblem = (code, message, { hint, path: rest = [] } = {}) =>
    void problems.push(
      checkError(code, definition.id, `suite "${shown(id)}": ${message}`, {
        ...(hint === undefined ? {} : { hint }),
        path: [...path, ...rest],
      }),
    )
  if (typeof id !== 'string' || id === '')
    report('QRN-CHECK-001', 'id is not set', { hint: 'Add id = "…" to the suite.' })
  refuseUnknownKeys(table, SUITE_KEYS, report)
  choiceOf(table, 'execution_order', ['sequential'], report)
  expectKind(table, 'stop_on_first_failure', 'boolean', report)
  expectKind(table, 'enabled', 'boolean', report)
  const source = readSource(table['data_source'], request, report)
  if (source === undefined) return undefined
  const checks = readChecks({
    definition,
    value: table['checks'],
    path: [...path, 'checks'],
    columns: source.columns,
    sources,
    problems,
  })
  return {
    id: shown(id),
    source,
    checks,
    stopsOnFirstFailure: table['stop_on_first_failure'] === true,
  }
}

function readSource(
  value: unknown,
  { definition, sources, own }: SuiteRequest,
  report: ReportCheckProblem,
): SuiteSource | undefined {
  const at = ['data_source']
  if (value === undefined) {
    if (own !== undefined) return sourceOf(own.dataset, definition, own)
    report('QRN-CHECK-001', 'data_source is not set, and the flow has no input of its own', {
      hint: 'Add data_source = { source_type = "dataset", dataset_id = "orders.current" }.',
    })
    return undefined
  }
  const table = tableOf(value)
  if (table === undefined) {
    report('QRN-CHECK-001', 'data_source is no table', { path: at })
    return undefined
  }
  const within: ReportCheckProblem = (code, message, options = {}) =>
    report(code, message, { ...options, path: [...at, ...(options.path ?? [])] })
  refuseUnknownKeys(table, SOURCE_KEYS, within)
  choiceOf(table, 'source_type', SOURCE_TYPES, within)
  const id = table['dataset_id']
  const dataset = typeof id === 'string' ? sources.get(id) : undefined
  if (dataset === undefined) {
    const hint = 'Add dataset_id = "orders.current".'
    if (typeof id === 'string')
      within('QRN-CHECK-005', `there is no dataset "${id}"`, {
        hint: suggestName(id, [...sources.keys()], 'datasets'),
        path: ['dataset_id'],
      })
    else within('QRN-CHECK-001', 'dataset_id is not set', { hint })
    return undefined
  }
  const read = sourceOf(dataset, definition)
  const filters = readFilters(table['filters'], read.columns, within)
  return filters.length === 0 ? read : { ...read, rules: [...read.rules, filter(and(...filters))] }
}

function sourceOf(dataset: Dataset, definition: FlowDefinition, own?: OwnRows): SuiteSource {
  const isOther = own === undefined
  const { primaryKey } = definition.input
  const places = own?.isDelivered === true ? ['xt_source_file', 'xt_source_line'] : dataset.key
  const names = isOther ? dataset.key : primaryKey.length > 0 ? primaryKey : places
  const key = withTextForm(dataset.columns.filter(({ name }) => names.includes(name)))
  return {
    dataset: dataset.id,
    rules: [
      from(dataset.id, newestVersion(dataset)),
      ...(own !== undefined && !own.isDelivered ? [ofBatch] : []),
    ],
    columns: dataset.columns,
    key: key.length > 0 ? key : withTextForm(dataset.columns),
  }
}

/** A condition, or a table of columns each with a value or a list of values. */
function readFilters(
  value: unknown,
  columns: readonly CheckedColumn[],
  report: ReportCheckProblem,
): Expression[] {
  if (value === undefined) return []
  if (typeof value === 'string') {
    try {
      return [parseExpression(value, { columns, expected: DataTypes.boolean })]
    } catch (thrown) {
      if (!isQarionError(thrown)) throw thrown
      report('QRN-CHECK-005', thrown.message, {
        ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
        path: ['filters'],
      })
      return []
    }
  }
  const table = tableOf(value)
  if (table === undefined) {
    report('QRN-CHECK-001', 'filters is neither a table nor a condition', { path: ['filters'] })
    return []
  }
  return Object.entries(table).flatMap(([name, wanted]) => {
    const found = columns.find((one) => one.name === name)
    const path = ['filters', name]
    if (found === undefined) {
      report('QRN-CHECK-003', `there is no column "${name}"`, {
        hint: suggestName(
          name,
          columns.map((one) => one.name),
          'columns',
        ),
        path,
      })
      return []
    }
    const operand = column(found.name, found.type)
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted]
    const items = values.flatMap((one) => constantOf(found.type, one) ?? [])
    if (items.length < values.length)
      report('QRN-CHECK-005', `filters holds what "${name}" cannot`, {
        hint: formOf(found.type),
        path,
      })
    if (values.length === 0) return [isNull(operand)]
    return items.length === 0 ? [] : [isIn(operand, items)]
  })
}
