import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Plugin, PluginKind } from '@qarion/core'

export type AnyPlugin = Plugin<PluginKind, unknown>

export interface ProvidedPlugin {
  readonly title: string
  readonly plugin: AnyPlugin
}

export interface PluginPackage {
  /** Path from the root, with `/`. */
  readonly dir: string
  readonly plugins: readonly ProvidedPlugin[]
}

interface Manifest {
  readonly exports?: Readonly<Record<string, string>>
  readonly qarion?: {
    readonly provides?: readonly {
      readonly id: string
      readonly entry: string
      readonly title?: string
    }[]
  }
}

/** The packages under `packages/` whose manifest provides plugins, each plugin imported from its source. */
export async function readPluginPackages(root: string): Promise<readonly PluginPackage[]> {
  const found: PluginPackage[] = []
  for (const path of globSync('packages/{*,*/*}/package.json', { cwd: root }).toSorted()) {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
    const provides = manifest.qarion?.provides ?? []
    if (provides.length === 0) continue
    const dir = dirname(path).replaceAll('\\', '/')
    const plugins = provides.map(async ({ id, entry, title }): Promise<ProvidedPlugin> => {
      const target = manifest.exports?.[entry]
      if (target === undefined) throw new Error(`${path}: exports has no "${entry}"`)
      const url = pathToFileURL(join(root, dir, target)).href
      const module = (await import(url)) as { readonly default: AnyPlugin }
      return { title: title ?? id, plugin: module.default }
    })
    found.push({ dir, plugins: await Promise.all(plugins) })
  }
  return found
}
