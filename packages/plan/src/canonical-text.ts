import { formatType, formatValue, isValueProblem, parseValue, type DataType } from '@qarion/core'

import { planError } from './plan-errors.ts'

/** The text form of a constant in its canonical spelling; throws QRN-PLAN-006 if it is not one of the type. */
export function canonicalText(type: DataType, text: string): string {
  const value = parseValue(type, text)
  if (isValueProblem(value)) {
    throw planError('QRN-PLAN-006', `'${text}' is not a ${formatType(type)}: ${value.reason}.`)
  }
  return formatValue(type, value)
}
