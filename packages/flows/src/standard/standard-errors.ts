import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of flows of tasks: what each means and what helps. */
export const STANDARD_ERRORS = {
  'QRN-STANDARD-001': {
    title: 'No tasks',
    cause: 'A flow of tasks has no [[tasks]].',
    cure: 'Add [[tasks]] with id and type.',
  },
  'QRN-STANDARD-002': {
    title: 'Unknown task',
    cause: 'A task names another task that the flow does not have.',
    cure: 'Correct the id, or add the task.',
  },
  'QRN-STANDARD-003': {
    title: 'Tasks depend on each other',
    cause: 'Following the dependencies of a task leads back to it.',
    cure: 'Remove one of the dependencies that the message shows.',
  },
  'QRN-STANDARD-004': {
    title: 'One dataset, two tasks',
    cause: 'Two tasks of a flow write the same dataset.',
    cure: 'Give each task a target_dataset_id of its own.',
  },
  'QRN-STANDARD-005': {
    title: 'Dataset read before it is written',
    cause: 'A task reads what another one writes and does not depend on it.',
    cure: 'Add the task that writes it to dependencies.',
  },
  'QRN-STANDARD-006': {
    title: 'A flow of tasks loads by its tasks',
    cause:
      'The flow has [properties.load] or source_dataset_id under [input], which tasks replace.',
    cure: 'Load with a task of the type ingestion, or read a dataset with source_dataset_id of a task.',
  },
  'QRN-STANDARD-007': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-STANDARD-008': {
    title: 'Task that an orchestrator has not',
    cause: 'An orchestrator runs flows and decides between them; other work belongs into flows.',
    cure: 'Use the types flow_trigger and conditional, or the flow type standard.',
  },
} as const

export type StandardErrorCode = keyof typeof STANDARD_ERRORS

/** A definition that cannot become a flow of tasks. */
export const standardError: DefinitionError<StandardErrorCode> = definitionErrors(STANDARD_ERRORS, [
  'tasks',
])
