import { lstat, readlink, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

import { classifyFileError, systemCodeOf } from './classify-file-error.ts'
import { fileError } from './files-errors.ts'

/** As many as Linux follows. */
const MAX_LINKS = 40

/**
 * The absolute path, links followed, of a path that a project names; the end of it need not exist yet.
 * @param projectDirectory absolute path of the project's folder
 * @param path relative to that folder, or absolute
 * @param allowedPaths folders or files outside the project that may be used, relative to its folder or absolute
 * Throws QRN-FILE-001 for a path that leaves the project and the allowed paths, also through a link.
 */
export async function resolveProjectPath(
  projectDirectory: string,
  path: string,
  allowedPaths: readonly string[],
): Promise<string> {
  if (path.includes('\0'))
    throw fileError(
      'QRN-FILE-001',
      'configuration',
      `The path ${JSON.stringify(path)} holds a NUL.`,
    )
  const real = await followLinks(resolve(projectDirectory, path), MAX_LINKS)
  const roots = [projectDirectory, ...allowedPaths.map((root) => resolve(projectDirectory, root))]
  for (const root of roots) if (isWithin(await followLinks(root, MAX_LINKS), real)) return real
  throw fileError(
    'QRN-FILE-001',
    'configuration',
    `The path ${path} leaves the project: it leads to ${real}.`,
    { data: { path, target: real } },
  )
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** `realpath` for paths whose end does not exist; a link that leads nowhere counts as where it would lead. */
async function followLinks(path: string, linksLeft: number): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    if (systemCodeOf(cause) !== 'ENOENT' || linksLeft === 0 || dirname(path) === path)
      throw classifyFileError(cause, path)
  }
  const parent = await followLinks(dirname(path), linksLeft)
  const here = join(parent, basename(path))
  const isLink = await lstat(here).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
  return isLink ? followLinks(resolve(parent, await readlink(here)), linksLeft - 1) : here
}
