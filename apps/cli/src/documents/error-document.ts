import { toErrorDocument, type ErrorDocument, type QarionError } from '@qarion/core'

/** What `--json` prints when a command fails before it has an answer. */
export interface FailureDocument {
  readonly qarion: 1
  readonly command: string | null
  readonly exitCode: number
  readonly error: ErrorDocument
}

export function errorDocument(
  error: QarionError,
  command: string | undefined,
  exitCode: number,
): FailureDocument {
  return { qarion: 1, command: command ?? null, exitCode, error: toErrorDocument(error) }
}
