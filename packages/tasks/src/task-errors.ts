import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** Codes of tasks: what each means and what helps. */
export const TASK_ERRORS = {
  'QRN-TASK-001': {
    title: 'Setting missing',
    cause: 'A task lacks what its type cannot do without.',
    cure: 'Add the setting that the message names.',
  },
  'QRN-TASK-002': {
    title: 'Setting that means nothing',
    cause: 'A setting of a task has a form or a value that it cannot have.',
    cure: 'Correct it as the message says.',
  },
  'QRN-TASK-003': {
    title: 'Unknown dataset',
    cause: 'A task reads a dataset that is not there before it.',
    cure: 'Correct the name; what another task writes needs that task among the dependencies.',
  },
  'QRN-TASK-004': {
    title: 'Several problems',
    cause: 'A task has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-TASK-005': {
    title: 'The script failed',
    cause: 'The module threw an error, or could not be loaded.',
    cure: 'Correct the script; `qarion retry` goes on from there.',
  },
  'QRN-TASK-006': {
    title: 'The script took too long',
    cause: 'The script was not done within its timeout and was stopped.',
    cure: 'Raise `timeout` of the task, or make the script do less.',
  },
  'QRN-TASK-007': {
    title: 'The result is no JSON',
    cause: 'A script gave something that JSON cannot hold, or that is over 1 MiB.',
    cure: 'Give texts, finite numbers, true, false, null, lists and plain objects; write large results to a file.',
  },
  'QRN-TASK-008': {
    title: 'The script exports no function',
    cause: 'The default export of the module is not a function.',
    cure: 'Write: export default async function (context) { … }',
  },
  'QRN-TASK-009': {
    title: 'No branch fits',
    cause: 'What the condition asks for does not exist, such as a key that the result lacks.',
    cure: 'Correct the condition, or give the task a default_branch.',
  },
  'QRN-TASK-010': {
    title: 'Bad row',
    cause: 'A file that a task loads has a row that cannot be read.',
    cure: 'Correct the file, or load it with a flow of the type change_feed, which keeps bad rows apart.',
  },
  'QRN-TASK-011': {
    title: 'File of somebody else',
    cause:
      'A file is there under the name that a task would write, and it was not written by the task.',
    cure: 'Move the file away, or set on_existing = "replace".',
  },
  'QRN-TASK-012': {
    title: 'The flow did not get through',
    cause: 'The flow that a task runs failed or was refused.',
    cure: 'See the error of that flow; `qarion retry` runs it again.',
  },
} as const

export type TaskErrorCode = keyof typeof TASK_ERRORS

/** An error of a task; the hint is the table's cure unless one is given. */
export function taskError(
  code: TaskErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: TASK_ERRORS[code].cure, ...options })
}

/** Something wrong with the settings of a task; `path` begins at its table. */
export function settingError(
  code: TaskErrorCode,
  message: string,
  path: readonly (string | number)[],
  hint?: string,
): QarionError {
  return taskError(code, 'configuration', message, {
    ...(hint === undefined ? {} : { hint }),
    data: { path: path.map(String) },
  })
}

/** Throws what is wrong, if anything is. */
export function throwTaskProblems(problems: readonly QarionError[]): void {
  const [first] = problems
  if (first === undefined) return
  if (problems.length === 1) throw first
  throw taskError('QRN-TASK-004', 'configuration', `there are ${problems.length} problems`, {
    problems,
  })
}
