import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import {
  isQarionError,
  type Logger,
  type SchemaHistoryEntry,
  type SchemaHistoryRepository,
} from '@qarion/core'

import { listNames, readFileIfThere, writeFileAtomically } from './atomic-file.ts'
import { toFileName } from './file-name.ts'
import { fromJsonText, toJsonText } from './json-text.ts'
import { damagedFile } from './local-errors.ts'

const ENDING = '.json'

/**
 * One file per entry: `<folder>/<dataset>/<time>_<random>.json`. Entries are never rewritten, so writers cannot lose
 * one another's. A damaged file is reported to the logger and left out.
 */
export function createLocalSchemaHistory(folder: string, logger: Logger): SchemaHistoryRepository {
  async function read(path: string): Promise<SchemaHistoryEntry | undefined> {
    try {
      const text = await readFileIfThere(path)
      return text === undefined ? undefined : asEntry(fromJsonText(text), path)
    } catch (thrown) {
      const error = isQarionError(thrown) ? thrown : damagedFile(path, thrown)
      if (error.reason !== 'corrupt') throw error
      logger.warn(error.message, { code: error.code, hint: error.hint })
      return undefined
    }
  }

  return {
    append: async (dataset, entry) => {
      const time = String(Math.max(0, Math.trunc(entry.recordedAtMs))).padStart(15, '0')
      const batch = String(entry.batch).padStart(10, '0')
      const name = `${time}_${batch}_${randomBytes(6).toString('hex')}${ENDING}`
      await writeFileAtomically(join(folder, toFileName(dataset), name), toJsonText(entry))
    },
    list: async (dataset) => {
      const own = join(folder, toFileName(dataset))
      const entries: SchemaHistoryEntry[] = []
      for (const name of await listNames(own, ENDING)) {
        const entry = await read(join(own, name + ENDING))
        if (entry !== undefined) entries.push(entry)
      }
      return entries
    },
  }
}

function asEntry(value: unknown, path: string): SchemaHistoryEntry {
  const entry = value as Partial<SchemaHistoryEntry> | null
  if (typeof entry?.batch === 'number' && typeof entry.columns === 'string') {
    return entry as SchemaHistoryEntry
  }
  throw damagedFile(path, new TypeError('not an entry of a schema history'))
}
