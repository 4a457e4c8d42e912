import { join } from 'node:path'

import { isQarionError, type Logger, type RunRecord, type RunRepository } from '@qarion/core'

import {
  listNames,
  modifiedAt,
  readFileIfThere,
  removeAbandoned,
  writeFileAtomically,
} from './atomic-file.ts'
import { toFileName } from './file-name.ts'
import { fromJsonText, toJsonText } from './json-text.ts'
import { damagedFile } from './local-errors.ts'

const ENDING = '.json'

/**
 * One file per run, `<id>.json`, whose time of modification is the start of the run: the newest few are found without
 * reading the others. A damaged file is reported to the logger and left out.
 */
export function createLocalRuns(folder: string, logger: Logger): RunRepository {
  const pathOf = (name: string): string => join(folder, name + ENDING)

  async function read(name: string): Promise<RunRecord | undefined> {
    const path = pathOf(name)
    const text = await readFileIfThere(path)
    if (text === undefined) return undefined
    try {
      return asRunRecord(fromJsonText(text))
    } catch (cause) {
      throw damagedFile(path, cause)
    }
  }

  async function readOrReport(name: string): Promise<RunRecord | undefined> {
    try {
      return await read(name)
    } catch (thrown) {
      if (!isQarionError(thrown) || thrown.reason !== 'corrupt') throw thrown
      logger.warn(thrown.message, { code: thrown.code, hint: thrown.hint })
      return undefined
    }
  }

  /** By the times of the files; `undefined` if these are not those of the runs, as after a copy. */
  async function listByFileTime(
    isAskedFor: IsAskedFor,
    limit: number,
  ): Promise<RunRecord[] | undefined> {
    const files: { readonly name: string; readonly atMs: number }[] = []
    for (const name of await listNames(folder, ENDING)) {
      files.push({ name, atMs: await modifiedAt(pathOf(name)) })
    }
    const runs: RunRecord[] = []
    for (const { name, atMs } of files.toSorted((left, right) => right.atMs - left.atMs)) {
      if (runs.length >= limit) break
      const run = await readOrReport(name)
      if (run === undefined) continue
      if (fileTime(run) !== atMs) return undefined
      if (isAskedFor(run)) runs.push(run)
    }
    return runs
  }

  async function listByReadingAll(isAskedFor: IsAskedFor, limit: number): Promise<RunRecord[]> {
    const runs: RunRecord[] = []
    for (const name of await listNames(folder, ENDING)) {
      const run = await readOrReport(name)
      if (run !== undefined && isAskedFor(run)) runs.push(run)
    }
    return runs.toSorted((left, right) => right.startedAtMs - left.startedAtMs).slice(0, limit)
  }

  return {
    save: async (run) => {
      const path = pathOf(toFileName(run.id))
      await removeAbandoned(folder)
      await writeFileAtomically(path, toJsonText(run), { modifiedAtMs: fileTime(run) })
    },
    get: async (id) => read(toFileName(id)),
    list: async ({ flow, limit = Infinity } = {}) => {
      const isAskedFor: IsAskedFor = (run) =>
        flow === undefined || run.flows.some((each) => each.flow === flow)
      return (
        (await listByFileTime(isAskedFor, limit)) ?? (await listByReadingAll(isAskedFor, limit))
      )
    },
  }
}

type IsAskedFor = (run: RunRecord) => boolean

/** What the file of a run carries as its time. */
function fileTime(run: RunRecord): number {
  return Math.max(0, Math.round(run.startedAtMs))
}

function asRunRecord(value: unknown): RunRecord {
  const run = value as Partial<RunRecord> | null
  const isRun =
    typeof run?.id === 'string' &&
    typeof run.startedAtMs === 'number' &&
    typeof run.status === 'string' &&
    Array.isArray(run.flows)
  if (!isRun) throw new TypeError('not a run record')
  return run as RunRecord
}
