import {
  isQarionError,
  QarionError,
  type DagNode,
  type Dataset,
  type DatasetId,
  type DatasetReference,
  type FlowDefinition,
  type FlowPlan,
  type Task,
  type TaskDefinition,
} from '@qarion/core'
import { defineFlowDag, taskNode, transformNode } from '@qarion/plan'

import { throwProblems } from '../definition-problems.ts'
import { countByType } from '../strategies/count-by-type.ts'
import { resultsDataset } from './results-dataset.ts'
import { standardError } from './standard-errors.ts'
import { orderTasks } from './task-order.ts'

/** What tasks name of other flows. */
export function taskSources(
  definition: FlowDefinition,
  types: ReadonlyMap<string, Task> = new Map(),
): readonly DatasetReference[] {
  const own = `${definition.id}.`
  return (definition.tasks ?? []).flatMap((task, index) => {
    const at = ['tasks', String(index)]
    const named: readonly DatasetReference[] = [
      ...(task.sourceDatasetId === undefined
        ? []
        : [{ dataset: task.sourceDatasetId, path: ['source_dataset_id'] }]),
      ...(types.get(task.type)?.sources?.(task) ?? []),
    ]
    return named
      .filter(({ dataset }) => dataset.includes('.') && !dataset.startsWith(own))
      .map(({ dataset, path }) => ({ dataset, path: [...at, ...path] }))
  })
}

/** The plan of a flow of tasks: a step per task, what they make, and the view of their results. */
export function planTasks(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset> = new Map(),
  types: ReadonlyMap<string, Task> = new Map(),
): FlowPlan {
  const problems = problemsOf(definition)
  const ordered = orderTasks(definition, types, problems)
  const made = new Map<DatasetId, { readonly dataset: Dataset; readonly by: string }>()
  const nodes = new Map<string, DagNode>()
  for (const { task, dependsOn } of ordered) {
    const before = tasksBefore(dependsOn, nodes)
    try {
      const node = planTask(definition, task, dependsOn, { sources, types, made, before })
      nodes.set(task.id, node)
    } catch (thrown) {
      if (!isQarionError(thrown)) throw thrown
      problems.push(...placed(definition, task, thrown))
    }
  }
  throwProblems(definition, problems, 'QRN-STANDARD-007')
  return Object.freeze({
    datasets: [...Array.from(made.values(), ({ dataset }) => dataset), resultsDataset(definition)],
    dag: defineFlowDag(
      definition.id,
      (definition.tasks ?? []).map(({ id }) => nodes.get(id) as DagNode),
    ),
    // What tasks did outside of the engine cannot be taken back.
    revert: undefined,
    batchCounts: countByType(`${definition.id}.results`, 'status', [
      'succeeded',
      'failed',
      'skipped',
    ]),
  })
}

function problemsOf(definition: FlowDefinition): QarionError[] {
  const problems: QarionError[] = []
  if ((definition.tasks ?? []).length === 0)
    problems.push(standardError('QRN-STANDARD-001', definition.id, 'there are no tasks'))
  const { load, input } = definition
  for (const [isThere, what, path] of [
    [load !== undefined, '[properties.load]', ['properties', 'load']],
    [input.sourceDatasetId !== undefined, 'source_dataset_id', ['input', 'source_dataset_id']],
  ] as const) {
    if (isThere)
      problems.push(
        standardError('QRN-STANDARD-006', definition.id, `a flow of tasks has no ${what}`, {
          path,
        }),
      )
  }
  return problems
}

interface Planning {
  readonly sources: ReadonlyMap<DatasetId, Dataset>
  readonly types: ReadonlyMap<string, Task>
  readonly made: Map<DatasetId, { readonly dataset: Dataset; readonly by: string }>
  /** Tasks that are surely done. */
  readonly before: ReadonlySet<string>
}

function planTask(
  definition: FlowDefinition,
  task: TaskDefinition,
  dependsOn: readonly string[],
  { sources, types, made, before }: Planning,
): DagNode {
  const ready = [...made.values()].filter(({ by }) => before.has(by))
  const unready = [...made.values()].find(
    ({ dataset, by }) =>
      !before.has(by) && dataset.id === fullName(definition, task.sourceDatasetId),
  )
  if (unready !== undefined) {
    throw standardError(
      'QRN-STANDARD-005',
      definition.id,
      `it reads "${unready.dataset.id}" and does not depend on "${unready.by}", which writes it`,
      { path: ['dependencies'] },
    )
  }
  const type = types.get(task.type) as Task
  const plan = type.plan(task, {
    flow: definition,
    datasets: new Map([...sources, ...ready.map(({ dataset }) => [dataset.id, dataset] as const)]),
    tasks: (definition.tasks ?? []).filter((other) => other !== task),
  })
  const { target } = plan
  const other = target && made.get(target.id)
  if (other !== undefined) {
    throw standardError(
      'QRN-STANDARD-004',
      definition.id,
      `it writes "${other.dataset.id}", and so does "${other.by}"`,
      { path: ['target_dataset_id'] },
    )
  }
  if (target !== undefined) made.set(target.id, { dataset: target, by: task.id })
  const common = { id: task.id, title: titleOf(task, plan.title), dependsOn }
  if (plan.instruction !== undefined)
    return transformNode({ ...common, instruction: plan.instruction })
  const { branches, triggers, statement } = plan
  return taskNode({
    ...common,
    task: task.type,
    reads: plan.reads ?? [],
    writes: target === undefined ? [] : [target.id],
    options: plan.options ?? {},
    asks: plan.asks ?? [],
    ...(branches === undefined ? {} : { branches }),
    ...(triggers === undefined ? {} : { triggers }),
    ...(statement === undefined ? {} : { statement }),
  })
}

function titleOf({ id, name }: TaskDefinition, title: string): string {
  return name === id ? title : name
}

function fullName(definition: FlowDefinition, dataset: string | undefined): string | undefined {
  return dataset === undefined || dataset.includes('.') ? dataset : `${definition.id}.${dataset}`
}

/** All tasks that are done before one that depends on these. */
function tasksBefore(
  dependsOn: readonly string[],
  nodes: ReadonlyMap<string, DagNode>,
): ReadonlySet<string> {
  const before = new Set(dependsOn)
  // A set goes on with what is added to it on the way.
  for (const id of before) for (const earlier of nodes.get(id)?.dependsOn ?? []) before.add(earlier)
  return before
}

/** The problems of a task with its name, and with the keys that lead to it in the file. */
function placed(
  definition: FlowDefinition,
  task: TaskDefinition,
  error: QarionError,
): readonly QarionError[] {
  const index = (definition.tasks ?? []).indexOf(task)
  const prefix = `flow "${definition.id}": `
  return (error.problems.length === 0 ? [error] : error.problems).map((problem) => {
    const { path = [] } = problem.data
    const message = problem.message.startsWith(prefix)
      ? problem.message.slice(prefix.length)
      : problem.message
    return new QarionError(problem.code, problem.reason, `${prefix}task "${task.id}": ${message}`, {
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      ...(problem.place === undefined ? {} : { place: problem.place }),
      cause: problem,
      data: { ...problem.data, path: ['tasks', String(index), ...(path as string[])] },
    })
  })
}
