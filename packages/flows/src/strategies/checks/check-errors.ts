import { definitionErrors, type DefinitionError } from '../../definition-problems.ts'

/** Codes of checks: what each means and what helps. */
export const CHECK_ERRORS = {
  'QRN-CHECK-001': {
    title: 'A check or suite is not complete',
    cause: 'A key that is needed is missing, a key is unknown, or a value is of another kind.',
    cure: 'Write checks as { check_id = "…", check_type = "completeness", columns = ["…"], severity = "error" }.',
  },
  'QRN-CHECK-002': {
    title: 'Unknown check type',
    cause: 'check_type names none of the checks that there are.',
    cure: 'Use one of the types that the message lists.',
  },
  'QRN-CHECK-003': {
    title: 'Unknown column in a check',
    cause: 'A check or filter names a column that the rows do not have.',
    cure: 'Correct the name, or declare the column.',
  },
  'QRN-CHECK-004': {
    title: 'Check does not fit the column',
    cause: 'A check cannot be made of a column of this type, or of rows.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-CHECK-005': {
    title: 'Settings of a check',
    cause: 'A key of config is missing or its value cannot be used.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-CHECK-006': {
    title: 'An id is taken',
    cause: 'Two checks of a suite, or two suites of a flow, have one id.',
    cure: 'Rename one of them.',
  },
  'QRN-CHECK-007': {
    title: 'Several problems',
    cause: 'The definition has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-CHECK-101': {
    title: 'Checks failed',
    cause: 'Data breaks checks of severity error.',
    cure: 'Look at the failures of the flow, and correct the data or the check.',
  },
  'QRN-CHECK-102': {
    title: 'Checks of severity warning failed',
    cause: 'Data breaks checks of severity warning. A warning: the run goes on.',
    cure: 'Look at the failures of the flow.',
  },
} as const

export type CheckErrorCode = keyof typeof CHECK_ERRORS

/** A definition whose checks cannot be made. */
export const checkError: DefinitionError<CheckErrorCode> = definitionErrors(CHECK_ERRORS, [
  'properties',
])
