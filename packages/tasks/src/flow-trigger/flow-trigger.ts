import {
  createParser,
  DataTypes,
  isValueProblem,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskPlan,
  type TaskResult,
  type TriggeredRun,
} from '@qarion/core'

import { settingError, taskError } from '../task-errors.ts'

interface Options {
  readonly flow: string
  readonly condition: 'success' | 'failure' | 'always'
  readonly variables: Readonly<Record<string, string>>
  /** ISO 8601. */
  readonly batchTime?: string
  readonly passBatchTime: boolean
}

/** The task `flow_trigger`: runs another flow of the project within the run. */
export const flowTrigger: Task = Object.freeze({
  plan({ id, dependencies, properties }: TaskDefinition): TaskPlan {
    const flow = (properties['target_flow_id'] ?? id) as string
    const batchTime = properties['execution_date'] as string | undefined
    const passBatchTime = properties['pass_batch_time'] === true
    if (properties['wait_for_completion'] === false) {
      throw settingError(
        'QRN-TASK-002',
        'a run ends once all of its flows have',
        ['properties', 'wait_for_completion'],
        'Remove the setting.',
      )
    }
    if (batchTime !== undefined && isValueProblem(createParser(DataTypes.timestamp)(batchTime)))
      throw settingError(
        'QRN-TASK-002',
        `"${batchTime}" is no time`,
        ['properties', 'execution_date'],
        'Write for instance "2024-05-31T06:00:00Z".',
      )
    if (batchTime !== undefined && passBatchTime) {
      throw settingError(
        'QRN-TASK-002',
        'execution_date and pass_batch_time exclude each other',
        ['properties', 'pass_batch_time'],
        'Remove one of them.',
      )
    }
    const condition = properties['condition'] as Options['condition']
    if (condition === 'failure' && dependencies.length === 0) {
      throw settingError(
        'QRN-TASK-002',
        'no task comes before it whose failure it could wait for',
        ['properties', 'condition'],
        'Add dependencies.',
      )
    }
    const options: Options = {
      flow,
      condition,
      variables: variableTextsOf(properties['variables']),
      passBatchTime,
      ...(batchTime === undefined ? {} : { batchTime }),
    }
    return {
      title: `Run the flow ${flow}`,
      options: { ...options },
      asks: condition === 'success' ? [] : dependencies,
      triggers: flow,
    }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const options = context.options as unknown as Options
    const { flow, variables, passBatchTime } = options
    const isFailed = Object.values(context.results).some(({ status }) => status === 'failed')
    if (options.condition === 'failure' && !isFailed)
      return { value: { flow, status: 'not_run', batches: [] } }
    const batchTime = passBatchTime ? context.batchTime : timeOf(options.batchTime)
    const done = await context.runFlow({
      flow,
      variables,
      ...(batchTime === undefined ? {} : { batchTime }),
    })
    if (done.status !== 'succeeded' && done.status !== 'nothing_to_do') throw notThrough(done)
    return { value: { flow, status: done.status, batches: done.batches } }
  },
})

function notThrough({ flow, status, error }: TriggeredRun): Error {
  return taskError(
    'QRN-TASK-012',
    'execution',
    `the flow "${flow}" ended as ${status}${error === undefined ? '' : `: ${error.message} (${error.code})`}`,
    { data: { flow, status } },
  )
}

function timeOf(text: string | undefined): bigint | undefined {
  const value = text === undefined ? undefined : createParser(DataTypes.timestamp)(text)
  return typeof value === 'bigint' ? value : undefined
}

function variableTextsOf(table: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries((table ?? {}) as Record<string, unknown>).map(([name, value]) => {
      if (['string', 'number', 'bigint', 'boolean'].includes(typeof value))
        return [name, String(value)]
      throw settingError(
        'QRN-TASK-002',
        `the variable "${name}" has no such value`,
        ['properties', 'variables', name],
        'Give a text, a number, true or false.',
      )
    }),
  )
}
