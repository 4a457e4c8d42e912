import { createDateTimePrinter } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'

/** What a path may name of the batch that is written. */
export interface PathValues {
  readonly batchId: number
  /** Microseconds. */
  readonly batchTime: bigint
}

/** A path with placeholders, read once. */
export interface PathTemplate {
  /** Placeholders in order. */
  readonly names: readonly PathPlaceholder[]
  pathOf(values: PathValues): string
}

export type PathPlaceholder = 'batch_id' | 'batch_time'

/** To the microsecond, so that no two batches get one name, and with no character that a file name may not have. */
const DEFAULT_TIME_FORMAT = "yyyyMMdd'T'HHmmssSSSSSS'Z'"

/** Braces with what is in them, or a lone brace. */
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}|\{([^{}]*)\}|[{}]/g

/**
 * Reads `{batch_id}`, `{batch_time}` and `{batch_time:yyyyMMdd}`; the same in `{{ }}`. Times are printed in UTC.
 * Throws QRN-PLAN-018 for anything else in braces.
 */
export function parsePathTemplate(path: string): PathTemplate {
  const pieces: ((values: PathValues) => string)[] = []
  const names: PathPlaceholder[] = []
  let end = 0
  for (const match of path.matchAll(PLACEHOLDER)) {
    const before = path.slice(end, match.index)
    end = match.index + match[0].length
    const inner = match[1] ?? match[2]
    if (inner === undefined)
      throw planError('QRN-PLAN-018', `The path "${path}" has a brace without its partner.`)
    const [, name = '', format] = /^([^:]*)(?::(.*))?$/s.exec(inner) as RegExpExecArray
    const print = printerOf(path, match[0], name, format)
    names.push(name as PathPlaceholder)
    pieces.push(() => before, print)
  }
  const rest = path.slice(end)
  return { names, pathOf: (values) => pieces.map((print) => print(values)).join('') + rest }
}

function printerOf(
  path: string,
  text: string,
  name: string,
  format: string | undefined,
): (values: PathValues) => string {
  if (name === 'batch_id' && format === undefined) return ({ batchId }) => String(batchId)
  if (name === 'batch_time') {
    if (format !== undefined && /[\\/:*?"<>|]/.test(format))
      throw planError(
        'QRN-PLAN-018',
        `The path "${path}" holds "${text}", whose format has a character that file names may not have.`,
        'Write for instance {batch_time:yyyyMMdd}.',
      )
    const print = createDateTimePrinter(format ?? DEFAULT_TIME_FORMAT)
    return ({ batchTime }) => print(batchTime)
  }
  throw planError(
    'QRN-PLAN-018',
    `The path "${path}" holds "${text}", which is no placeholder.`,
    suggestName(name, ['batch_id', 'batch_time'], 'placeholders'),
  )
}
