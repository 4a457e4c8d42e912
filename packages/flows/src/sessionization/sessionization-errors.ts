import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of sessionization: what each means and what helps. */
export const SESSIONIZATION_ERRORS = {
  'QRN-SESSION-001': {
    title: 'A property is missing',
    cause: 'A sessionization needs entity_columns, event_time_column and session_gap.',
    cure: 'Set entity_columns, event_time_column and session_gap under [properties].',
  },
  'QRN-SESSION-002': {
    title: 'Unknown column in a property',
    cause: 'A property names a column that the input does not have, or the same one twice.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-SESSION-003': {
    title: 'Properties exclude each other',
    cause: 'A property says something that another one, or the dataset that is read, rules out.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-SESSION-004': {
    title: 'The column does not fit',
    cause: 'A column of that type, or one that may be empty, cannot serve for the property.',
    cure: 'Entities and keys are texts, numbers, dates or times; the time of an event is a timestamp; all of them are required.',
  },
  'QRN-SESSION-005': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-SESSION-101': {
    title: 'Events without entity, time or key',
    cause:
      'The dataset that is read holds events of which nobody can say to which session they belong.',
    cure: 'Declare the columns required in the flow that is read.',
  },
} as const

export type SessionizationErrorCode = keyof typeof SESSIONIZATION_ERRORS

/** A definition that cannot become a sessionization. */
export const sessionizationError: DefinitionError<SessionizationErrorCode> = definitionErrors(
  SESSIONIZATION_ERRORS,
  ['properties'],
)
