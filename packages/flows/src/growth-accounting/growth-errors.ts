import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of growth accounting: what each means and what helps. */
export const GROWTH_ERRORS = {
  'QRN-GROWTH-001': {
    title: 'A property is missing',
    cause: 'Growth accounting needs entity_columns, event_time_column and period.',
    cure: 'Set entity_columns, event_time_column and period under [properties].',
  },
  'QRN-GROWTH-002': {
    title: 'Unknown column in a property',
    cause: 'A property names a column that the input does not have, or the same one twice.',
    cure: 'Correct the name or declare the column.',
  },
  'QRN-GROWTH-003': {
    title: 'Properties exclude each other',
    cause: 'A property says something that another one, or the dataset that is read, rules out.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-GROWTH-004': {
    title: 'The column does not fit',
    cause:
      'A column of that type or name, or one that may be empty, cannot serve for the property.',
    cure: 'The time of an event is a timestamp; entities, segments and keys are required columns.',
  },
  'QRN-GROWTH-005': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-GROWTH-006': {
    title: 'Unknown period or time zone',
    cause: 'The period is none of day, week and month, or the zone is not in the IANA database.',
    cure: 'Write for instance period = "week" and timezone = "Europe/Berlin".',
  },
  'QRN-GROWTH-101': {
    title: 'Events without entity, time, segment or key',
    cause: 'The dataset that is read holds events of which nobody can say whose they are, or when.',
    cure: 'Declare the columns required in the flow that is read.',
  },
  'QRN-GROWTH-102': {
    title: 'Events span more than a century',
    cause:
      'Between the first and the last event lie more than 36,500 days; most often a time is wrong.',
    cure: 'Correct the times in the delivery.',
  },
} as const

export type GrowthErrorCode = keyof typeof GROWTH_ERRORS

/** A definition that cannot become growth accounting. */
export const growthError: DefinitionError<GrowthErrorCode> = definitionErrors(GROWTH_ERRORS, [
  'properties',
])
