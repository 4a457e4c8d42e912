import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of delta publishing: what each means and what helps. */
export const DELTA_PUBLISHING_ERRORS = {
  'QRN-DELTA-001': {
    title: 'No measures',
    cause: 'measure_columns is missing or names no column, so there is nothing to post.',
    cure: 'Set measure_columns = ["…"] under [properties].',
  },
  'QRN-DELTA-002': {
    title: 'Unknown column in a property',
    cause: 'measure_columns or dimension_columns names a column that the input does not have.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-DELTA-003': {
    title: 'A measure that cannot be added up exactly',
    cause: 'A measure is neither an integer nor a decimal; sums of floats depend on their order.',
    cure: 'Declare the column as schema_type = "decimal" with precision and scale.',
  },
  'QRN-DELTA-004': {
    title: 'A column has two roles',
    cause: 'A column is named twice, or is a measure and part of the key or a dimension as well.',
    cure: 'Name each column once, in one role.',
  },
  'QRN-DELTA-005': {
    title: 'Key cannot name a transaction',
    cause: 'The dataset that is read has no key, or a column of the key is a float or binary.',
    cure: 'Set primary_key = ["…"] under [input], of columns that have a text form.',
  },
  'QRN-DELTA-006': {
    title: 'A property that does not fit the ledger',
    cause:
      'A property leaves changes of a measure or dimension out, or is about deliveries and the flow reads a dataset.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-DELTA-007': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-DELTA-101': {
    title: 'Amount that cannot be reversed',
    cause: 'An integer measure is −2^63, of which no integer is the negation.',
    cure: 'Correct the delivery, or declare the measure as a decimal.',
  },
} as const

export type DeltaPublishingErrorCode = keyof typeof DELTA_PUBLISHING_ERRORS

/** A definition that cannot become a ledger. */
export const deltaPublishingError: DefinitionError<DeltaPublishingErrorCode> = definitionErrors(
  DELTA_PUBLISHING_ERRORS,
  ['properties'],
)
