import { join } from 'node:path'

import type { DefinitionRepository } from '@qarion/core'

import { listNames, readFileIfThere, removeFile, writeFileAtomically } from './atomic-file.ts'
import { fromFileName, toFileName } from './file-name.ts'

const ENDING = '.toml'

/** One file per definition: `<folder>/<kind>/<id>.toml`. */
export function createLocalDefinitions(folder: string): DefinitionRepository {
  const pathOf = (kind: string, id: string): string => join(folder, kind, toFileName(id) + ENDING)
  return {
    save: async (kind, id, text) => writeFileAtomically(pathOf(kind, id), text),
    get: async (kind, id) => readFileIfThere(pathOf(kind, id)),
    list: async (kind) =>
      (await listNames(join(folder, kind), ENDING)).map((name) => fromFileName(name)).toSorted(),
    delete: async (kind, id) => removeFile(pathOf(kind, id)),
  }
}
