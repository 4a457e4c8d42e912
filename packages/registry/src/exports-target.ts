import { join, sep } from 'node:path'

import { isJsonObject } from './manifest.ts'

/** Absolute path of the file that a key of `exports` means, or what is wrong with it. */
export type ExportsTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'problem'; readonly problem: string }

/**
 * Looks a key up in `exports`. Only one target is allowed (a text, or `types` and `default`): with conditions for
 * import and require there would be two instances of one plugin.
 */
export function exportsTarget(exports: unknown, key: string, directory: string): ExportsTarget {
  if (!isJsonObject(exports) || !Object.hasOwn(exports, key)) {
    return { kind: 'problem', problem: `"${key}" is no key of the package's exports` }
  }
  const value = exports[key]
  const target = isJsonObject(value) ? value['default'] : value
  const hasOtherConditions =
    isJsonObject(value) && Object.keys(value).some((name) => name !== 'types' && name !== 'default')
  if (typeof target !== 'string' || hasOtherConditions) {
    return {
      kind: 'problem',
      problem: `exports["${key}"] has to be one path, or { "types", "default" }`,
    }
  }
  const path = join(directory, target)
  if (!target.startsWith('./') || !path.startsWith(directory + sep)) {
    return { kind: 'problem', problem: `exports["${key}"] leads out of the package` }
  }
  return { kind: 'file', path }
}

/** Whether Node refuses to run the file: it strips types everywhere but inside node_modules. */
export function isUnbuilt(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path) && path.split(sep).includes('node_modules')
}
