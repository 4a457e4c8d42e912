import {
  isQarionError,
  QarionError,
  type Dataset,
  type DatasetReference,
  type Query,
  type Rule,
  type Task,
  type TaskDefinition,
  type TaskPlan,
  type TaskSurroundings,
} from '@qarion/core'
import {
  columnsOfDataset,
  defineInstruction,
  defineQuery,
  derive,
  drop,
  from,
  inferColumns,
  inferSteps,
  named,
  overwrite,
  parameter,
  replace,
  suggestName,
  type PlanColumn,
} from '@qarion/plan'

import {
  datasetId,
  requireDataset,
  sourceOf,
  targetOf,
  userColumns,
  type Processing,
} from '../task-datasets.ts'
import { settingError } from '../task-errors.ts'
import { parametersOf, type RuleTable } from './rule-reader.ts'
import { RULES } from './rule-readers.ts'
import { datasetsOfStatement, readStatement, statementColumns } from './statement.ts'

/** The task `transformation`: set work by rules, within the engine. */
export const transformation: Task = Object.freeze({
  sources: (task: TaskDefinition): readonly DatasetReference[] => [
    ...rulesOf(task).flatMap((rule, index) =>
      typeof rule['dataset'] === 'string'
        ? [{ dataset: rule['dataset'], path: ['properties', 'rules', String(index), 'dataset'] }]
        : [],
    ),
    ...datasetsOfStatement(task).map((dataset) => ({ dataset, path: ['properties', 'sql'] })),
  ],
  plan(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan {
    const { rules, sql } = task.properties
    if ((rules === undefined) === (sql === undefined)) {
      throw settingError(
        rules === undefined ? 'QRN-TASK-001' : 'QRN-TASK-002',
        rules === undefined ? 'it has neither rules nor sql' : 'rules and sql exclude each other',
        rules === undefined ? [] : ['properties', 'sql'],
        'Keep one of both.',
      )
    }
    if (sql !== undefined) return planStatement(task, surroundings)
    const source = sourceOf(task, surroundings)
    const processing = task.properties['processing_type'] as Processing
    const queries = readQueries(task, surroundings, source)
    const all = inferColumns(queries, surroundings.datasets)
    const result = userColumns(all.get(RESULT) ?? [])
    if (result.length === 0)
      throw settingError('QRN-TASK-002', 'the rules leave no column', ['properties', 'rules'])
    const target = targetOf(
      task,
      surroundings,
      result.map(({ name, type, nullable }) => ({ name, type, required: !nullable })),
      processing,
    )
    const query = defineQuery('written', [
      { operation: 'from', source: { kind: 'query', query: RESULT } },
      ...finish(all.get(RESULT) ?? [], target),
    ])
    const write = (processing === 'INCREMENTAL' ? replace : overwrite)('written', target.id)
    const { operation } = task.properties
    return {
      title: typeof operation === 'string' ? operation : `Transform ${source.id}`,
      target,
      instruction: defineInstruction(task.id, [...queries, query], [write]),
    }
  },
})

const RESULT = 'result'

function planStatement(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan {
  const { operation, source_table_type: sourceName } = task.properties
  const hasSource = task.sourceDatasetId !== undefined || sourceName !== undefined
  const source = hasSource ? sourceOf(task, surroundings) : undefined
  const statement = readStatement(task, surroundings, source)
  const processing = task.properties['processing_type'] as Processing
  const target = targetOf(task, surroundings, statementColumns(task), processing)
  const reads = statement.pieces.flatMap((piece) =>
    piece.kind === 'dataset' ? [piece.dataset] : [],
  )
  return {
    title: typeof operation === 'string' ? operation : 'Transform by a statement',
    reads: [...new Set(reads)],
    target,
    statement,
  }
}

function rulesOf({ properties }: TaskDefinition): readonly RuleTable[] {
  const { rules } = properties
  return (Array.isArray(rules) ? rules : []).map((rule) =>
    typeof rule === 'object' && rule !== null ? (rule as RuleTable) : {},
  )
}

/** Takes system columns of the source out and puts those of the target in. */
function finish(columns: readonly PlanColumn[], target: Dataset): readonly Rule[] {
  const kept = userColumns(columns)
  const dropped = columns.filter((column) => !kept.includes(column)).map(({ name }) => name)
  const added = target.columns.filter(({ name }) => !kept.some((column) => column.name === name))
  return [
    ...(dropped.length === 0 ? [] : [drop(dropped)]),
    ...(added.length === 0
      ? []
      : [
          derive(
            added.map(({ name, type }) => named(name, parameter(name.slice('xt_'.length), type))),
          ),
        ]),
  ]
}

/** A query per dataset that is joined or added, then the one of the rules. */
function readQueries(
  task: TaskDefinition,
  { flow, datasets }: TaskSurroundings,
  source: Dataset,
): readonly Query[] {
  if (!Array.isArray(task.properties['rules']))
    throw settingError('QRN-TASK-002', '`rules` is a list of tables', ['properties', 'rules'])
  const others: Query[] = []
  const known = new Map<string, readonly PlanColumn[]>()
  const queryOf = (name: string, path: readonly (string | number)[]): string => {
    const dataset = requireDataset(datasetId(flow, name), datasets, path)
    const query = `other_${others.length + 1}`
    others.push(defineQuery(query, [from(dataset.id)]))
    known.set(query, columnsOfDataset(dataset))
    return query
  }
  const rules: Rule[] = [from(source.id)]
  let columns = columnsOfDataset(source)
  for (const [index, table] of rulesOf(task).entries()) {
    const path = ['properties', 'rules', index]
    try {
      const { read, keys } = readerOf(table, path)
      refuseOtherKeys(table, keys, path)
      rules.push(...read(table, { columns, parameters: parametersOf(flow), queryOf, path }))
      columns = inferSteps({ name: RESULT, rules }, { datasets, queries: known }).at(-1) ?? []
    } catch (thrown) {
      throw isQarionError(thrown) ? atRule(thrown, index) : thrown
    }
  }
  return [...others, defineQuery(RESULT, rules)]
}

function readerOf(table: RuleTable, path: readonly (string | number)[]) {
  const { operation } = table
  const found =
    typeof operation === 'string' && Object.hasOwn(RULES, operation) ? RULES[operation] : undefined
  if (found !== undefined) return found
  throw settingError(
    'QRN-TASK-002',
    operation === undefined
      ? 'it has no operation'
      : `there is no operation ${JSON.stringify(operation)}`,
    path,
    suggestName(typeof operation === 'string' ? operation : '', Object.keys(RULES), 'operations'),
  )
}

function refuseOtherKeys(
  table: RuleTable,
  keys: readonly string[],
  path: readonly (string | number)[],
): void {
  const other = Object.keys(table).find((key) => key !== 'operation' && !keys.includes(key))
  if (other === undefined) return
  throw settingError(
    'QRN-TASK-002',
    `${String(table['operation'])} has no \`${other}\``,
    [...path, other],
    suggestName(other, keys, 'keys'),
  )
}

function atRule(error: QarionError, index: number): QarionError {
  return new QarionError(error.code, 'configuration', `rule ${index + 1}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
    data: { path: ['properties', 'rules', String(index)], ...error.data },
  })
}
