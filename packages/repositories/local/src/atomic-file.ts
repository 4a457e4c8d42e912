import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { fileError } from './local-errors.ts'

/** Files that are being written; readers and listings never see them. */
const ASIDE = '.aside-'

/** Files aside that nobody can still be writing. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000

/**
 * Writes a file so that it is there whole or not at all, and stays there when the power fails after the call.
 * `modifiedAtMs` becomes its time of modification, unless the process dies at that moment.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  { modifiedAtMs }: { readonly modifiedAtMs?: number } = {},
): Promise<void> {
  const folder = dirname(path)
  const aside = join(folder, `${ASIDE}${randomBytes(8).toString('hex')}`)
  try {
    await mkdir(folder, { recursive: true })
    const file = await open(aside, 'wx')
    try {
      await file.writeFile(text)
      await file.sync()
      await rename(aside, path)
      // Through the handle: another writer may have put its own file there by now.
      if (modifiedAtMs !== undefined) await file.utimes(modifiedAtMs / 1000, modifiedAtMs / 1000)
    } finally {
      await file.close()
    }
    await syncFolder(folder)
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined)
    throw fileError(path, cause)
  }
}

/** When a file was modified, in whole milliseconds; 0 if it is gone. */
export async function modifiedAt(path: string): Promise<number> {
  try {
    return Math.round((await stat(path)).mtimeMs)
  } catch (cause) {
    if (isMissing(cause)) return 0
    throw fileError(path, cause)
  }
}

/** The text of a file; `undefined` if there is none. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw fileError(path, cause)
  }
}

/** Removes a file; whether there was one. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path)
    return true
  } catch (cause) {
    if (isMissing(cause)) return false
    throw fileError(path, cause)
  }
}

/** Names of the files in a folder with this ending, without it, sorted; none if there is no folder. */
export async function listNames(folder: string, ending: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
      .map((name) => basename(name, ending))
      .toSorted()
  } catch (cause) {
    if (isMissing(cause)) return []
    throw fileError(folder, cause)
  }
}

/** Removes what killed writers have left in a folder. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[])
  for (const name of names.filter((each) => each.startsWith(ASIDE))) {
    const path = join(folder, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > ABANDONED_AFTER_MS) await rm(path, { force: true }).catch(() => undefined)
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === 'ENOENT'
}

/** A rename is durable once its folder is; Windows neither needs nor allows this. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
