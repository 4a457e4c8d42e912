import type { SuiteOptions } from '../suite/gap.ts'
import { runSuite, type It } from '../suite/run-suite.ts'
import { withTemporaryDirectory } from '../support/temporary-directory.ts'
import { COMPRESSION_CASES } from './cases/compression-cases.ts'
import { FILE_CASES } from './cases/file-cases.ts'
import { READ_CASES } from './cases/read-cases.ts'
import { REJECT_CASES } from './cases/reject-cases.ts'
import type { LoaderFormat, MakeLoader } from './loader-subject.ts'
import { createLoaderTrial, type LoaderTrial } from './loader-trial.ts'

/** Every case of `loaderSuite`. */
export type LoaderCaseName =
  | keyof typeof COMPRESSION_CASES
  | keyof typeof FILE_CASES
  | keyof typeof READ_CASES
  | keyof typeof REJECT_CASES

export interface LoaderSuiteOptions extends SuiteOptions<LoaderCaseName> {
  readonly format: LoaderFormat
}

/** Registers what every loader of files has to do, each case in a folder of its own. */
export function loaderSuite(it: It, makeLoader: MakeLoader, options: LoaderSuiteOptions): void {
  const cases: Readonly<Record<string, (trial: LoaderTrial) => Promise<void>>> = {
    ...FILE_CASES,
    ...READ_CASES,
    ...REJECT_CASES,
    ...(options.format.isCompressible === true ? COMPRESSION_CASES : {}),
  }
  runSuite<LoaderCaseName>(
    it,
    Object.entries(cases).map(([name, body]) => ({
      name: name as LoaderCaseName,
      run: () =>
        withTemporaryDirectory((directory) =>
          body(createLoaderTrial(directory, makeLoader, options.format)),
        ),
    })),
    options.gaps ?? [],
  )
}
