import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { onTestFinished } from 'vitest'

export type Json = Readonly<Record<string, unknown>>

/** A folder under the system's temporary folder that is removed when the test ends. */
export class ProjectFolder {
  readonly path: string

  constructor() {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'qarion-registry-')))
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }))
  }

  write(file: string, content: string | Json): this {
    const path = join(this.path, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
    return this
  }

  /** The project's own package.json with these dependencies. */
  dependsOn(...names: readonly string[]): this {
    const dependencies = Object.fromEntries(names.map((name) => [name, '^1.0.0']))
    return this.write('package.json', { name: 'project', private: true, dependencies })
  }

  /** A package as npm lays it out: a copy in node_modules. */
  copy(name: string, packageJson: Json, files: Readonly<Record<string, string>> = {}): this {
    return this.packageAt(`node_modules/${name}`, name, packageJson, files)
  }

  /** A package as pnpm lays it out: in a store of its own, linked into node_modules where `isDirect`. */
  store(
    name: string,
    packageJson: Json,
    files: Readonly<Record<string, string>> = {},
    isDirect = true,
  ): this {
    const real = `node_modules/.pnpm/${name.replace('/', '+')}@1.0.0/node_modules/${name}`
    this.packageAt(real, name, packageJson, files)
    return isDirect ? this.link(`node_modules/${name}`, real) : this
  }

  /** What a stored package depends on, beside its real folder. */
  storeDependency(of: string, name: string): this {
    const from = `node_modules/.pnpm/${of.replace('/', '+')}@1.0.0/node_modules/${name}`
    return this.link(
      from,
      `node_modules/.pnpm/${name.replace('/', '+')}@1.0.0/node_modules/${name}`,
    )
  }

  link(from: string, to: string): this {
    mkdirSync(dirname(join(this.path, from)), { recursive: true })
    symlinkSync(join(this.path, to), join(this.path, from))
    return this
  }

  packageAt(
    folder: string,
    name: string,
    packageJson: Json,
    files: Readonly<Record<string, string>>,
  ): this {
    this.write(`${folder}/package.json`, { name, version: '1.0.0', type: 'module', ...packageJson })
    for (const [file, content] of Object.entries(files)) this.write(`${folder}/${file}`, content)
    return this
  }
}

interface PluginShape {
  readonly kind?: string
  readonly id?: string
  readonly contract?: number
  readonly target?: string
  readonly aliases?: readonly string[]
}

/** The package.json of a package with one plugin. */
export function pluginPackage(shape: PluginShape = {}, more: Json = {}): Json {
  const {
    kind = 'engine',
    id = 'duckdb',
    contract = 1,
    target = './dist/plugin.js',
    aliases,
  } = shape
  return {
    exports: { './plugin': target, './package.json': './package.json' },
    qarion: {
      manifest: 1,
      contract: { [kind]: contract },
      provides: [
        { kind, id, entry: './plugin', title: id.toUpperCase(), ...(aliases && { aliases }) },
      ],
    },
    ...more,
  }
}

/** The source of a plugin that says which copy was loaded. */
export function pluginSource(shape: PluginShape = {}, label = ''): string {
  const { kind = 'engine', id = 'duckdb', contract = 1 } = shape
  return `export default {
  kind: '${kind}', id: '${id}', contract: ${contract}, label: '${label}',
  options: [{ name: 'path', type: 'path', description: 'File of the database' }],
  create() { return {} },
}
`
}

export const THROWS_ON_IMPORT = `throw new Error('this code must not run')\n`
