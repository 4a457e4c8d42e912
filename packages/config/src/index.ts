/** Project files: found, parsed, checked, resolved; every problem at once with its place. */
export { CONFIG_ERRORS, type ConfigErrorCode } from './config-errors.ts'
export {
  findProject,
  type PluginList,
  type ProjectLocation,
  readPluginList,
} from './find-project.ts'
export {
  changedParts,
  type DefinitionChange,
  definitionDocument,
  type DefinitionFingerprint,
  fingerprintDefinition,
} from './fingerprint.ts'
export { SCHEMA_TYPES } from './flow-keys.ts'
export { flowSchema, type FlowSchemaOptions } from './flow-schema.ts'
export { isId } from './identifiers.ts'
export { nearest, suggest } from './nearest.ts'
export {
  type FlowTypeLookup,
  type LoadedProject,
  loadProject,
  type LoadProjectRequest,
} from './load-project.ts'
export type { OptionLookup } from './option-lookup.ts'
export type { JsonSchema } from './option-schema.ts'
export type { ConfigWarning } from './problem-list.ts'
export type {
  CredentialDeclaration,
  PluginReference,
  ProjectDefinition,
  ProjectStorages,
  StoragePlace,
} from './project-definition.ts'
export type { ProjectLookups } from './project-file.ts'
export {
  BASE_ENVIRONMENT,
  ENGINE_ALIASES,
  LEGACY_PROJECT_FILE,
  PROJECT_FILE,
} from './project-keys.ts'
export { projectError, toPlace } from './problem-list.ts'
export { projectSchema } from './project-schema.ts'
export { parseDuration, parseSize } from './quantities.ts'
export { type CredentialReference, isCredentialReference } from './references.ts'
export type { CsvField, CsvRecord, CsvTable } from './project-tests/csv-table.ts'
export { type ExpectedRows, writeExpectedRows } from './project-tests/edit-test.ts'
export type {
  Named,
  ProjectTest,
  TestDelivery,
  TestExpectation,
} from './project-tests/project-test.ts'
export { readTests } from './project-tests/read-tests.ts'
export { testSchema } from './project-tests/test-schema.ts'
export type { Spot } from './toml-node.ts'
export { tableName } from './table-names.ts'
export { type TomlValue, writeToml, type WriteTomlOptions } from './write-toml.ts'
