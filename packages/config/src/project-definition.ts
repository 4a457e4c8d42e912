import type { ResolvedOptions } from '@qarion/core'

/** A project as declared for one environment: checked, references resolved, defaults filled in. */
export interface ProjectDefinition {
  readonly name: string
  readonly description?: string
  /** Absolute. */
  readonly directory: string
  /** Name of the project file. */
  readonly file: string
  /** Each environment has its own history; `default` is the file as it stands. */
  readonly environment: string
  readonly timezone: string
  /** Absolute folders outside the project that may be used. */
  readonly allowedPaths: readonly string[]
  readonly engine: PluginReference
  /** Databases that flows read from, by name. */
  readonly connections: Readonly<Record<string, PluginReference>>
  /** Where metadata lives, if not in the engine. */
  readonly metadataEngine?: PluginReference
  readonly storages: ProjectStorages
  /** Packages or paths of plugins besides those of package.json. */
  readonly plugins: readonly string[]
  /** Whether plugins are found in package.json. */
  readonly discover: boolean
  readonly credentialStore?: PluginReference
  readonly credentials: readonly CredentialDeclaration[]
}

/** A plugin by its id, with the options its table declares. */
export interface PluginReference {
  readonly id: string
  readonly options: ResolvedOptions
}

export interface ProjectStorages {
  readonly flows: StoragePlace
  readonly datasets: StoragePlace
  readonly schemas: StoragePlace
}

/** `local`: files of the project. `database`: the metadata engine. */
export type StoragePlace = 'local' | 'database'

/** One `[[credentials]]` entry: what is known of a credential without its secret. */
export interface CredentialDeclaration {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly description?: string
  /** Further keys of the entry. */
  readonly options: ResolvedOptions
}
