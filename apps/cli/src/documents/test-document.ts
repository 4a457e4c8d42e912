import type { TestOutcome, TestResult } from '@qarion/sdk'

/** What `test --json` holds. */
export interface TestDocument {
  readonly exitCode: number
  readonly engine: string
  /** The engine of the project, where another stood in for it. */
  readonly insteadOf: string | null
  readonly passed: number
  readonly failed: number
  readonly tests: readonly TestOutcome[]
}

export function testDocument(result: TestResult, exitCode: number): TestDocument {
  const failed = result.tests.filter(({ status }) => status === 'failed').length
  return {
    exitCode,
    engine: result.engine,
    insteadOf: result.insteadOf ?? null,
    passed: result.tests.length - failed,
    failed,
    tests: result.tests,
  }
}
