import type { OptionDescriptor } from '@qarion/core'

export const PROJECT_FILE = 'qarion.toml'

/** Read where there is no qarion.toml. */
export const LEGACY_PROJECT_FILE = 'qarion-etl.toml'

/** `[project]` */
export const PROJECT_KEYS: readonly OptionDescriptor[] = [
  { name: 'name', type: 'string', isRequired: true, description: 'Name of the project.' },
  { name: 'description', type: 'string', description: 'What the project is for.' },
  {
    name: 'timezone',
    type: 'string',
    default: 'UTC',
    description: 'Time zone of timestamps that have no offset, for loads that name none.',
  },
  {
    name: 'allowed_paths',
    type: 'strings',
    description: 'Folders outside the project that flows may read from and write to.',
  },
]

/** Keys of qarion.toml above the first table. */
export const TOP_LEVEL_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'plugins',
    type: 'strings',
    description:
      'Packages or paths of plugins besides those found in package.json; they settle clashes.',
  },
  {
    name: 'discover',
    type: 'boolean',
    default: true,
    description: 'Whether plugins are found in package.json; false: only those of `plugins`.',
  },
  storageKey('flow_storage', 'flow definitions'),
  storageKey('dataset_storage', 'dataset definitions'),
  storageKey('schema_storage', 'the history of schemas'),
]

function storageKey(name: string, what: string): OptionDescriptor {
  return {
    name,
    type: 'choice',
    choices: ['local', 'database'],
    default: 'local',
    description: `Where ${what} are kept: files of the project, or the metadata engine.`,
  }
}

/** `[engine]`, `[metadata_engine]` */
export const ENGINE_KEYS: readonly OptionDescriptor[] = [
  { name: 'name', type: 'string', description: 'Id of the engine, for instance sqlite or duckdb.' },
  { name: 'config', type: 'table', description: 'Options of the engine.' },
]

/** `[credential_store]` */
export const CREDENTIAL_STORE_KEYS: readonly OptionDescriptor[] = [
  { name: 'type', type: 'string', description: 'Id of the credential store.' },
  { name: 'config', type: 'table', description: 'Options of the credential store.' },
]

/** `[[credentials]]`: what is known of a credential without its secret. Further keys belong to its type. */
export const CREDENTIAL_KEYS: readonly OptionDescriptor[] = [
  { name: 'id', type: 'string', isRequired: true, description: 'Id, as in ${credential:id}.' },
  { name: 'name', type: 'string', description: 'Name for people.' },
  { name: 'credential_type', type: 'string', description: 'What it opens, for instance aws.' },
  { name: 'description', type: 'string', description: 'What it is for.' },
]

/** Keys of other tools that read the same file: accepted with a word about them. */
export const KEYS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  fernet_key:
    'Qarion encrypts nothing with a key in the project file; secrets come from ${env:NAME} or a credential store.',
  xcom: 'Qarion passes values between tasks without a table of its own.',
}

/** Engine names of existing projects, and the engines that do their work here. */
export const ENGINE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['pandas_memory', 'polars_memory'],
  ['pandas_local', 'polars_local'],
])

/** The environment that is there without being declared: the file as it stands. */
export const BASE_ENVIRONMENT = 'default'
