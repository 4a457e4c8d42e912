/**
 * Conformance suites for plugins. A suite registers named cases with the test runner that it is handed; it imports
 * none. What a plugin does not do is declared as a gap, which fails once it has closed.
 */
export { engineSuite, type EngineCaseName, type EngineSuiteOptions } from './engine/engine-suite.ts'
export type { EngineSubject, MakeEngine } from './engine/engine-subject.ts'
export {
  exporterSuite,
  type ExporterCaseName,
  type ExporterSuiteOptions,
} from './exporter/exporter-suite.ts'
export type { MakeExporter, ReadBack } from './exporter/exporter-subject.ts'
export { inputColumn, readScan, type ReadResult } from './loader/loader-trial.ts'
export {
  loadNatively,
  scanAndRead,
  type NativeRows,
  type NativeStore,
  type ScannedRows,
} from './loader/native-rows.ts'
export { ODD_TEXTS, type TextType } from './loader/odd-texts.ts'
export { PARQUET_ODDITIES, PARQUET_VALUES, type ParquetValues } from './loader/parquet-values.ts'
export { loaderSuite, type LoaderCaseName, type LoaderSuiteOptions } from './loader/loader-suite.ts'
export type { LoaderFormat, LoaderRequest, MakeLoader, TextTable } from './loader/loader-subject.ts'
export {
  accept,
  receivedEvent,
  startReceiver,
  type Answer,
  type HttpReceiver,
  type ReceivedRequest,
} from './publisher/http-receiver.ts'
export {
  publisherSuite,
  type PublisherCaseName,
  type PublisherSuiteOptions,
} from './publisher/publisher-suite.ts'
export type { MakePublisher, PublisherSubject } from './publisher/publisher-subject.ts'
export { testEvent } from './publisher/publisher-trial.ts'
export {
  repositorySuite,
  type RepositoryCaseName,
  type RepositorySuiteOptions,
} from './repository/repository-suite.ts'
export type { MakeRepository, RepositorySubject } from './repository/repository-subject.ts'
export {
  arbitraryDeliveries,
  arbitraryRow,
  arbitraryValue,
  type FastCheck,
  type DeliveryOptions,
} from './random/arbitrary.ts'
export { arbitraryCsvFile, TEXT_TYPES, type CsvFile } from './random/arbitrary-csv-file.ts'
export type { Gap, SuiteOptions } from './suite/gap.ts'
export { runSuite, type It, type SuiteCase } from './suite/run-suite.ts'
export { expectError, expectRows } from './suite/expect.ts'
export {
  columnIn,
  columnsOf,
  createTestCatalog,
  rowsQuery,
  tableOf,
  testDataset,
  type TestDatasetOptions,
} from './support/datasets.ts'
export { batchOf, collectRows, sourceOf } from './support/rows.ts'
export { withTemporaryDirectory } from './support/temporary-directory.ts'
