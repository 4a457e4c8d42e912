import { writeFile } from 'node:fs/promises'

import { fileError } from '../cli-errors.ts'

/** Writes what a command was asked to keep. */
export async function saveText(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw fileError('write', file, cause)
  })
}
