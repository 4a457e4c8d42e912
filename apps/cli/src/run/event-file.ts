import { closeSync, openSync, writeSync } from 'node:fs'

import type { RunEvent } from '@qarion/core'

import { fileError } from '../cli-errors.ts'
import { toJsonText } from '../documents/json-text.ts'

export interface EventFile {
  write(event: RunEvent): void
  close(): void
}

/** Writes each event as a line of JSON the moment it happens, so that a killed run has left all of them. */
export function openEventFile(file: string): EventFile {
  const descriptor = attempt(file, () => openSync(file, 'w'))
  return {
    write: (event) => {
      attempt(file, () => writeSync(descriptor, `${toJsonText(event)}\n`))
    },
    close: () => closeSync(descriptor),
  }
}

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action()
  } catch (cause) {
    throw fileError('write', file, cause)
  }
}
