import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'

import { pureNames } from './layout.ts'
import { isObject, type Json, type JsonObject, type Package } from './tree.ts'

/** A project without a single file is an error to the compiler: a package that has just been begun waits. */
function hasProject(pkg: Package): boolean {
  return pkg.sources.length > 0
}

/** Only what src imports is built first; tests have a project of their own. */
function referencesOf(pkg: Package, manifest: JsonObject, all: readonly Package[]): Json[] {
  const names = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((field) =>
    isObject(manifest[field]) ? Object.keys(manifest[field]) : [],
  )
  return all
    .filter((other) => other !== pkg && hasProject(other) && names.includes(other.place.name))
    .map((other) => ({ path: posix.relative(pkg.place.dir, other.place.dir) }))
}

const pureTypes = 'tooling/tsconfig/pure.d.ts'

function includeOf({ place }: Package, present: JsonObject | undefined): Json[] {
  const own = Array.isArray(present?.['include']) ? present['include'] : ['src']
  const pure = posix.relative(place.dir, pureTypes)
  const others = own.filter((path) => path !== pure)
  return pureNames.has(place.name) ? [...others, pure] : others
}

export function tsconfigOf(
  pkg: Package,
  present: JsonObject | undefined,
  manifest: JsonObject,
  all: readonly Package[],
): JsonObject {
  const own = isObject(present?.['compilerOptions']) ? present['compilerOptions'] : {}
  const { types: ownTypes, ...others } = own
  const types = ownTypes ?? (pureNames.has(pkg.place.name) ? undefined : ['node'])
  const options: JsonObject = types === undefined ? others : { ...others, types }
  const references = referencesOf(pkg, manifest, all)
  return {
    extends: posix.relative(pkg.place.dir, 'tsconfig.base.json'),
    ...(Object.keys(options).length === 0 ? {} : { compilerOptions: options }),
    include: includeOf(pkg, present),
    ...(present?.['exclude'] === undefined ? {} : { exclude: present['exclude'] }),
    ...(references.length === 0 ? {} : { references }),
  }
}

/** Called after writing: a package whose owner has not made its tsconfig yet must not stop the others. */
export function solutionReferences(root: string, all: readonly Package[]): Json[] {
  return all
    .filter((pkg) => hasProject(pkg) && existsSync(join(root, pkg.place.dir, 'tsconfig.json')))
    .map((pkg) => ({ path: pkg.place.dir }))
}
