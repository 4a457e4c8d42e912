import type { LoadedProject } from '@qarion/config'
import {
  isQarionError,
  withOrigin,
  type FlowDefinition,
  type LoadDefinition,
  type Loader,
  type PluginHost,
} from '@qarion/core'
import type { Registry } from '@qarion/registry'

/** The loader of a flow; what is wrong with its options gets the place of the table that holds them. */
export async function createLoader(
  registry: Registry,
  host: PluginHost,
  loaded: LoadedProject,
  { id, load }: FlowDefinition & { readonly load: LoadDefinition },
): Promise<Loader> {
  const plugin = await registry.load('loader', load.format)
  try {
    return await plugin.create(host, {
      ...load.options,
      ...(load.sourcePath === undefined ? {} : { sourcePath: load.sourcePath }),
      ...(load.filePattern === undefined ? {} : { filePattern: load.filePattern }),
      ...(load.readyFile === undefined ? {} : { readyFile: load.readyFile }),
      minAgeMs: load.minAgeMs,
      allowedPaths: loaded.project.allowedPaths,
      timezone: load.timezone,
      ambiguousTime: load.ambiguousTime,
      nullValues: load.nullValues,
      emptyString: load.emptyString,
      onExtraColumn: load.onExtraColumn,
    })
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    throw withOrigin(thrown, { flow: id }, loaded.locate(id, ['properties', 'load']))
  }
}
