import { MAX_IDENTIFIER_BYTES, SYSTEM_COLUMN_PREFIX } from '@qarion/core'

import type { ProblemList } from './problem-list.ts'
import type { Spot } from './toml-node.ts'

/** `__b` and up to ten digits: what a table of one batch adds to its name. */
const BATCH_SUFFIX_BYTES = 13

export const LONGEST_TABLE_NAME: number = MAX_IDENTIFIER_BYTES - BATCH_SUFFIX_BYTES

const ID = /^[A-Za-z][A-Za-z0-9_-]*$/

/** Whether the text can be the id of a flow, a namespace or the name of an environment. */
export function isId(text: string): boolean {
  return ID.test(text) && text.length <= MAX_IDENTIFIER_BYTES
}

/** Reports an id that breaks the rule. */
export function checkId(text: string, what: string, at: Spot, problems: ProblemList): void {
  if (isId(text)) return
  problems.add({
    code: 'QRN-CONFIG-012',
    message: `\`${text.slice(0, 80)}\` cannot be ${what}`,
    hint: 'Start with an ASCII letter; go on with letters, digits, `_` and `-`; 63 characters at most.',
    at,
  })
}

/** Reports a column name that some engine could not hold or that is reserved. */
export function checkColumnName(name: string, at: Spot, problems: ProblemList): void {
  if (name.toLowerCase().startsWith(SYSTEM_COLUMN_PREFIX)) {
    problems.add({
      code: 'QRN-CONFIG-013',
      message: `the column name \`${name}\` is reserved: \`xt_\` marks system columns`,
      at,
    })
  }
  // eslint-disable-next-line no-control-regex -- finding control characters is the purpose
  if (name.trim() !== name || name === '' || /[\u0000-\u001f\u007f-\u009f]/.test(name)) {
    problems.add({
      code: 'QRN-CONFIG-012',
      message: `${JSON.stringify(name.slice(0, 80))} cannot be a column name`,
      hint: 'Column names are not empty, have no blanks at either end and no control characters.',
      at,
    })
  }
  const bytes = Buffer.byteLength(name)
  if (bytes > MAX_IDENTIFIER_BYTES) {
    problems.add({
      code: 'QRN-CONFIG-016',
      message: `the column name has ${bytes} bytes, ${MAX_IDENTIFIER_BYTES} are the most`,
      at,
    })
  }
}

/** The form in which names that some engine holds equal are equal. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
