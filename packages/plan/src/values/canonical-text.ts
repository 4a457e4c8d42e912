import { formatType } from '@qarion/core'
import type { DataType } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { formatValue } from './format-value.ts'
import { parseText } from './parse-text.ts'

/** The text form of a constant in its canonical spelling; throws QRN-PLAN-006 if it is not one of the type. */
export function canonicalText(type: DataType, text: string): string {
  const value = parseText(type, text)
  if (value === undefined) {
    throw planError('QRN-PLAN-006', `'${text}' is not a ${formatType(type)}.`)
  }
  return formatValue(type, value)
}
