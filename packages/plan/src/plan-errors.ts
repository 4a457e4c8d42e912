import { isQarionError, QarionError } from '@qarion/core'

/** What the catalogue of errors says of a code. */
export interface ErrorEntry {
  readonly title: string
  readonly cause: string
  readonly cure: string
}

export type PlanErrorCode =
  | 'QRN-PLAN-001'
  | 'QRN-PLAN-002'
  | 'QRN-PLAN-003'
  | 'QRN-PLAN-004'
  | 'QRN-PLAN-005'
  | 'QRN-PLAN-006'
  | 'QRN-PLAN-007'
  | 'QRN-PLAN-008'
  | 'QRN-PLAN-009'
  | 'QRN-PLAN-010'
  | 'QRN-PLAN-011'
  | 'QRN-PLAN-012'
  | 'QRN-PLAN-013'
  | 'QRN-PLAN-014'
  | 'QRN-PLAN-015'
  | 'QRN-PLAN-016'
  | 'QRN-PLAN-017'
  | 'QRN-PLAN-018'

/** Every code of this package that is about a plan; those about expressions as text are in `expression-errors.ts`. */
export const PLAN_ERRORS: Readonly<Record<PlanErrorCode, ErrorEntry>> = {
  'QRN-PLAN-001': {
    title: 'Unknown column',
    cause: 'An expression or rule names a column that its rows do not have.',
    cure: 'Use one of the columns that the message lists.',
  },
  'QRN-PLAN-002': {
    title: 'Wrong type',
    cause: 'An expression has another type than the place it stands in asks for.',
    cure: 'Cast it, or use another column.',
  },
  'QRN-PLAN-003': {
    title: 'Wrong arguments',
    cause: 'A function was given too few, too many or unfit arguments.',
    cure: 'See the function in docs/semantics.md, section "Functions".',
  },
  'QRN-PLAN-004': {
    title: 'Unknown function',
    cause: 'A name is not in the closed table of functions.',
    cure: 'Use a function of docs/semantics.md, section "Functions".',
  },
  'QRN-PLAN-005': {
    title: 'Cast not allowed',
    cause: 'The cast table has no conversion between the two types.',
    cure: 'Go through a type that both sides convert to, or declare the column with the type you need.',
  },
  'QRN-PLAN-006': {
    title: 'Bad literal',
    cause: 'A constant is not in the text form of its type.',
    cure: 'Write it in the text form that docs/semantics.md gives for the type.',
  },
  'QRN-PLAN-007': {
    title: 'Duplicate name',
    cause: 'Two columns, queries, steps or datasets would get the same name.',
    cure: 'Rename one of them.',
  },
  'QRN-PLAN-008': {
    title: 'Unknown query',
    cause: 'A rule or write names a query that does not stand before it in the instruction.',
    cure: 'Define the query first; queries may only use earlier ones.',
  },
  'QRN-PLAN-009': {
    title: 'Unknown dataset',
    cause: 'A plan names a dataset that is not declared.',
    cure: 'Declare the dataset, or use one that the message lists.',
  },
  'QRN-PLAN-010': {
    title: 'Rule out of place',
    cause: 'A query does not start with from, values or series, or goes on after an assert.',
    cure: 'Open every query with one such rule and let an assert be its last.',
  },
  'QRN-PLAN-011': {
    title: 'Columns do not match',
    cause:
      'The parts of a union, or a query and the dataset it is written to, have different columns.',
    cure: 'Select the same columns with the same types on both sides.',
  },
  'QRN-PLAN-012': {
    title: 'Dataset cannot be used this way',
    cause: 'A write or read does not fit how the dataset is stored.',
    cure: 'Views are only read, and a dataset stored by batch is read with a version.',
  },
  'QRN-PLAN-013': {
    title: 'Steps depend on each other in a circle',
    cause: 'Following dependsOn from a step leads back to it.',
    cure: 'Remove one of the dependencies that the message shows.',
  },
  'QRN-PLAN-014': {
    title: 'Unknown step',
    cause: 'A step depends on a step that is not in the flow.',
    cure: 'Correct the name in dependsOn.',
  },
  'QRN-PLAN-015': {
    title: 'Rule is not complete',
    cause:
      'A rule lacks what it needs to give the same rows everywhere, or holds a value out of range.',
    cure: 'Add what the message names.',
  },
  'QRN-PLAN-016': {
    title: 'Not a plan',
    cause:
      'A text that should hold a plan is not JSON, has another version, or holds keys and kinds that plans do not have.',
    cure: 'Write the plan again with this version of Qarion.',
  },
  'QRN-PLAN-017': {
    title: 'Several problems',
    cause: 'A plan has more than one problem.',
    cure: 'See the problems listed below it.',
  },
  'QRN-PLAN-018': {
    title: 'Placeholder not understood',
    cause: 'The path of an export holds braces that are no placeholder.',
    cure: 'Use {batch_id}, {batch_time} or {batch_time:yyyyMMdd}.',
  },
}

/** An error about a plan. The hint defaults to the cure of the code. */
export function planError(code: PlanErrorCode, message: string, hint?: string): QarionError {
  return new QarionError(code, 'configuration', message, { hint: hint ?? PLAN_ERRORS[code].cure })
}

/** Runs all checks and throws what they found: the one problem, or QRN-PLAN-017 with all. */
export function checkAll(what: string, checks: Iterable<() => void>): void {
  const problems: QarionError[] = []
  for (const check of checks) {
    try {
      check()
    } catch (thrown) {
      if (!isQarionError(thrown)) throw thrown
      problems.push(...(thrown.problems.length === 0 ? [thrown] : thrown.problems))
    }
  }
  const [first] = problems
  if (first === undefined) return
  if (problems.length === 1) throw first
  const messages = problems.map((problem) => problem.message).join(' ')
  throw new QarionError(
    'QRN-PLAN-017',
    'configuration',
    `${what} has ${problems.length} problems. ${messages}`,
    { problems },
  )
}
