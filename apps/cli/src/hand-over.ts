import { existsSync, realpathSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * The command that the project has installed itself, where this one is another (a global install, an `npx` cache): only
 * that one fits the project's plugins. Its entry as a URL.
 */
export function projectCommand(words: readonly string[]): string | undefined {
  const base = pathToFileURL(join(projectDirectory(words), 'package.json'))
  const manifest = findManifest(base)
  if (manifest === undefined) return undefined
  const folder = realpathSync(dirname(manifest))
  const entry = join(folder, 'bin/qarion.js')
  const own = realpathSync(fileURLToPath(new URL('..', import.meta.url)))
  return folder === own || !existsSync(entry) ? undefined : pathToFileURL(entry).href
}

// The line may be wrong for this version and right for that one: it is not parsed here.
function projectDirectory(words: readonly string[]): string {
  const at = words.findIndex((word) => /^--project(?:=|$)/.test(word))
  if (at < 0) return resolve('.')
  const [, inline] = /^--project=(.*)$/s.exec(words[at] ?? '') ?? []
  return resolve(inline ?? words[at + 1] ?? '.')
}

function findManifest(base: URL): string | undefined {
  try {
    return findPackageJSON('@qarion/cli', base)
  } catch {
    return undefined
  }
}
