import type { SuiteOptions } from '../suite/gap.ts'
import { runSuite, type It } from '../suite/run-suite.ts'
import { DEFINITION_CASES } from './cases/definition-cases.ts'
import { RUN_CASES } from './cases/run-cases.ts'
import { SCHEMA_CASES } from './cases/schema-cases.ts'
import type { MakeRepository, RepositorySubject } from './repository-subject.ts'

/** Every case of `repositorySuite`. */
export type RepositoryCaseName =
  | keyof typeof RUN_CASES
  | keyof typeof DEFINITION_CASES
  | keyof typeof SCHEMA_CASES

export type RepositorySuiteOptions = SuiteOptions<RepositoryCaseName>

/** Registers what every repository has to do, each case on a fresh one. */
export function repositorySuite(
  it: It,
  makeRepository: MakeRepository,
  options: RepositorySuiteOptions = {},
): void {
  const cases: Readonly<Record<string, (subject: RepositorySubject) => Promise<void>>> = {
    ...RUN_CASES,
    ...DEFINITION_CASES,
    ...SCHEMA_CASES,
  }
  runSuite<RepositoryCaseName>(
    it,
    Object.entries(cases).map(([name, body]) => ({
      name: name as RepositoryCaseName,
      run: async () => {
        const subject = await makeRepository()
        try {
          await body(subject)
        } finally {
          await subject.close()
        }
      },
    })),
    options.gaps ?? [],
  )
}
