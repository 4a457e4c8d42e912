import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of outboxes: what each means and what helps. */
export const OUTBOX_ERRORS = {
  'QRN-OUTBOX-001': {
    title: 'Initial load is not stated',
    cause:
      'initial_load is missing. What is published cannot be taken back, so there is no default.',
    cure: 'Set initial_load = "publish" (every row becomes an event) or "skip" under [properties].',
  },
  'QRN-OUTBOX-002': {
    title: 'Unknown column in a property',
    cause: 'payload_columns names a column that the input does not have.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-OUTBOX-003': {
    title: 'A column that JSON cannot carry exactly',
    cause: 'Floats and bytes have no text that all engines write alike.',
    cure: 'Declare the column as schema_type = "decimal" or "string", or leave it out: payload_columns = ["…"].',
  },
  'QRN-OUTBOX-004': {
    title: 'Payload columns that say nothing or the same twice',
    cause: 'payload_columns is empty or names a column twice.',
    cure: 'Name each column once; without payload_columns all columns are sent.',
  },
  'QRN-OUTBOX-005': {
    title: 'Key cannot name events',
    cause: 'The dataset that is read has no key, or a column of the key is a float or binary.',
    cure: 'Set primary_key = ["…"] under [input], of columns that have a text form.',
  },
  'QRN-OUTBOX-006': {
    title: 'A property that does not fit the outbox',
    cause:
      'A property is no attribute of CloudEvents, or is about deliveries and the flow reads a dataset.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-OUTBOX-007': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
} as const

export type OutboxErrorCode = keyof typeof OUTBOX_ERRORS

/** A definition that cannot become an outbox. */
export const outboxError: DefinitionError<OutboxErrorCode> = definitionErrors(OUTBOX_ERRORS, [
  'properties',
])
