import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { pipeline } from 'node:stream/promises'

import type {
  InputFile,
  Task,
  TaskContext,
  TaskDefinition,
  TaskPlan,
  TaskResult,
} from '@qarion/core'
import {
  classifyFileError,
  discoverFiles,
  resolveProjectPath,
  systemCodeOf,
  writeFileAtomically,
} from '@qarion/kit-files'

import { settingError } from '../task-errors.ts'
import { expandBraces } from './expand-braces.ts'

interface Options {
  readonly sourcePath: string
  readonly destinationPath: string
  /** None: the source is one file, or all files of the folder. */
  readonly patterns: readonly string[]
  readonly recursive: boolean
  readonly overwrite: boolean
}

/** Names of copied files that a result tells. */
const MOST_NAMES = 1000

/** The task `sync`: copies files that differ, each whole or not at all. */
export const sync: Task = Object.freeze({
  plan({ properties }: TaskDefinition): TaskPlan {
    const sourcePath = properties['source_path'] as string
    const destinationPath = properties['destination_path'] as string
    const recursive = properties['recursive'] === true
    const pattern = properties['pattern'] as string | undefined
    for (const key of ['source_path', 'destination_path']) {
      if (/^[a-z][a-z0-9+.-]+:\/\//i.test(properties[key] as string))
        throw settingError(
          'QRN-TASK-002',
          `\`${key}\` is an address, and files are copied on this machine`,
          ['properties', key],
        )
    }
    const way = posix.relative(sourcePath, destinationPath)
    if (
      way === '' ||
      (recursive && !way.startsWith('../') && way !== '..' && !posix.isAbsolute(way))
    )
      throw settingError('QRN-TASK-002', 'the destination lies within the source', [
        'properties',
        'destination_path',
      ])
    if (pattern?.includes('/') === true)
      throw settingError(
        'QRN-TASK-002',
        'a pattern is one of file names',
        ['properties', 'pattern'],
        'Write for instance "*.csv", and recursive = true for folders below.',
      )
    const names = pattern === undefined ? (recursive ? ['*'] : []) : expandBraces(pattern)
    const options: Options = {
      sourcePath,
      destinationPath,
      patterns: names.map((name) => (recursive ? `**/${name}` : name)),
      recursive,
      overwrite: properties['overwrite'] !== false,
    }
    return { title: `Copy ${sourcePath} to ${destinationPath}`, options: { ...options } }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const options = context.options as unknown as Options
    const counts = { copied: 0, unchanged: 0, skipped: 0, bytes: 0 }
    const copied: string[] = []
    for (const file of await filesOf(options, context)) {
      context.signal.throwIfAborted()
      const below = posix.relative(options.sourcePath, file.name)
      const name = posix.join(
        options.destinationPath,
        below === '' ? posix.basename(file.name) : below,
      )
      const outcome = await copyFile(file, name, options, context)
      counts[outcome] += 1
      if (outcome !== 'copied') continue
      counts.bytes += file.sizeBytes
      if (copied.length < MOST_NAMES) copied.push(name)
    }
    return { value: { ...counts, files: copied } }
  },
})

async function filesOf(
  { sourcePath, patterns }: Options,
  { host, allowedPaths }: TaskContext,
): Promise<readonly InputFile[]> {
  const found = new Map<string, InputFile>()
  for (const filePattern of patterns.length === 0 ? [undefined] : patterns) {
    const files = await discoverFiles({
      projectDirectory: host.projectDirectory,
      allowedPaths,
      sourcePath,
      ...(filePattern === undefined ? {} : { filePattern }),
      minAgeMs: 0,
      nowMs: 0,
    })
    for (const file of files) found.set(file.name, file)
  }
  return [...found.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

async function copyFile(
  file: InputFile,
  name: string,
  { overwrite }: Options,
  { host, allowedPaths, signal }: TaskContext,
): Promise<'copied' | 'unchanged' | 'skipped'> {
  const target = await resolveProjectPath(host.projectDirectory, name, allowedPaths)
  const size = await sizeOf(target, name)
  if (size === file.sizeBytes && (await hashOf(target)) === (await hashOf(file.path)))
    return 'unchanged'
  if (size !== undefined && !overwrite) return 'skipped'
  await writeFileAtomically(target, createReadStream(file.path), { signal })
  return 'copied'
}

async function sizeOf(path: string, name: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw classifyFileError({ code: 'EISDIR' }, name)
    return found.size
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined
    throw classifyFileError(cause, name)
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
