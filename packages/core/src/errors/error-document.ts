import type { ErrorDocument } from '../run/run-event.ts'
import type { QarionError } from './qarion-error.ts'

/** The error as plain JSON data for events, history and `--json`. */
export function toErrorDocument(error: QarionError): ErrorDocument {
  return {
    code: error.code,
    reason: error.reason,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.isRetryable,
    ...(error.place === undefined
      ? {}
      : {
          place: {
            file: error.place.file,
            ...(error.place.line === undefined ? {} : { line: error.place.line }),
            ...(error.place.column === undefined ? {} : { column: error.place.column }),
          },
        }),
    ...(Object.keys(error.data).length === 0 ? {} : { data: error.data }),
    ...(error.problems.length === 0 ? {} : { problems: error.problems.map(toErrorDocument) }),
  }
}
