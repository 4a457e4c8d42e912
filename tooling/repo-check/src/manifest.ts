import { hasCoreAsPeer, isPublic, isSinglePlugin } from './layout.ts'
import { isObject, type Json, type JsonObject, type Package } from './tree.ts'

const keyOrder = [
  'name',
  'version',
  'private',
  'description',
  'keywords',
  'license',
  'repository',
  'bin',
  'files',
  'type',
  'sideEffects',
  'exports',
  'imports',
  'publishConfig',
  'scripts',
  'qarion',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'optionalDependencies',
  'devDependencies',
  'engines',
]

export const dependencyFields = [
  'dependencies',
  'peerDependencies',
  'optionalDependencies',
  'devDependencies',
] as const

const repositoryUrl = 'git+https://github.com/qarion/qarion.git'

function sortByName(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  )
}

function inOrder(value: JsonObject): JsonObject {
  const known = keyOrder.filter((key) => value[key] !== undefined)
  const others = Object.keys(value).filter((key) => !keyOrder.includes(key))
  return Object.fromEntries([...known, ...others].map((key) => [key, value[key] as Json]))
}

/** `./src/a.ts` in the repository is `./lib/a.js`, with the types of `./dist/a.d.ts`, for everybody else. */
function published(target: Json): Json {
  if (typeof target !== 'string' || !target.startsWith('./src/')) return target
  const stem = target.replace('./src/', '').replace(/\.ts$/, '')
  return target.endsWith('.ts')
    ? { types: `./dist/${stem}.d.ts`, default: `./lib/${stem}.js` }
    : target
}

function publishedFile(target: Json): Json {
  return typeof target === 'string'
    ? target.replace('./src/', './lib/').replace(/\.ts$/, '.js')
    : target
}

function mapValues(value: JsonObject, change: (inner: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
}

function exportsOf(pkg: Package, present: Json | undefined): JsonObject {
  const given = isObject(present) ? { ...present } : {}
  const entry = given['.'] ?? (pkg.sources.includes('src/index.ts') ? './src/index.ts' : undefined)
  const plugin =
    given['./plugin'] ?? (pkg.sources.includes('src/plugin.ts') ? './src/plugin.ts' : undefined)
  delete given['.']
  delete given['./plugin']
  delete given['./package.json']
  return {
    ...(entry === undefined ? {} : { '.': entry }),
    ...(plugin === undefined ? {} : { './plugin': plugin }),
    ...given,
    './package.json': './package.json',
  }
}

function scriptsOf(pkg: Package, present: Json | undefined): JsonObject {
  const up = pkg.place.dir.replaceAll(/[^/]+/g, '..')
  const standard: JsonObject = {
    build: `tsc -b && node ${up}/tooling/bundle/src/main.ts`,
    check: `tsc -b && oxlint --deny-warnings --config ${up}/.oxlintrc.json`,
    test: `vitest run --root ${up} ${pkg.place.dir}/test/`,
  }
  if (pkg.place.layer === 'tooling') delete standard['build']
  if (pkg.tests.length === 0) delete standard['test']
  const own = isObject(present) ? { ...present } : {}
  for (const name of ['build', 'check', 'test']) delete own[name]
  return sortByName({ ...own, ...standard })
}

function filesOf(present: Json | undefined): Json[] {
  const always = ['lib', 'dist', '!dist/**/*.js', '!dist/.tsbuildinfo']
  const more = Array.isArray(present)
    ? present.filter((path) => !always.includes(path as string))
    : []
  return [...always, ...more]
}

/** Ours come from the workspace, others from the catalog: one version of each, decided in one place. */
function ranges(field: (typeof dependencyFields)[number], present: Json | undefined): JsonObject {
  if (!isObject(present)) return {}
  const entries = Object.entries(present).map(([name, range]): [string, Json] => {
    if (!name.startsWith('@qarion/')) {
      // A peer range is a promise to users and may be wider than what we install.
      if (field === 'peerDependencies') return [name, range]
      return [name, typeof range === 'string' && range.startsWith('catalog:') ? range : 'catalog:']
    }
    return [name, field === 'devDependencies' ? 'workspace:*' : 'workspace:^']
  })
  return sortByName(Object.fromEntries(entries))
}

/** The manifest as it should be, from the manifest as it is. */
export function manifestOf(pkg: Package): JsonObject {
  const { place } = pkg
  const present: JsonObject = pkg.manifest ?? {}
  const fields = Object.fromEntries(
    dependencyFields.map((field) => [field, ranges(field, present[field])]),
  )
  if (hasCoreAsPeer(place)) {
    fields['peerDependencies'] = sortByName({
      ...fields['peerDependencies'],
      '@qarion/core': 'workspace:^',
    })
    fields['devDependencies'] = sortByName({
      ...fields['devDependencies'],
      '@qarion/core': 'workspace:*',
    })
    delete fields['dependencies']?.['@qarion/core']
  }
  const shared: JsonObject = {
    ...present,
    name: place.name,
    version: present['version'] ?? (isPublic(place) ? '0.1.0' : '0.0.0'),
    license: 'Apache-2.0',
    repository: { type: 'git', url: repositoryUrl, directory: place.dir },
    type: 'module',
    scripts: scriptsOf(pkg, present['scripts']),
    engines: { node: '>=22.18' },
  }
  for (const field of dependencyFields) {
    const value = fields[field] as JsonObject
    if (Object.keys(value).length > 0) shared[field] = value
    else delete shared[field]
  }
  if (!isPublic(place)) return inOrder({ ...shared, private: true })

  delete shared['private']
  const exports = exportsOf(pkg, present['exports'])
  const publishConfig: JsonObject = { access: 'public', exports: mapValues(exports, published) }
  if (isObject(present['bin'])) publishConfig['bin'] = mapValues(present['bin'], publishedFile)
  return inOrder({
    ...shared,
    files: filesOf(present['files']),
    sideEffects: false,
    exports,
    publishConfig,
  })
}

/** What no program can fill in. */
export function manifestGaps(pkg: Package, manifest: JsonObject): string[] {
  const gaps: string[] = []
  const exports = isObject(manifest['exports']) ? manifest['exports'] : {}
  if (isPublic(pkg.place)) {
    if (typeof manifest['description'] !== 'string' || manifest['description'] === '')
      gaps.push('description is missing: one sentence for users')
    if (exports['.'] === undefined && manifest['bin'] === undefined)
      gaps.push('there is no src/index.ts to export')
  }
  const qarion = isObject(manifest['qarion']) ? manifest['qarion'] : {}
  const provides = Array.isArray(qarion['provides']) ? qarion['provides'] : []
  // Several plugins of one package have an entry each, which the manifest names.
  if (isSinglePlugin(pkg.place) && provides.length < 2 && exports['./plugin'] === undefined)
    gaps.push('a plugin exports "./plugin"; there is no src/plugin.ts')
  for (const target of Object.values(exports)) {
    if (typeof target === 'string' && /^\.\/src\/.*\.ts$/.test(target)) {
      if (!pkg.sources.includes(target.slice(2)))
        gaps.push(`exports names ${target}, which is not there`)
    }
  }
  for (const entry of provides) {
    if (!isObject(entry)) continue
    const key = entry['entry']
    if (typeof key === 'string' && exports[key] === undefined)
      gaps.push(`qarion.provides names the entry "${key}", which exports does not have`)
  }
  return gaps
}
