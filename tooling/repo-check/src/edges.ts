import { posix } from 'node:path'

import { importsOf, packageNameOf } from './imports.ts'
import { mayDepend, pureNames } from './layout.ts'
import { dependencyFields } from './manifest.ts'
import {
  isObject,
  readText,
  type JsonObject,
  type Package,
  type Problem,
  type Tree,
} from './tree.ts'

function namesIn(manifest: JsonObject, fields: readonly string[]): Set<string> {
  return new Set(
    fields.flatMap((field) => (isObject(manifest[field]) ? Object.keys(manifest[field]) : [])),
  )
}

const srcFields = ['dependencies', 'peerDependencies', 'optionalDependencies']

function checkManifestEdges(pkg: Package, manifest: JsonObject, tree: Tree): Problem[] {
  const path = `${pkg.place.dir}/package.json`
  const problems: Problem[] = []
  for (const field of dependencyFields) {
    const use = field === 'devDependencies' ? 'tests' : 'src'
    for (const name of namesIn(manifest, [field])) {
      if (!name.startsWith('@qarion/')) continue
      const to = tree.packages.find((other) => other.place.name === name)
      if (to === undefined) problems.push({ path, message: `${name} is not in this repository` })
      else if (!mayDepend(pkg.place, to.place, use))
        problems.push({ path, message: `${pkg.place.layer} may not have ${name} in ${field}` })
    }
  }
  return problems
}

function checkImport(
  pkg: Package,
  file: string,
  specifier: string,
  declared: ReadonlySet<string>,
): string | undefined {
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file), specifier))
    if (target.startsWith('../')) return `${specifier} leaves the package`
    if (file.startsWith('src/') && !target.startsWith('src/') && target !== 'package.json')
      return `${specifier} leaves src`
    return undefined
  }
  if (specifier.startsWith('node:')) {
    return file.startsWith('src/') && pureNames.has(pkg.place.name)
      ? `${specifier}: this package does no I/O`
      : undefined
  }
  if (specifier.startsWith('#')) return undefined
  const name = packageNameOf(specifier)
  if (
    name.startsWith('@qarion/') &&
    /^(?:src|dist|test)(?:\/|$)/.test(specifier.slice(name.length + 1))
  )
    return `${specifier} reaches into a package: its exports map is the API`
  if (name === pkg.place.name || declared.has(name)) return undefined
  return `${name} is not declared in package.json`
}

function checkImports(
  pkg: Package,
  manifest: JsonObject,
  tree: Tree,
  forTests: ReadonlySet<string>,
): Problem[] {
  const src = namesIn(manifest, srcFields)
  // Tools that no user installs may live on what the root brings.
  const srcDeclared = pkg.place.layer === 'tooling' ? new Set([...src, ...forTests]) : src
  const testDeclared = new Set([...namesIn(manifest, dependencyFields), ...forTests])
  return [...pkg.sources, ...pkg.tests].flatMap((file) => {
    const path = `${pkg.place.dir}/${file}`
    const text = readText(tree.root, path) ?? ''
    const declared = file.startsWith('src/') ? srcDeclared : testDeclared
    return importsOf(text).flatMap(({ specifier, line }) => {
      const message = checkImport(pkg, file, specifier, declared)
      return message === undefined ? [] : [{ path: `${path}:${line}`, message }]
    })
  })
}

/** A cycle through devDependencies compiles, but leaves no order in which to build, test, publish. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(name)
    if (start !== -1) return [...trail.slice(start), name]
    if (done.has(name)) return undefined
    for (const next of graph.get(name) ?? []) {
      const cycle = visit(next, [...trail, name])
      if (cycle !== undefined) return cycle
    }
    done.add(name)
    return undefined
  }
  for (const name of graph.keys()) {
    const cycle = visit(name, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

export function checkEdges(tree: Tree, manifests: ReadonlyMap<Package, JsonObject>): Problem[] {
  const rootManifest = JSON.parse(readText(tree.root, 'package.json') ?? '{}') as JsonObject
  const forTests = namesIn(rootManifest, ['devDependencies'])
  const graph = new Map<string, string[]>()
  const problems: Problem[] = []
  for (const [pkg, manifest] of manifests) {
    problems.push(...checkManifestEdges(pkg, manifest, tree))
    problems.push(...checkImports(pkg, manifest, tree, forTests))
    graph.set(pkg.place.name, [...namesIn(manifest, dependencyFields)])
  }
  const cycle = findCycle(graph)
  if (cycle !== undefined)
    problems.push({ path: 'packages', message: `a cycle of dependencies: ${cycle.join(' → ')}` })
  return problems
}
