import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of export flows: what each means and what helps. */
export const EXPORT_FLOW_ERRORS = {
  'QRN-EXPORTFLOW-001': {
    title: 'Nothing says what is exported',
    cause: 'An export flow has no [properties.export].',
    cure: 'Add [properties.export] with source_dataset_id, file_path and format.',
  },
  'QRN-EXPORTFLOW-002': {
    title: 'An export flow loads nothing',
    cause: 'An export flow has [properties.load] or columns under [input].',
    cure: 'Leave them out: the rows come from source_dataset_id.',
  },
  'QRN-EXPORTFLOW-003': {
    title: 'The dataset is not kept by batch',
    cause:
      'The mode exports batch by batch, and the rows of the dataset do not say of which batch they are.',
    cure: 'Use export_mode = "full", or a dataset that has xt_batch_id.',
  },
  'QRN-EXPORTFLOW-004': {
    title: 'All batches would be written to one file',
    cause: 'The mode writes a file per batch, and file_path is the same for all of them.',
    cure: 'Put {batch_id} or {batch_time} into file_path, or set batch_id.',
  },
  'QRN-EXPORTFLOW-005': {
    title: 'Properties exclude each other',
    cause: 'batch_id chooses a batch and export_mode = "full" writes all rows.',
    cure: 'Set export_mode = "batch", or leave batch_id out.',
  },
  'QRN-EXPORTFLOW-006': {
    title: 'Unknown column to partition by',
    cause: 'partition_by names a column that the dataset does not have, or the same one twice.',
    cure: 'Use columns of the dataset, each once.',
  },
  'QRN-EXPORTFLOW-007': {
    title: 'The path names no file',
    cause:
      'file_path is empty, ends in a slash, or has a name that is reserved for files in the making.',
    cure: 'End file_path in the name of a file, for instance exports/orders_{batch_id}.csv.',
  },
  'QRN-EXPORTFLOW-008': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
} as const

export type ExportFlowErrorCode = keyof typeof EXPORT_FLOW_ERRORS

/** A definition that cannot become an export. */
export const exportFlowError: DefinitionError<ExportFlowErrorCode> = definitionErrors(
  EXPORT_FLOW_ERRORS,
  ['properties', 'export'],
)
