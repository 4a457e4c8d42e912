import type { FlowVariable, Task, TaskContext, TaskNode } from '@qarion/core'

import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow, TaskMachinery } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { outcomeOf, type TaskRecord } from '../state/task-records.ts'
import { batchParameters, type BatchWork } from '../steps/batch-operations.ts'
import { taskCatalog } from './task-catalog.ts'

/** What a task that runs outside of the engine is given. */
export function taskContext(
  context: RunContext,
  flow: RunnableFlow,
  node: TaskNode,
  {
    work,
    before,
    previous,
  }: {
    readonly work: BatchWork
    readonly before: readonly TaskRecord[]
    readonly previous: TaskRecord | undefined
  },
): TaskContext {
  const machinery = flow.tasks as TaskMachinery
  const { definition } = flow
  return {
    host: machinery.host,
    allowedPaths: machinery.allowedPaths,
    flow: definition.id,
    task: node.id,
    batch: work.batch,
    batchTime: work.batchTime,
    runId: context.runId,
    options: node.options,
    variables: Object.fromEntries(
      Object.entries(definition.variables ?? {}).map(([name, variable]) => [
        name,
        jsonOf(variable),
      ]),
    ),
    results: Object.fromEntries(before.map((record) => [record.task, outcomeOf(record)])),
    previous: previous === undefined ? undefined : outcomeOf(previous),
    signal: context.signal,
    read: async function* rowsOfQueries(queries) {
      yield* context.session.read({
        queries,
        catalog: await taskCatalog(context.session, flow),
        parameters: batchParameters(work, undefined, 0),
        signal: context.signal,
      })
    },
    loader: (load) => machinery.loader(load),
    exporter: (format, options) => machinery.exporter(format, options),
    runFlow: (request) => {
      if (context.triggerFlow !== undefined) return context.triggerFlow(request)
      throw runtimeError('QRN-RUN-021', 'usage', `the flow "${request.flow}" cannot be run here`)
    },
  }
}

export function taskOf({ tasks }: RunnableFlow, node: TaskNode): Task {
  return (tasks as TaskMachinery).types.get(node.task) as Task
}

/** The value as JSON; a number that JavaScript does not hold exactly is its text. */
function jsonOf({ type, value }: FlowVariable): unknown {
  if (type === 'boolean') return value === 'true'
  if (type !== 'integer' && type !== 'number') return value
  const number = Number(value)
  const isExact =
    type === 'integer'
      ? Number.isSafeInteger(number)
      : value.replaceAll(/\D/g, '').length <= DIGITS_OF_A_DOUBLE
  return isExact ? number : value
}

/** Every decimal of so many digits comes back from a double as it was. */
const DIGITS_OF_A_DOUBLE = 15
