import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** Codes of the runtime: what each means and what helps. */
export const RUNTIME_ERRORS = {
  'QRN-RUN-001': {
    title: 'Unknown flow',
    cause: 'A flow was named that the project does not declare.',
    cure: 'Use one of the names that the message lists.',
  },
  'QRN-RUN-002': {
    title: 'Late file',
    cause: 'A file sorts before one that is already loaded.',
    cure: 'Run with --cascade to put it in its place, or rename it.',
  },
  'QRN-RUN-003': {
    title: 'Loaded file changed',
    cause: 'The content of a file that was loaded is another now.',
    cure: 'Restore the file, or set on_changed_file under [properties.load].',
  },
  'QRN-RUN-004': {
    title: 'Older batch changed',
    cause: 'The input of a batch changed that later batches build on.',
    cure: 'Run with --cascade to apply it and the batches after it anew.',
  },
  'QRN-RUN-005': {
    title: 'Input is gone',
    cause: 'A file is needed to apply a batch anew and is missing or another one.',
    cure: 'Put the file back as it was when the batch was loaded.',
  },
  'QRN-RUN-006': {
    title: 'Definition asks for a rebuild',
    cause: 'The definition changed so that stored results no longer fit it.',
    cure: 'Run with --full-refresh.',
  },
  'QRN-RUN-007': {
    title: 'Batch time does not increase',
    cause: 'The time of a batch is not after the time of its predecessor.',
    cure: 'Correct the file name, the column or --batch-time.',
  },
  'QRN-RUN-008': {
    title: 'Unknown batch',
    cause: 'A batch was named that does not exist.',
    cure: 'See `qarion status` for the batches there are.',
  },
  'QRN-RUN-009': {
    title: 'Guard cannot be accepted',
    cause: 'The named guard does not exist or would break what the flow promises.',
    cure: 'Correct the delivery.',
  },
  'QRN-RUN-010': {
    title: 'Nothing to take back',
    cause: 'The flow has no batch, or is append-only.',
    cure: 'See `qarion status`.',
  },
  'QRN-RUN-011': {
    title: 'Interrupted',
    cause: 'The run was cancelled.',
    cure: 'Run again; it goes on where it stopped.',
  },
  'QRN-RUN-012': {
    title: 'Definition does not fit the engine',
    cause: 'A column has a type that the engine cannot hold exactly.',
    cure: 'Choose another type or another engine.',
  },
  'QRN-RUN-013': {
    title: 'Bad batch time',
    cause: 'A batch time cannot be read.',
    cure: 'Write it as ISO 8601, for instance 2024-05-01T06:00:00Z.',
  },
  'QRN-RUN-014': {
    title: 'Definition does not fit what was posted',
    cause: 'Key or types changed in a flow whose rows are never taken back.',
    cure: 'Put the definition back, or declare a new flow.',
  },
  'QRN-RUN-015': {
    title: 'Nothing is selected',
    cause: 'No flow fits what was selected, or everything that does was excluded.',
    cure: 'Use ids and tags that flows have; `qarion status` lists the flows.',
  },
  'QRN-RUN-016': {
    title: 'Flow was skipped',
    cause: 'A flow that it reads failed, was refused or was skipped in the same run.',
    cure: 'Remove the cause that the other flow names, then type `qarion retry`.',
  },
  'QRN-RUN-018': {
    title: 'Result of a task cannot be kept',
    cause: 'A task gave something that JSON cannot hold, or that is over 1 MiB as text.',
    cure: 'Give plain JSON; write large results to a file.',
  },
  'QRN-RUN-019': {
    title: 'Flow of tasks has no deliveries',
    cause: 'A batch or a file was named, and the flow does its tasks anew each time.',
    cure: 'Leave --batch, --file and --cascade out.',
  },
  'QRN-RUN-020': {
    title: 'Columns of a target changed their type',
    cause: 'A task adds rows to a dataset whose rows have other types.',
    cure: 'Give the task another target_dataset_id, or processing_type = "FULL_REFRESH".',
  },
  'QRN-RUN-021': {
    title: 'Flow cannot be run by a task',
    cause: 'A task runs a flow where flows cannot be run, or one that is running.',
    cure: 'Run it with `qarion run`.',
  },
  'QRN-RUN-017': {
    title: 'Not a selection of flows',
    cause: 'A word that selects flows is not of the form that such words have.',
    cure: 'Write an id, `ord*`, `tag:daily`, `orders+` or `+orders`.',
  },
  'QRN-LOAD-001': {
    title: 'Too many rejected rows',
    cause: 'More rows were rejected than max_rejects allows.',
    cure: 'Read the rejects dataset; correct the delivery or raise max_rejects.',
  },
  'QRN-LOAD-002': {
    title: 'Rejected row without a readable key',
    cause:
      'A rejected row hides which key it is about, so that a deletion cannot be told from a bad row.',
    cure: 'Correct the delivery, or set on_unreadable_key = "suspend_deletions".',
  },
  'QRN-LOAD-003': {
    title: 'File changed while it was read',
    cause: 'A file differs from what the scan found a moment before.',
    cure: 'Run again once the file is complete; ready_file and min_age keep half-written files out.',
  },
  'QRN-LOAD-004': {
    title: 'Optional column is missing',
    cause:
      'A delivery lacks a declared column that is not required. A warning: its rows have NULL there.',
    cure: 'Nothing, if that is meant; else set required = true for the column.',
  },
  'QRN-LOAD-005': {
    title: 'Deletions are suspended',
    cause:
      'A reject has no readable key, and on_unreadable_key says to go on. A warning: absent keys stay.',
    cure: 'Correct the delivery; the next complete one deletes what is gone.',
  },
  'QRN-EXPORT-001': {
    title: 'A file that is not ours is in the way',
    cause: 'The target of an export is there, and the flow did not write it as it is.',
    cure: 'Move the file away, choose another file_path, or set on_existing = "replace".',
  },
  'QRN-EXPORT-002': {
    title: 'Two batches, one file',
    cause: 'The path of an export comes to the same name for a batch that was exported before.',
    cure: 'Use {batch_id} in file_path, or a format of {batch_time} that tells the batches apart.',
  },
  'QRN-EXPORT-003': {
    title: 'Rows of the batch are gone',
    cause: 'The dataset keeps the rows of its newest batches only.',
    cure: 'Export from a dataset that keeps all, or raise retention.landing_batches for the batches to come.',
  },
  'QRN-EXPORT-004': {
    title: 'Batch was not exported',
    cause:
      'The dataset no longer keeps the rows of a batch that was not exported. A warning: later batches are.',
    cure: 'Run exports as often as loads, or raise retention.landing_batches.',
  },
  'QRN-PUBLISH-001': {
    title: 'No events to publish',
    cause:
      'A flow was named that makes no events, or no flow of the project says who gets its events.',
    cure: 'Name a flow of the type outbox.',
  },
  'QRN-PUBLISH-002': {
    title: 'Nobody gets the events',
    cause: 'An outbox has no [properties.publish].',
    cure: 'Add [properties.publish] with publisher = "webhook" or another one.',
  },
  'QRN-PUBLISH-003': {
    title: 'The receiver takes nothing',
    cause: 'Many events in a row were not taken, so the others were not tried.',
    cure: 'See last_error in the outbox; type `qarion publish` once the receiver is there, with --retry-dead for events that are dead.',
  },
  'QRN-SHOW-001': {
    title: 'Unknown dataset',
    cause: 'A dataset was named that no flow has.',
    cure: 'Use one of the names that the message lists.',
  },
  'QRN-SHOW-002': {
    title: 'Unknown column',
    cause: 'A column was named that the dataset does not have.',
    cure: 'Use one of the names that the message lists.',
  },
} as const

/** An error of the runtime. */
export function runtimeError(
  code: keyof typeof RUNTIME_ERRORS,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: RUNTIME_ERRORS[code].cure, ...options })
}
