import { formatType, isSameType, MAX_IDENTIFIER_BYTES } from '@qarion/core'
import type { DataType, Dataset } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'

/** A column of a query at some point of it. */
export interface PlanColumn {
  readonly name: string
  readonly type: DataType
  /** False where the column surely holds no NULL. */
  readonly nullable: boolean
}

/** The columns of a dataset as a query reads them. */
export function columnsOfDataset(dataset: Dataset): readonly PlanColumn[] {
  return dataset.columns.map(({ name, type, required }) => ({ name, type, nullable: !required }))
}

/** The column of that name; throws QRN-PLAN-001 with the nearest name. */
export function requireColumn(columns: readonly PlanColumn[], name: string): PlanColumn {
  const found = columns.find((column) => column.name === name)
  if (found !== undefined) return found
  throw planError(
    'QRN-PLAN-001',
    `There is no column ${name}.`,
    suggestName(
      name,
      columns.map((column) => column.name),
      'columns',
    ),
  )
}

/** Throws QRN-PLAN-007 where two names are the same or differ in case only, and QRN-PLAN-015 for an impossible name. */
export function requireColumnNames(columns: readonly { readonly name: string }[]): void {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    requireIdentifier(name)
    const folded = name.toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined) {
      throw planError(
        'QRN-PLAN-007',
        other === name
          ? `There are two columns ${name}.`
          : `The columns ${other} and ${name} differ in case only.`,
      )
    }
    seen.set(folded, name)
  }
}

/** Throws QRN-PLAN-015 for a name that the strictest engine cannot have. */
export function requireIdentifier(name: string): void {
  const bytes = utf8Length(name)
  if (bytes > 0 && bytes <= MAX_IDENTIFIER_BYTES && !name.includes('\u0000') && name.isWellFormed())
    return
  throw planError(
    'QRN-PLAN-015',
    `'${name}' cannot be a name: it has ${bytes} bytes.`,
    `Names have 1 to ${MAX_IDENTIFIER_BYTES} bytes of UTF-8 and no NUL.`,
  )
}

/** Throws QRN-PLAN-002 unless both have the same type, parameters included. */
export function requireSameType(left: DataType, right: DataType, what: string): void {
  if (isSameType(left, right)) return
  throw planError(
    'QRN-PLAN-002',
    `${what}: ${formatType(left)} and ${formatType(right)} are not the same type.`,
  )
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}
