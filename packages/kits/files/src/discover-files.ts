import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path'

import type { InputFile } from '@qarion/core'

import { classifyFileError, systemCodeOf } from './classify-file-error.ts'
import { compileFilePattern, type FilePattern } from './file-pattern.ts'
import type { LoaderOptions } from './loader-options.ts'
import { resolveProjectPath } from './project-path.ts'

export interface DiscoverOptions {
  /** Absolute path of the project's folder. */
  readonly projectDirectory: string
  /** See `resolveProjectPath`. */
  readonly allowedPaths: readonly string[]
  /** A folder, a file, or a pattern of files; relative to the project. */
  readonly sourcePath: string
  /** Which files of the folder; see `compileFilePattern`. */
  readonly filePattern?: string
  /** Taken for a folder without `filePattern`; `*` if absent. */
  readonly defaultPatterns?: readonly string[]
  /**
   * A file counts once this file is in its folder: a name such as `_SUCCESS`, or one with `{name}` (the file's name),
   * `{stem}` (without its last extension) or a capture of the pattern, such as `{name}.done`.
   */
  readonly readyFile?: string
  /** A file counts once it has not been changed for so long. */
  readonly minAgeMs: number
  readonly nowMs: number
  /** Zone of times in names; UTC if absent. */
  readonly timezone?: string
}

/**
 * The files that are there and ready, unsorted. Throws QRN-FILE-002 if the source folder or a literal file is missing,
 * QRN-FILE-001 if a file, with links followed, is outside of the project and the allowed paths.
 */
export async function discoverFiles(options: DiscoverOptions): Promise<InputFile[]> {
  const { sourcePath, filePattern } = options
  const split = filePattern === undefined ? splitPattern(sourcePath) : undefined
  const source = split?.directory ?? sourcePath
  const sourceStats = await statWithin(options, source)
  if (!sourceStats.isDirectory()) {
    if (filePattern !== undefined || split !== undefined)
      throw classifyFileError({ code: 'ENOTDIR' }, source)
    const found = await toInputFile(options, source, {})
    return found === undefined ? [] : [found]
  }
  const chosen = filePattern ?? split?.pattern
  const patterns = (chosen === undefined ? (options.defaultPatterns ?? ['*']) : [chosen]).map(
    (pattern) => compileFilePattern(pattern, options.timezone),
  )
  const isDeep = patterns.some((pattern) => pattern.isDeep)
  const isReadyFile = createReadyFileTest(options.readyFile)
  const files: InputFile[] = []
  for await (const path of walk(options, source, isDeep, new Set())) {
    const inFolder = posix.relative(toPosix(source), path)
    if (isReadyFile(basename(inFolder))) continue
    const captures = firstMatch(patterns, inFolder)
    const file = captures && (await toInputFile(options, path, captures))
    if (file !== undefined) files.push(file)
  }
  return files
}

/** The files of a load, by its shared keys; `defaultPatterns` count where it has no `file_pattern`. */
export function discoverLoadFiles(
  projectDirectory: string,
  load: LoaderOptions,
  defaultPatterns: readonly string[],
): Promise<InputFile[]> {
  const { allowedPaths, sourcePath, filePattern, readyFile, minAgeMs, timezone } = load
  return discoverFiles({
    projectDirectory,
    allowedPaths,
    sourcePath,
    ...(filePattern === undefined ? {} : { filePattern }),
    ...(readyFile === undefined ? {} : { readyFile }),
    defaultPatterns,
    minAgeMs,
    nowMs: Date.now(),
    timezone,
  })
}

/** `data/orders_*.csv` → folder and pattern; `undefined` where no segment is a pattern. */
function splitPattern(path: string): { directory: string; pattern: string } | undefined {
  const segments = toPosix(path).split('/')
  const first = segments.findIndex((segment) => /[*?{]/.test(segment))
  if (first < 0) return undefined
  const directory = segments.slice(0, first).join('/')
  const isRoot = first === 1 && segments[0] === ''
  return {
    directory: isRoot ? '/' : directory === '' ? '.' : directory,
    pattern: segments.slice(first).join('/'),
  }
}

function firstMatch(
  patterns: readonly FilePattern[],
  path: string,
): Readonly<Record<string, string>> | undefined {
  for (const pattern of patterns) {
    const captures = pattern.match(path)
    if (captures !== undefined) return captures
  }
  return undefined
}

/** Paths below `directory`, both relative to the project; folders with several names are entered once. */
async function* walk(
  options: DiscoverOptions,
  directory: string,
  isDeep: boolean,
  entered: Set<string>,
): AsyncGenerator<string> {
  const real = await resolveProjectPath(options.projectDirectory, directory, options.allowedPaths)
  if (entered.has(real)) return
  entered.add(real)
  let entries: Dirent[]
  try {
    entries = await readdir(real, { withFileTypes: true })
  } catch (cause) {
    throw classifyFileError(cause, directory)
  }
  for (const entry of entries) {
    const path = posix.join(toPosix(directory), entry.name)
    // A file that vanished meanwhile was not there.
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && (await statIfThere(join(real, entry.name)))?.isDirectory())
    if (!isFolder) yield path
    else if (isDeep) yield* walk(options, path, isDeep, entered)
  }
}

async function toInputFile(
  options: DiscoverOptions,
  path: string,
  captures: Readonly<Record<string, string>>,
): Promise<InputFile | undefined> {
  const { projectDirectory, allowedPaths, minAgeMs, nowMs, readyFile } = options
  const real = await resolveProjectPath(projectDirectory, path, allowedPaths)
  const stats = await statIfThere(real)
  if (stats === undefined || !stats.isFile()) return undefined
  // Without an age asked for, a file from a clock that is ahead counts too.
  if (minAgeMs > 0 && stats.mtimeMs > nowMs - minAgeMs) return undefined
  if (readyFile !== undefined) {
    const name = fillIn(readyFile, { ...captures, ...namesOf(path) })
    const ready = resolve(projectDirectory, dirname(path), name)
    if ((await statIfThere(ready)) === undefined) return undefined
  }
  return {
    path: real,
    name: toPosix(relative(projectDirectory, resolve(projectDirectory, path))),
    sizeBytes: stats.size,
    modifiedAtMs: stats.mtimeMs,
    captures,
  }
}

function namesOf(path: string): { name: string; stem: string } {
  const name = basename(path)
  return { name, stem: name.replace(/(?<=.)\.[^.]*$/, '') }
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (part, name: string) => values[name] ?? part)
}

function createReadyFileTest(readyFile: string | undefined): (name: string) => boolean {
  if (readyFile === undefined) return () => false
  const parts = readyFile
    .split(/\{[^{}]*\}/)
    .map((part) => part.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`))
  const form = new RegExp(`^${parts.join('.+')}$`, 's')
  return (name) => form.test(name)
}

async function statWithin(options: DiscoverOptions, path: string): Promise<Stats> {
  const real = await resolveProjectPath(options.projectDirectory, path, options.allowedPaths)
  try {
    return await stat(real)
  } catch (cause) {
    throw classifyFileError(cause, path)
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined
    throw classifyFileError(cause, path)
  }
}

function toPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
