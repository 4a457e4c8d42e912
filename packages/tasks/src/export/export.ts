import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import {
  isQarionError,
  type Column,
  type Dataset,
  type Query,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskPlan,
  type TaskResult,
  type TaskSurroundings,
} from '@qarion/core'
import {
  classifyFileError,
  resolveProjectPath,
  syncDirectory,
  systemCodeOf,
} from '@qarion/kit-files'
import { ascending, defineQuery, from, keep, parsePathTemplate, select, sort } from '@qarion/plan'

import { sourceOf } from '../task-datasets.ts'
import { settingError, taskError } from '../task-errors.ts'

interface Options {
  readonly path: string
  readonly format: string
  readonly formatOptions: Readonly<Record<string, unknown>>
  readonly onExisting: 'fail' | 'replace'
  readonly queries: readonly Query[]
  readonly columns: readonly Column[]
}

/** The task `export`: the rows of a dataset as a file that appears whole or not at all. */
export const exportTask: Task = Object.freeze({
  plan(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan {
    const { properties, formatOptions } = task
    const source = sourceOf(task, surroundings)
    const options: Options = {
      path: properties['file_path'] as string,
      format: properties['format'] as string,
      formatOptions,
      onExisting: properties['on_existing'] as Options['onExisting'],
      queries: [
        defineQuery('rows', [from(source.id), ...order(source), select(keep(source.columns))]),
      ],
      columns: source.columns.map(({ name, type, required }) => ({ name, type, required })),
    }
    checkPath(options.path)
    return {
      title: `Write ${source.id} as ${options.format}`,
      reads: [source.id],
      options: { ...options },
    }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const options = context.options as unknown as Options
    const { host, allowedPaths, batch, batchTime, signal } = context
    const path = parsePathTemplate(options.path).pathOf({ batchId: batch, batchTime })
    const target = await resolveProjectPath(host.projectDirectory, path, allowedPaths)
    const owner = createHash('sha256').update(`${context.flow}/${context.task}/${basename(target)}`)
    const aside = join(dirname(target), `.qarion-${owner.digest('hex').slice(0, 12)}.task`)
    try {
      const exporter = await context.exporter(options.format, options.formatOptions)
      const { rowCount, sizeBytes, contentHash } = await exporter.write({
        path: aside,
        columns: options.columns,
        batches: context.read(options.queries),
        signal,
      })
      if (options.onExisting === 'fail') await refuseForeign(target, path, contentHash, context)
      await moveTo(aside, target, path)
      return { value: { path, rows: rowCount, bytes: sizeBytes, hash: contentHash } }
    } finally {
      await rm(aside, { force: true })
    }
  },
})

function checkPath(path: string): void {
  try {
    parsePathTemplate(path)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    throw settingError('QRN-TASK-002', thrown.message, ['properties', 'file_path'], thrown.hint)
  }
}

function order({ sortKey }: Dataset) {
  return sortKey.length === 0 ? [] : [sort(ascending(sortKey))]
}

/** A file that holds what is written, or what the task wrote before, is the task's own. */
async function refuseForeign(
  target: string,
  path: string,
  hash: string,
  { previous }: TaskContext,
): Promise<void> {
  const found = await hashOf(target, path)
  const before = previous?.value as { readonly path?: string; readonly hash?: string } | null
  const isOwn = before?.path === path && before.hash === found
  if (found === undefined || found === hash || isOwn) return
  throw taskError('QRN-TASK-011', 'guard', `"${path}" is there and is not what the task wrote`, {
    place: { file: path },
  })
}

async function hashOf(file: string, path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined
    throw classifyFileError(cause, path)
  }
  return hash.digest('hex')
}

async function moveTo(aside: string, target: string, path: string): Promise<void> {
  try {
    await rename(aside, target)
    await syncDirectory(dirname(target))
  } catch (cause) {
    throw classifyFileError(cause, path)
  }
}
