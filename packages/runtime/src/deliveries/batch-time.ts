import { DataTypes, formatValue, isValueProblem, parseValue, type InputFile } from '@qarion/core'

import { runtimeError } from '../runtime-errors.ts'

/** Reads a batch time as users write it; microseconds. */
export function parseBatchTime(text: string, where: string): bigint {
  const time = parseValue(
    DataTypes.timestamp,
    /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text,
  )
  if (isValueProblem(time)) {
    throw runtimeError('QRN-RUN-013', 'usage', `${where}: "${text}" is not a time (${time.reason})`)
  }
  return time as bigint
}

/** The batch time in the text form of the type timestamp. */
export function formatBatchTime(time: bigint): string {
  return formatValue(DataTypes.timestamp, time)
}

/** The time that the file's name carries, where the pattern captures `batch_time`. */
export function capturedBatchTime(file: InputFile): bigint | undefined {
  const text = file.captures['batch_time']
  return text === undefined ? undefined : parseBatchTime(text, file.name)
}
