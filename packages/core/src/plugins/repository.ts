import type { RunRecord } from '../run/run-record.ts'
import type { Plugin } from './plugin.ts'

export type RepositoryPlugin = Plugin<'repository', Repository>

/**
 * Where definitions and history are kept. Run history is a projection of what the engine recorded (`xt_batches`,
 * `xt_steps`) and can be rebuilt from it; losing it never loses data.
 */
export interface Repository {
  readonly runs: RunRepository
  readonly definitions: DefinitionRepository
  readonly schemaHistory: SchemaHistoryRepository
  close(): Promise<void>
}

export interface RunRepository {
  /** Adds the run, or puts it in the place of the one with its id. Atomic. */
  save(run: RunRecord): Promise<void>
  get(id: string): Promise<RunRecord | undefined>
  /** Newest first. */
  list(filter?: { readonly flow?: string; readonly limit?: number }): Promise<readonly RunRecord[]>
}

/** Flow and dataset definitions that are stored rather than read from the project's files. */
export interface DefinitionRepository {
  save(kind: DefinitionKind, id: string, text: string): Promise<void>
  get(kind: DefinitionKind, id: string): Promise<string | undefined>
  list(kind: DefinitionKind): Promise<readonly string[]>
  delete(kind: DefinitionKind, id: string): Promise<boolean>
}

export type DefinitionKind = 'flow' | 'dataset'

/** The schemas a dataset has had, oldest first. */
export interface SchemaHistoryRepository {
  append(dataset: string, entry: SchemaHistoryEntry): Promise<void>
  list(dataset: string): Promise<readonly SchemaHistoryEntry[]>
}

export interface SchemaHistoryEntry {
  readonly batch: number
  readonly recordedAtMs: number
  /** Columns as JSON, canonical. */
  readonly columns: string
}
