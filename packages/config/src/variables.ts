import {
  createParser,
  type FlowVariable,
  formatValue,
  isValueProblem,
  type OptionDescriptor,
  typeOfVariable,
  VARIABLE_TYPES,
  type VariableType,
} from '@qarion/core'

import { literalText } from './column-default.ts'
import type { ProblemList } from './problem-list.ts'
import { type Spot, tableIn, textIn, type TomlTable } from './toml-node.ts'

/** One entry of `[variables]`. */
export const VARIABLE_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'type',
    type: 'choice',
    choices: VARIABLE_TYPES,
    isRequired: true,
    description: 'Type of its values.',
  },
  {
    name: 'default',
    type: 'json',
    isRequired: true,
    description: 'Its value, unless a run is given another with --var.',
  },
  { name: 'description', type: 'string', description: 'What the variable is for.' },
]

/** Names that mean something of their own where a variable could be named. */
const RESERVED =
  /^(?:batch_id|batch_time|revision|suspend_deletions|is_added_.*|xt_.*|true|false|nil|null|blank|empty|and|or|not|contains)$/i

/**
 * `[variables]` of a flow with the values that are given, else the defaults; what is wrong is reported. `undefined`
 * where there are none.
 */
export function readVariables(
  root: TomlTable,
  given: Readonly<Record<string, string>>,
  problems: ProblemList,
): Readonly<Record<string, FlowVariable>> | undefined {
  const declared = tableIn(root, 'variables')
  if (declared === undefined) return undefined
  const variables: Record<string, FlowVariable> = {}
  for (const [name, { key, node }] of declared.entries) {
    checkName(name, key, problems)
    const entry = node.kind === 'table' ? node : undefined
    const type = textIn(entry, 'type') as VariableType | undefined
    const fallback = entry?.entries.get('default')?.node
    if (type === undefined || !VARIABLE_TYPES.includes(type) || fallback === undefined) continue
    const written = valueOf(
      type,
      literalText({ kind: type === 'number' ? 'float' : type }, fallback),
    )
    if (written === undefined) {
      problems.add({
        code: 'QRN-CONFIG-028',
        message: `the default of the variable \`${name}\` is no ${type}`,
        hint: `Write a ${type} in its text form.`,
        at: fallback,
      })
    }
    const text = Object.hasOwn(given, name) ? given[name] : undefined
    const value = text === undefined ? written : valueOf(type, text)
    if (text !== undefined && value === undefined) {
      problems.add({
        code: 'QRN-CONFIG-037',
        message: `the variable \`${name}\` is a ${type}, and "${text.slice(0, 80)}" is none`,
        hint: `Give for instance --var ${name}=${EXAMPLES[type]}.`,
        at: node,
      })
    }
    if (value !== undefined) variables[name] = Object.freeze({ type, value })
  }
  return Object.freeze(variables)
}

const EXAMPLES: Readonly<Record<VariableType, string>> = {
  string: 'text',
  integer: '5',
  number: '1.50',
  boolean: 'true',
  date: '2024-05-31',
  timestamp: '2024-05-31T06:00:00Z',
}

/** The value in the one text form of its type; `undefined` if the text is none. */
function valueOf(type: VariableType, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const dataType = typeOfVariable({ type })
  const value = createParser(dataType)(text)
  if (isValueProblem(value) || value === null) return undefined
  // A number is filled in with the digits that were written.
  return type === 'number' ? text : formatValue(dataType, value)
}

function checkName(name: string, at: Spot, problems: ProblemList): void {
  if (/^[A-Za-z_]\w{0,62}$/.test(name) && !RESERVED.test(name)) return
  problems.add({
    code: 'QRN-CONFIG-012',
    message: RESERVED.test(name)
      ? `the name \`${name.slice(0, 80)}\` is taken and cannot be that of a variable`
      : `\`${name.slice(0, 80)}\` cannot be the name of a variable`,
    hint: 'Start with an ASCII letter; go on with letters, digits and `_`; 63 characters at most.',
    at,
  })
}
