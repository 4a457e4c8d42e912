import {
  isQarionError,
  QarionError,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
} from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { checkError } from './check-errors.ts'
import { CHECK_TYPES } from './check-types.ts'
import { millionthsOf, shown } from './check-values.ts'
import type { Check, CheckedColumn, CheckType, ReportCheckProblem, Severity } from './check.ts'

export type Table = Readonly<Record<string, unknown>>

export interface ReadChecksRequest {
  readonly definition: Pick<FlowDefinition, 'id'>
  /** What the file holds. */
  readonly value: unknown
  /** Keys that lead to it. */
  readonly path: readonly string[]
  /** Columns of the rows. */
  readonly columns: readonly CheckedColumn[]
  readonly sources: ReadonlyMap<DatasetId, Dataset>
  readonly problems: QarionError[]
}

const CHECK_KEYS = [
  'check_id',
  'check_name',
  'check_type',
  'columns',
  'severity',
  'config',
  'enabled',
  'description',
] as const

/** The checks of a list that are enabled; what is wrong with any is added to the problems. */
export function readChecks(request: ReadChecksRequest): readonly Check[] {
  const { definition, value, path, problems } = request
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(
      checkError('QRN-CHECK-001', definition.id, `${path.at(-1)} holds no check`, { path }),
    )
    return []
  }
  const ids = new Set<unknown>()
  return value.flatMap((one: unknown, index) => {
    const at = [...path, String(index)]
    const table = tableOf(one)
    if (table === undefined) {
      problems.push(
        checkError('QRN-CHECK-001', definition.id, `${path.at(-1)} holds what is no check`, {
          path: at,
        }),
      )
      return []
    }
    const check = readCheck(table, { ...request, path: at })
    const id = table['check_id']
    if (ids.has(id) && id !== undefined)
      problems.push(
        checkError('QRN-CHECK-006', definition.id, `two checks are called "${shown(id)}"`, {
          path: [...at, 'check_id'],
        }),
      )
    ids.add(id)
    return check === undefined || table['enabled'] === false ? [] : [check]
  })
}

function readCheck(table: Table, request: ReadChecksRequest): Check | undefined {
  const { definition, path, problems, columns: known, sources } = request
  const before = problems.length
  const id = table['check_id']
  const report: ReportCheckProblem = (code, message, { hint, path: rest = [] } = {}) =>
    void problems.push(
      checkError(code, definition.id, `check "${shown(id)}": ${message}`, {
        ...(hint === undefined ? {} : { hint }),
        path: [...path, ...rest],
      }),
    )
  if (typeof id !== 'string' || id === '') report('QRN-CHECK-001', 'check_id is not set')
  refuseUnknownKeys(table, CHECK_KEYS, report)
  const severity = choiceOf(table, 'severity', ['error', 'warning'], report)
  expectKind(table, 'enabled', 'boolean', report)
  expectKind(table, 'check_name', 'string', report)
  const name = table['check_type']
  if (typeof name !== 'string' || !Object.hasOwn(CHECK_TYPES, name)) {
    report(
      name === undefined ? 'QRN-CHECK-001' : 'QRN-CHECK-002',
      name === undefined ? 'check_type is not set' : `there is no check type "${shown(name)}"`,
      {
        hint: suggestName(shown(name), Object.keys(CHECK_TYPES), 'check types'),
        path: name === undefined ? [] : ['check_type'],
      },
    )
    return undefined
  }
  const type = CHECK_TYPES[name] as CheckType
  const columns = readColumns(table['columns'], known, type, report)
  const config = table['config'] === undefined ? {} : tableOf(table['config'])
  if (config === undefined) report('QRN-CHECK-001', 'config is no table', { path: ['config'] })
  if (columns === undefined || config === undefined) return undefined
  const keys = [...(type.kind === 'row' ? ['threshold'] : []), ...Object.keys(type.config)]
  refuseUnknownKeys(config, keys, report, ['config'])
  const threshold =
    config['threshold'] === undefined || type.kind === 'set'
      ? 1_000_000n
      : millionthsOf(config['threshold'], 1)
  if (threshold === undefined)
    report('QRN-CHECK-005', 'config.threshold is no part of the rows', {
      hint: 'Write threshold = 0.95: at least that part of the rows must pass; six places at most.',
      path: ['config', 'threshold'],
    })
  const test = type.read({
    columns,
    known,
    config,
    sources,
    report,
    reportThrown: (thrown, rest) => {
      if (!isQarionError(thrown)) throw thrown
      problems.push(
        new QarionError(
          thrown.code,
          'configuration',
          `flow "${definition.id}": check "${shown(id)}": ${thrown.message}`,
          {
            ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
            data: { ...thrown.data, path: [...path, ...rest] },
          },
        ),
      )
    },
  })
  if (test === undefined || threshold === undefined || problems.length > before) return undefined
  return Object.freeze({
    id: id as string,
    name: (table['check_name'] as string | undefined) ?? (id as string),
    type: name,
    columns,
    severity: (severity ?? 'error') as Severity,
    thresholdMillionths: threshold,
    test,
  })
}

function readColumns(
  value: unknown,
  known: readonly CheckedColumn[],
  { columns: wanted }: CheckType,
  report: ReportCheckProblem,
): readonly CheckedColumn[] | undefined {
  const names: readonly unknown[] | undefined =
    value === undefined ? [] : Array.isArray(value) ? value : undefined
  if (names === undefined || (names.length === 0 && wanted !== 'none_or_some')) {
    report('QRN-CHECK-001', 'columns names no column', {
      hint: 'Add columns = ["…"].',
      path: value === undefined ? [] : ['columns'],
    })
    return undefined
  }
  if (names.length > 1 && wanted === 'one')
    report('QRN-CHECK-001', 'columns names more than one column', { path: ['columns', '1'] })
  const found: CheckedColumn[] = []
  for (const [index, name] of names.entries()) {
    const column = known.find((one) => one.name === name)
    const path = ['columns', String(index)]
    if (column === undefined)
      report('QRN-CHECK-003', `there is no column "${shown(name)}"`, {
        hint: suggestName(
          shown(name),
          known.map((one) => one.name),
          'columns',
        ),
        path,
      })
    else if (found.includes(column))
      report('QRN-CHECK-001', `columns names "${column.name}" twice`, { path })
    else found.push(column)
  }
  return found.length === names.length && (wanted !== 'one' || found.length === 1)
    ? found
    : undefined
}

/** Reports keys that are not among those that there are. */
export function refuseUnknownKeys(
  table: Table,
  known: readonly string[],
  report: ReportCheckProblem,
  path: readonly string[] = [],
): void {
  for (const key of Object.keys(table))
    if (!known.includes(key))
      report(
        'QRN-CHECK-001',
        `there is no key "${key}"${path.length === 0 ? '' : ` in ${path.join('.')}`}`,
        {
          hint: suggestName(key, known, 'keys'),
          path: [...path, key],
        },
      )
}

/** The value of a key that has only some; others are reported. */
export function choiceOf(
  table: Table,
  key: string,
  choices: readonly string[],
  report: ReportCheckProblem,
): string | undefined {
  const value = table[key]
  if (value === undefined || choices.includes(value as string)) return value as string | undefined
  report('QRN-CHECK-001', `${key} cannot be "${shown(value)}"`, {
    hint: suggestName(shown(value), choices, 'values'),
    path: [key],
  })
  return undefined
}

/** Reports a value of another kind. */
export function expectKind(
  table: Table,
  key: string,
  kind: 'boolean' | 'string',
  report: ReportCheckProblem,
): void {
  const value = table[key]
  if (value === undefined || typeof value === kind) return
  report('QRN-CHECK-001', `${key} is no ${kind}`, { path: [key] })
}

/** The value as a table, if it is one. */
export function tableOf(value: unknown): Table | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Table)
    : undefined
}

/** Datasets of other flows that a list of checks names, with the keys that lead to them. Nothing is checked yet. */
export function datasetsOfChecks(
  value: unknown,
  path: readonly string[],
): readonly { readonly dataset: DatasetId; readonly path: readonly string[] }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown, index) => {
    const table = tableOf(one)
    const id = tableOf(table?.['config'])?.['dataset_id']
    return table?.['check_type'] === 'foreign_key' && typeof id === 'string'
      ? [{ dataset: id, path: [...path, String(index), 'config', 'dataset_id'] }]
      : []
  })
}

/** Columns of checks that have one text form on every engine. */
export function withTextForm(columns: readonly CheckedColumn[]): readonly CheckedColumn[] {
  return columns.filter(({ type }) => type.kind !== 'float' && type.kind !== 'binary')
}
