import {
  DataTypes,
  rowsOf,
  type Query,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskPlan,
  type TaskResult,
  type TaskSurroundings,
} from '@qarion/core'
import {
  aggregate,
  columnsOfDataset,
  defineQuery,
  filter,
  from,
  measure,
  parseExpression,
  suggestName,
} from '@qarion/plan'

import { datasetId, requireDataset } from '../task-datasets.ts'
import { settingError, taskError } from '../task-errors.ts'
import { parametersOf } from '../transformation/rule-reader.ts'
import { passes, type Test } from './condition.ts'
import { readBranches, readCondition, type ConditionType } from './settings.ts'

interface Options {
  readonly type: ConditionType
  readonly condition: Readonly<Record<string, string>>
  readonly branches: readonly { readonly name: string; readonly test: Test }[]
  readonly hasDefault: boolean
  readonly queries: readonly Query[]
}

/** Name under which the tasks of `default_branch` are chosen. */
export const DEFAULT_BRANCH = 'default'

/** The task `conditional`: chooses which of the tasks after it run. */
export const conditional: Task = Object.freeze({
  order: (task: TaskDefinition) => {
    const asked = (task.properties['condition'] as { task_id?: unknown } | undefined)?.task_id
    return {
      after: typeof asked === 'string' ? [asked] : [],
      before: [...readBranches(task).flatMap(({ taskIds }) => taskIds), ...defaultTasks(task)],
    }
  },
  sources: (task: TaskDefinition) => {
    const named = (task.properties['condition'] as { dataset_id?: unknown } | undefined)?.dataset_id
    return typeof named === 'string'
      ? [{ dataset: named, path: ['properties', 'condition', 'dataset_id'] }]
      : []
  },
  plan(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan {
    const type = task.properties['condition_type'] as ConditionType
    const condition = readCondition(task, type)
    const branches = readBranches(task, type)
    const variables = Object.keys(surroundings.flow.variables ?? {})
    const { variable } = condition
    if (variable !== undefined && !variables.includes(variable)) {
      throw settingError(
        'QRN-TASK-002',
        `there is no variable "${variable}"`,
        ['properties', 'condition', 'variable'],
        suggestName(variable, variables, 'variables'),
      )
    }
    const queries = type === 'data' ? countQueries(condition, surroundings) : []
    const fallback = defaultTasks(task)
    const options: Options = {
      type,
      condition,
      branches: branches.map(({ name, test }) => ({ name, test })),
      hasDefault: task.properties['default_branch'] !== undefined,
      queries,
    }
    return {
      title: `Choose by ${type === 'task_result' ? `what came of ${condition['task_id']}` : Object.values(condition).join(' ')}`,
      reads:
        queries.length === 0 ? [] : [datasetId(surroundings.flow, condition['dataset_id'] ?? '')],
      options: { ...options },
      asks: type === 'task_result' ? [condition['task_id'] ?? ''] : [],
      branches: Object.fromEntries([
        ...branches.map(({ name, taskIds }) => [name, taskIds]),
        ...(fallback.length === 0 ? [] : [[DEFAULT_BRANCH, fallback]]),
      ]),
    }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const options = context.options as unknown as Options
    const value = await valueOf(options, context)
    const chosen = options.branches.find(({ test }) => passes(value, test))
    if (chosen === undefined && !options.hasDefault && value === undefined) {
      throw taskError(
        'QRN-TASK-009',
        'configuration',
        `the result of "${options.condition['task_id']}" has no "${options.condition['key'] ?? ''}"`,
      )
    }
    const branch = chosen?.name ?? DEFAULT_BRANCH
    return { value: { value: value ?? null, branch }, branch }
  },
})

function defaultTasks({ properties }: TaskDefinition): readonly string[] {
  return (properties['default_branch'] ?? []) as readonly string[]
}

function countQueries(
  condition: Readonly<Record<string, string>>,
  { flow, datasets }: TaskSurroundings,
): readonly Query[] {
  const at = ['properties', 'condition']
  const dataset = requireDataset(datasetId(flow, condition['dataset_id'] ?? ''), datasets, [
    ...at,
    'dataset_id',
  ])
  const { where } = condition
  const rules =
    where === undefined
      ? []
      : [
          filter(
            parseExpression(where, {
              columns: columnsOfDataset(dataset),
              parameters: parametersOf(flow),
              expected: DataTypes.boolean,
            }),
          ),
        ]
  return [
    defineQuery('rows', [
      from(dataset.id),
      ...rules,
      aggregate({ groupBy: [], measures: [measure('rows', 'count')] }),
    ]),
  ]
}

const VALUES: Readonly<Record<ConditionType, (options: Options, context: TaskContext) => unknown>> =
  Object.freeze({
    task_result: ({ condition }, { results }) =>
      results[condition['task_id'] ?? '']?.status === 'succeeded' ? 'success' : 'failure',
    value: ({ condition }, { results }) => {
      const keys = condition['key'] === undefined ? [] : condition['key'].split('.')
      return keys.reduce<unknown>(
        (inner, key) =>
          typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
            ? (inner as Record<string, unknown>)[key]
            : undefined,
        results[condition['task_id'] ?? '']?.value,
      )
    },
    variable: ({ condition }, { variables }) => variables[condition['variable'] ?? ''],
    data: async ({ queries }, context) => {
      for await (const batch of context.read(queries))
        for (const [count] of rowsOf(batch)) return Number(count)
      return 0
    },
  })

async function valueOf(options: Options, context: TaskContext): Promise<unknown> {
  return VALUES[options.type](options, context)
}
