import { isAbsolute, relative, resolve, sep } from 'node:path'

import type { ResolveContext } from './resolve-context.ts'
import type { Spot } from './toml-node.ts'

/** An address such as `s3://…` or `postgres://…` is no path of this machine. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text)
}

/**
 * The absolute form of a path of a project file. A path that leaves the project is a problem unless it lies in an
 * allowed folder; links are followed and checked by whoever opens the file.
 */
export function resolvePath(
  path: string,
  at: Spot,
  context: ResolveContext,
  { isReferred = false }: { readonly isReferred?: boolean } = {},
): string | undefined {
  if (isAddress(path)) return path
  if (path.includes('\0')) {
    context.problems.add({ code: 'QRN-CONFIG-021', message: 'a path holds no NUL character', at })
    return undefined
  }
  const absolute = resolve(context.projectDirectory, path)
  const roots = [context.projectDirectory, ...context.allowedPaths]
  if (roots.some((root) => isWithin(root, absolute))) return absolute
  context.problems.add({
    code: 'QRN-CONFIG-021',
    message: isReferred
      ? 'the path that this refers to leaves the project'
      : `the path \`${path.slice(0, 200)}\` leaves the project`,
    at,
  })
  return undefined
}

/** Relative to the project with `/`, or absolute where it lies outside. */
export function projectRelative(projectDirectory: string, absolute: string): string {
  if (isAddress(absolute) || !isWithin(projectDirectory, absolute)) return absolute
  return relative(projectDirectory, absolute).split(sep).join('/') || '.'
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
