import type {
  CodegenPlugin,
  CredentialsPlugin,
  EnginePlugin,
  ExporterPlugin,
  FlowPlugin,
  LoaderPlugin,
  ObserverPlugin,
  Plugin,
  PluginKind,
  PublisherPlugin,
  RepositoryPlugin,
  StoragePlugin,
  TaskPlugin,
  TriggerPlugin,
} from '@qarion/core'

/** The plugin object that each kind's entry exports. */
export interface PluginOfKind {
  readonly engine: EnginePlugin
  readonly loader: LoaderPlugin
  readonly exporter: ExporterPlugin
  readonly storage: StoragePlugin
  readonly credentials: CredentialsPlugin
  readonly codegen: CodegenPlugin
  readonly flow: FlowPlugin
  readonly repository: RepositoryPlugin
  readonly task: TaskPlugin
  readonly publisher: PublisherPlugin
  readonly trigger: TriggerPlugin
  readonly observer: ObserverPlugin
}

export type AnyPlugin = Plugin<PluginKind, unknown>
