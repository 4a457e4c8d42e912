import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { join } from 'node:path'

import { isJsonObject, type JsonObject } from './manifest.ts'

export type PackageFinding =
  | { readonly kind: 'found'; readonly path: string; readonly json: JsonObject }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly path: string; readonly cause: unknown }

/** Finds the package.json of an installed package as Node resolves it from `directory`. */
export function findPackage(name: string, directory: string): PackageFinding {
  const located = locate(name, directory)
  return located.kind === 'path' ? readPackage(located.path) : located
}

/** Reads a package.json that should be there. */
export function readPackage(path: string): PackageFinding {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : { kind: 'unreadable', path, cause }
  }
  try {
    const json: unknown = JSON.parse(text)
    if (isJsonObject(json)) return { kind: 'found', path, json }
    return { kind: 'unreadable', path, cause: new Error('package.json is not an object') }
  } catch (cause) {
    return { kind: 'unreadable', path, cause }
  }
}

function locate(
  name: string,
  directory: string,
): { readonly kind: 'path'; readonly path: string } | Exclude<PackageFinding, { kind: 'found' }> {
  // Both ask for a file to resolve from; it need not exist.
  const from = join(directory, 'package.json')
  try {
    const path = findPackageJSON(name, from)
    if (path !== undefined) return { kind: 'path', path }
  } catch (cause) {
    // A damaged package.json ends the search with its own error, which names the file.
    if ((cause as NodeJS.ErrnoException).code === 'ERR_INVALID_PACKAGE_CONFIG') {
      return {
        kind: 'unreadable',
        path: join(directory, 'node_modules', name, 'package.json'),
        cause,
      }
    }
  }
  // What Yarn PnP patches is require, not findPackageJSON. Elsewhere require would also look into NODE_PATH, which
  // pnpm's command shims set: what is found there is none of the project's.
  if (process.versions['pnp'] === undefined) return { kind: 'missing' }
  try {
    return { kind: 'path', path: createRequire(from).resolve(`${name}/package.json`) }
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
      ? { kind: 'unreadable', path: `${name}/package.json`, cause }
      : { kind: 'missing' }
  }
}
