import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** Codes of tests: what each means and what helps. */
export const TEST_ERRORS = {
  'QRN-TEST-001': {
    title: 'Test names what is not there',
    cause: 'A flow, dataset or column of a test is none of the project.',
    cure: 'Correct the name.',
  },
  'QRN-TEST-002': {
    title: 'Flow takes no deliveries',
    cause: 'The flow reads a dataset of another flow, or exports one.',
    cure: 'Deliver to the flow that it reads.',
  },
  'QRN-TEST-003': {
    title: 'Expected value is none of the type',
    cause: 'A field of the expected rows cannot be read as a value of its column.',
    cure: 'Write it as `qarion show --format csv` prints it.',
  },
  'QRN-TEST-004': {
    title: 'No engine to test on',
    cause:
      'The engine of the project is a server, and no engine is installed that runs in the process.',
    cure: 'Install one: npm install --save-dev @qarion/engine-sqlite.',
  },
  'QRN-TEST-005': {
    title: 'Delivery did not fail as it was to',
    cause: 'The test says with which code the run of a delivery fails, and it did not.',
    cure: 'Correct `fails`, or remove it if the delivery may go through.',
  },
} as const

/** An error of a test. */
export function testError(
  code: keyof typeof TEST_ERRORS,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: TEST_ERRORS[code].cure, ...options })
}
