import { definitionErrors, type DefinitionError } from '../definition-problems.ts'

/** Codes of error parking besides those of checks: what each means and what helps. */
export const ERROR_PARKING_ERRORS = {
  'QRN-PARK-001': {
    title: 'No primary key',
    cause: 'A parked row leaves when its key is delivered again, and the flow has no key.',
    cure: 'Set primary_key = ["…"] under [input].',
  },
  'QRN-PARK-002': {
    title: 'Property of deliveries',
    cause: 'A property is about deliveries, and the flow reads the changes of a dataset.',
    cure: 'Set it in the flow that is read, and remove it here.',
  },
  'QRN-PARK-003': {
    title: 'Check of all rows',
    cause: 'A check that says nothing of single rows can park none.',
    cure: 'Make it in a flow of the type quality_check.',
  },
  'QRN-PARK-004': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
} as const

export type ErrorParkingErrorCode = keyof typeof ERROR_PARKING_ERRORS

/** A definition that cannot become error parking. */
export const errorParkingError: DefinitionError<ErrorParkingErrorCode> = definitionErrors(
  ERROR_PARKING_ERRORS,
  ['properties'],
)
