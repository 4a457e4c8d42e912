import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of scd2: what each means and what helps. */
export const SCD2_ERRORS = {
  'QRN-SCD2-001': {
    title: 'Key cannot name a version',
    cause: 'The dataset that is read has no key, or a column of the key is a float or binary.',
    cure: 'Set primary_key = ["…"] under [input], of columns that have a text form.',
  },
  'QRN-SCD2-002': {
    title: 'Unknown column in a property',
    cause: 'effective_at_column names a column that the input does not have.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-SCD2-003': {
    title: 'Effective time of another type',
    cause: 'effective_at_column names a column that is neither a timestamp nor a date.',
    cure: 'Declare the column with schema_type = "timestamp" or "date", and a format if its text needs one.',
  },
  'QRN-SCD2-004': {
    title: 'Effective time that may be empty',
    cause: 'effective_at_column names a column that is not required.',
    cure: 'Add required = true to the column; rows without it become rejects.',
  },
  'QRN-SCD2-005': {
    title: 'A property that does not fit',
    cause:
      'A property needs another one, or is about deliveries and the flow reads the change feed of another.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-SCD2-006': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-SCD2-101': {
    title: 'Rows that take effect too early',
    cause: 'Changed rows are valid from before the newest version of their key.',
    cure: 'Correct the delivery, choose on_late_effective, or accept it once: the rows then begin where that version does.',
  },
  'QRN-SCD2-102': {
    title: 'Rows without effective time',
    cause: 'Rows of the change feed that is read have no value in effective_at_column.',
    cure: 'Declare the column required in the flow that is read.',
  },
} as const

export type Scd2ErrorCode = keyof typeof SCD2_ERRORS

/** A definition that cannot become a dimension. */
export const scd2Error: DefinitionError<Scd2ErrorCode> = definitionErrors(SCD2_ERRORS, [
  'properties',
])
