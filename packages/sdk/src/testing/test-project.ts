import { readTests, writeExpectedRows } from '@qarion/config'

import type { OpenProject } from '../open-project.ts'
import type { TestOutcome, TestRequest, TestResult } from '../qarion.ts'
import { resolveTests } from './resolve-test.ts'
import { runTest } from './run-test.ts'
import { chooseTestEngine } from './test-engine.ts'

/**
 * Runs tests of a project, each in a place of its own: the project's data is neither read nor written. Rejects if a
 * test is wrong; one that fails does not reject.
 */
export async function testProject(
  project: OpenProject,
  { names, write = false }: TestRequest,
  signal: AbortSignal,
): Promise<TestResult> {
  const { flows, loaded } = project
  const { directory, environment } = loaded.project
  const tests = resolveTests(await readTests(directory, names), flows)
  const engine = await chooseTestEngine(project)
  const outcomes: TestOutcome[] = []
  for (const test of tests) {
    const { changes, outcome } = await runTest(test, {
      flows,
      engine,
      environment,
      signal,
      isWriting: write,
    })
    const written = writeExpectedRows(directory, test.test, changes)
    outcomes.push({ ...outcome, written })
  }
  return {
    engine: engine.id,
    ...(engine.insteadOf === undefined ? {} : { insteadOf: engine.insteadOf }),
    tests: outcomes,
  }
}
