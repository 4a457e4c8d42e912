/** Where packages live, what they are called, and what they may depend on. */

export interface Place {
  /** Path from the root, with `/`. */
  readonly dir: string
  readonly layer: Layer
  readonly name: string
}

export type Layer =
  | 'core'
  | 'plan'
  | 'config'
  | 'registry'
  | 'runtime'
  | 'sdk'
  | 'testkit'
  | 'kit'
  | 'plugin'
  | 'cli'
  | 'app'
  | 'tooling'

/** Folder under `packages/` → prefix of the package's name. */
const kindFolders: Readonly<Record<string, string>> = {
  kits: 'kit',
  engines: 'engine',
  loaders: 'loader',
  exporters: 'exporter',
  storages: 'storage',
  repositories: 'repository',
  credentials: 'credentials',
  codegens: 'codegen',
  publishers: 'publisher',
  triggers: 'trigger',
  observers: 'observer',
}

/** Packages that are plugins although they do not live in a kind folder: many entries, one package. */
const pluginCollections = new Set(['flows', 'tasks'])

const ownLayer = new Set<string>([
  'core',
  'plan',
  'config',
  'registry',
  'runtime',
  'sdk',
  'testkit',
])

/** No I/O: neither `node:` modules nor Node's ambient types. */
export const pureNames: ReadonlySet<string> = new Set([
  '@qarion/core',
  '@qarion/plan',
  '@qarion/flows',
])

export function placeOf(dir: string): Place | undefined {
  const [top, first, second, ...rest] = dir.split('/')
  if (rest.length > 0 || first === undefined) return undefined
  if (top === 'packages' && second !== undefined) {
    const prefix = kindFolders[first]
    if (prefix === undefined) return undefined
    return { dir, layer: first === 'kits' ? 'kit' : 'plugin', name: `@qarion/${prefix}-${second}` }
  }
  if (second !== undefined) return undefined
  if (top === 'packages') {
    if (first in kindFolders) return undefined
    const name = `@qarion/${first}`
    if (ownLayer.has(first)) return { dir, layer: first as Layer, name }
    return pluginCollections.has(first) ? { dir, layer: 'plugin', name } : undefined
  }
  if (top === 'apps') {
    if (first === 'create-plugin') return { dir, layer: 'app', name: 'create-qarion-plugin' }
    return { dir, layer: first === 'cli' ? 'cli' : 'app', name: `@qarion/${first}` }
  }
  return top === 'tooling' ? { dir, layer: 'tooling', name: `@qarion/${first}` } : undefined
}

export const packageParents: readonly string[] = [
  'packages',
  ...Object.keys(kindFolders).map((kind) => `packages/${kind}`),
  'apps',
  'tooling',
]

type Target = Layer | 'flows' | 'loader' | 'repository' | 'kit-files'

interface Edges {
  /** What src may import: dependencies and peers. */
  readonly src: readonly Target[]
  /** What tests may use besides. */
  readonly tests: readonly Target[]
}

const anything: readonly Target[] = [
  'core',
  'plan',
  'config',
  'registry',
  'runtime',
  'sdk',
  'testkit',
  'kit',
  'plugin',
  'cli',
  'app',
  'tooling',
]

const edges: Readonly<Record<Layer, Edges>> = {
  core: { src: [], tests: [] },
  plan: { src: ['core'], tests: [] },
  config: { src: ['core', 'plan'], tests: [] },
  registry: { src: ['core'], tests: ['plugin'] },
  // Exports follow links, sync and rename as everything that touches files does.
  runtime: { src: ['core', 'plan', 'kit-files'], tests: ['plugin', 'testkit'] },
  sdk: { src: ['core', 'plan', 'config', 'registry', 'runtime'], tests: ['plugin', 'testkit'] },
  testkit: { src: ['core', 'plan'], tests: [] },
  kit: { src: ['core', 'plan'], tests: ['testkit', 'flows'] },
  plugin: {
    src: ['core', 'plan', 'kit'],
    // Of tooling: the servers that tests run against.
    tests: ['testkit', 'flows', 'loader', 'repository', 'tooling'],
  },
  cli: { src: ['sdk', 'core'], tests: anything },
  app: { src: anything, tests: anything },
  tooling: { src: anything, tests: anything },
}

function targetsOf(place: Place): Target[] {
  const targets: Target[] = [place.layer]
  if (place.name === '@qarion/flows') targets.push('flows')
  if (place.name === '@qarion/kit-files') targets.push('kit-files')
  if (place.name.startsWith('@qarion/loader-')) targets.push('loader')
  if (place.name.startsWith('@qarion/repository-')) targets.push('repository')
  return targets
}

export function mayDepend(from: Place, to: Place, use: keyof Edges): boolean {
  const rules = edges[from.layer]
  // Flows are pure: plans go in no engine's direction, so no kit either.
  const src = from.name === '@qarion/flows' ? (['core', 'plan'] as const) : rules.src
  const allowed: readonly Target[] = use === 'src' ? src : [...src, ...rules.tests]
  return targetsOf(to).some((target) => allowed.includes(target))
}

/** A create-app template generator ships none of ours, so it alone among public packages has no edges. */
export function isPublic(place: Place): boolean {
  return place.layer === 'app' ? place.name === 'create-qarion-plugin' : place.layer !== 'tooling'
}

/** Public, and loaded by a host that brings its own core: core is a peer. */
export function hasCoreAsPeer(place: Place): boolean {
  return place.layer === 'plugin'
}

/** One plugin per package, entry `./plugin`; collections name their entries in the manifest. */
export function isSinglePlugin(place: Place): boolean {
  return place.layer === 'plugin' && place.dir.split('/').length === 3
}
