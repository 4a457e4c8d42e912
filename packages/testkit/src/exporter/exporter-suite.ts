import type { SuiteOptions } from '../suite/gap.ts'
import { runSuite, type It } from '../suite/run-suite.ts'
import { withTemporaryDirectory } from '../support/temporary-directory.ts'
import { EXPORT_ROW_CASES } from './cases/row-cases.ts'
import { EXPORT_TARGET_CASES } from './cases/target-cases.ts'
import { EXPORT_VALUE_CASES } from './cases/value-cases.ts'
import type { MakeExporter, ReadBack } from './exporter-subject.ts'
import { createExporterTrial, type ExporterTrial } from './exporter-trial.ts'

/** Every case of `exporterSuite`. */
export type ExporterCaseName =
  | keyof typeof EXPORT_VALUE_CASES
  | keyof typeof EXPORT_ROW_CASES
  | keyof typeof EXPORT_TARGET_CASES

export interface ExporterSuiteOptions extends SuiteOptions<ExporterCaseName> {
  readonly readBack: ReadBack
}

/** Registers what every exporter of files has to do, each case in a folder of its own. */
export function exporterSuite(
  it: It,
  makeExporter: MakeExporter,
  options: ExporterSuiteOptions,
): void {
  const cases: Readonly<Record<string, (trial: ExporterTrial) => Promise<void>>> = {
    ...EXPORT_VALUE_CASES,
    ...EXPORT_ROW_CASES,
    ...EXPORT_TARGET_CASES,
  }
  runSuite<ExporterCaseName>(
    it,
    Object.entries(cases).map(([name, body]) => ({
      name: name as ExporterCaseName,
      run: () =>
        withTemporaryDirectory((directory) =>
          body(createExporterTrial(directory, makeExporter, options.readBack)),
        ),
    })),
    options.gaps ?? [],
  )
}
