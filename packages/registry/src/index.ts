/**
 * Finds plugins and loads them: manifests of the project's direct dependencies, an explicit list that wins over them,
 * and plugin objects handed in. Nothing of a plugin runs before it is used.
 */
export { MANIFEST_VERSION } from './manifest.ts'
export { PLUGIN_ERRORS, type PluginErrorCode, type PluginErrorEntry } from './plugin-errors.ts'
export { FIRST_PARTY_PLUGINS, firstPartyPackage } from './first-party.ts'
export type { ContractRange, ContractRanges } from './contract-ranges.ts'
export type { DoctorReport, FoundPackage } from './doctor.ts'
export type { AnyPlugin, PluginOfKind } from './plugin-of-kind.ts'
export type { PluginOrigin, PluginRecord, PluginStatus, Rejection } from './plugin-record.ts'
export { createRegistry, type Registry, type RegistryOptions } from './registry.ts'
