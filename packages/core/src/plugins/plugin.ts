import type { Secret } from '../errors/secret.ts'
import type { Engine } from './engine.ts'
import type { OptionDescriptor, ResolvedOptions } from './option.ts'

/** The closed list of plugin kinds. */
export const PLUGIN_KINDS = [
  'engine',
  'loader',
  'exporter',
  'storage',
  'credentials',
  'codegen',
  'flow',
  'repository',
  'task',
  'publisher',
  'trigger',
  'observer',
] as const

export type PluginKind = (typeof PLUGIN_KINDS)[number]

/** Version of each kind's contract: an integer that grows when the contract changes so that old plugins would break. */
export const CONTRACT_VERSIONS: Readonly<Record<PluginKind, number>> = Object.freeze({
  engine: 1,
  loader: 1,
  exporter: 1,
  storage: 1,
  credentials: 1,
  codegen: 1,
  flow: 1,
  repository: 1,
  task: 1,
  publisher: 1,
  trigger: 1,
  observer: 1,
})

/** The default export of a plugin's entry. Plain data and one function; nothing happens on import. */
export interface Plugin<Kind extends PluginKind, Product> {
  readonly kind: Kind
  readonly id: string
  readonly contract: number
  readonly options: readonly OptionDescriptor[]
  create(host: PluginHost, options: ResolvedOptions): Product | Promise<Product>
}

/** Identity, for the types: `export default definePlugin({ … } satisfies EnginePlugin)`. */
export function definePlugin<const Definition extends Plugin<PluginKind, unknown>>(
  definition: Definition,
): Definition {
  return Object.freeze(definition)
}

/** Everything a plugin may ask of its surroundings. */
export interface PluginHost {
  readonly logger: Logger
  /** Absolute path of the project's folder. */
  readonly projectDirectory: string
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
  /** A folder of the plugin's own that is removed when the host closes. */
  temporaryDirectory(): Promise<string>
  /** The secret that `${credential:<id>}` names. */
  secret(id: string): Promise<Secret>
  /** An engine of the project, the same one each time it is asked for. */
  openEngine(reference: EngineReference): Promise<Engine>
}

/** Which engine: that of the environment in use, that of another one, or one under `[connections]`. */
export type EngineReference =
  | { readonly from: 'project' }
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'connection'; readonly name: string }

export interface Logger {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void
  info(message: string, data?: Readonly<Record<string, unknown>>): void
  warn(message: string, data?: Readonly<Record<string, unknown>>): void
}
