import type { SuiteOptions } from '../suite/gap.ts'
import { runSuite, type It, type SuiteCase } from '../suite/run-suite.ts'
import { BATCH_CASES } from './cases/batch-cases.ts'
import { castCases, type CastCaseName } from './cases/cast-cases.ts'
import { COMMIT_CASES } from './cases/commit-cases.ts'
import { EXPRESSION_CASES } from './cases/expression-cases.ts'
import { FAILURE_CASES } from './cases/failure-cases.ts'
import { functionCases, type FunctionCaseName } from './cases/function-cases.ts'
import { FRESH_CASES, OPEN_CASES } from './cases/open-cases.ts'
import { RULE_CASES } from './cases/rule-cases.ts'
import { TABLE_CASES } from './cases/table-cases.ts'
import { VALUE_CASES } from './cases/value-cases.ts'
import { WRITE_CASES } from './cases/write-cases.ts'
import type { EngineSubject, MakeEngine } from './engine-subject.ts'
import { AS_BUILT, SERIALISED, type PlanPath } from './plan-path.ts'
import { withTrial, type Trial } from './trial.ts'

/** Every case of `engineSuite`. */
export type EngineCaseName =
  | keyof typeof FRESH_CASES
  | keyof typeof OPEN_CASES
  | keyof typeof TABLE_CASES
  | keyof typeof COMMIT_CASES
  | keyof typeof BATCH_CASES
  | keyof typeof RULE_CASES
  | keyof typeof WRITE_CASES
  | keyof typeof EXPRESSION_CASES
  | keyof typeof FAILURE_CASES
  | keyof typeof VALUE_CASES
  | FunctionCaseName
  | CastCaseName

export type EngineSuiteOptions = SuiteOptions<EngineCaseName>

/**
 * Registers what every engine has to do, each case on a fresh engine. Cases that run plans run twice: as they were
 * built, and after each instruction and query went through its text.
 */
export function engineSuite(
  it: It,
  makeEngine: MakeEngine,
  options: EngineSuiteOptions = {},
): void {
  const twice = {
    ...BATCH_CASES,
    ...RULE_CASES,
    ...WRITE_CASES,
    ...EXPRESSION_CASES,
    ...FAILURE_CASES,
    ...functionCases(),
    ...castCases(),
  }
  const once = { ...OPEN_CASES, ...TABLE_CASES, ...COMMIT_CASES, ...VALUE_CASES }
  runSuite<EngineCaseName>(
    it,
    [
      ...Object.entries(FRESH_CASES).map(([name, run]) =>
        freshCase(name as EngineCaseName, run, makeEngine),
      ),
      ...casesOf(once, makeEngine, AS_BUILT),
      ...casesOf(twice, makeEngine, AS_BUILT),
      ...casesOf(twice, makeEngine, SERIALISED, 'parsed again'),
    ],
    options.gaps ?? [],
  )
}

function casesOf(
  cases: Readonly<Record<string, (trial: Trial) => Promise<void>>>,
  makeEngine: MakeEngine,
  path: PlanPath,
  variant?: string,
): readonly SuiteCase<EngineCaseName>[] {
  return Object.entries(cases).map(([name, body]) => ({
    name: name as EngineCaseName,
    ...(variant === undefined ? {} : { variant }),
    run: () => withTrial(makeEngine, path, body),
  }))
}

function freshCase(
  name: EngineCaseName,
  body: (subject: EngineSubject) => Promise<void>,
  makeEngine: MakeEngine,
): SuiteCase<EngineCaseName> {
  return {
    name,
    run: async () => {
      const subject = await makeEngine()
      try {
        await body(subject)
      } finally {
        await subject.close()
      }
    },
  }
}
