import {
  isQarionError,
  type FlowDefinition,
  type QarionError,
  type Task,
  type TaskDefinition,
} from '@qarion/core'
import { checkDag, orderNodes, suggestName, taskNode } from '@qarion/plan'

import { standardError } from './standard-errors.ts'

/** The tasks in the order in which they run, each with all that it waits for. */
export type OrderedTasks = readonly {
  readonly task: TaskDefinition
  readonly dependsOn: readonly string[]
}[]

/** Orders tasks by their dependencies, else as they are declared. What is wrong goes to `problems`. */
export function orderTasks(
  definition: FlowDefinition,
  types: ReadonlyMap<string, Task>,
  problems: QarionError[],
): OrderedTasks {
  const tasks = definition.tasks ?? []
  const ids = tasks.map(({ id }) => id)
  const waitsFor = new Map(tasks.map(({ id, dependencies }) => [id, new Set(dependencies)]))
  const links = tasks.map((task) => types.get(task.type)?.order?.(task) ?? {})
  for (const [index, { id, dependencies }] of tasks.entries()) {
    const { after = [], before = [] } = links[index] ?? {}
    for (const other of after) waitsFor.get(id)?.add(other)
    for (const other of before) waitsFor.get(other)?.add(id)
    for (const [at, other] of [...dependencies, ...after, ...before].entries()) {
      if (ids.includes(other)) continue
      const isDependency = at < dependencies.length
      problems.push(
        standardError(
          'QRN-STANDARD-002',
          definition.id,
          `task "${id}" names "${other}", and there is no such task`,
          {
            hint: suggestName(other, ids, 'tasks'),
            path: isDependency
              ? ['tasks', String(index), 'dependencies', String(at)]
              : ['tasks', String(index), 'properties'],
          },
        ),
      )
    }
  }
  if (problems.length > 0) return []
  const dag = {
    flow: definition.id,
    nodes: tasks.map(({ id, name, type }) =>
      taskNode({ id, title: name, task: type, dependsOn: [...(waitsFor.get(id) ?? [])] }),
    ),
  }
  try {
    checkDag(dag)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    const [, circle = ''] = /: (.*)\.$/s.exec(thrown.message) ?? []
    const first = ids.indexOf(circle.split(' → ')[0] ?? '')
    problems.push(
      standardError('QRN-STANDARD-003', definition.id, `tasks depend on each other: ${circle}`, {
        path: ['tasks', String(first), 'dependencies'],
      }),
    )
    return []
  }
  return orderNodes(dag).map(({ id, dependsOn }) => ({
    task: tasks.find((task) => task.id === id) as TaskDefinition,
    dependsOn,
  }))
}
