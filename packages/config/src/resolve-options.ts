import { createSecret, type OptionDescriptor, type ResolvedOptions } from '@qarion/core'

import { suggest } from './nearest.ts'
import { resolvePath } from './project-paths.ts'
import { parseDuration, parseSize } from './quantities.ts'
import { isCredentialReference, type ResolvedText, resolveText } from './references.ts'
import type { ResolveContext } from './resolve-context.ts'
import {
  type PlainValue,
  type Spot,
  TomlDateTime,
  type TomlNode,
  type TomlTable,
  toPlain,
} from './toml-node.ts'

/**
 * The options of a table in the form that plugins get: references resolved, durations in milliseconds, sizes in
 * bytes, paths absolute, secrets wrapped, defaults filled in. Values of a wrong type are left out: the schema has
 * reported them. `table` is the table's name in messages, `at` the spot if there is no such table.
 */
export function resolveOptions(
  descriptors: readonly OptionDescriptor[],
  values: TomlTable | undefined,
  context: ResolveContext,
  where: { readonly table: string; readonly at: Spot },
): ResolvedOptions {
  const resolved: Record<string, unknown> = {}
  for (const descriptor of descriptors) {
    const node = values?.entries.get(descriptor.name)?.node
    if (node !== undefined) {
      const value = resolveOption(descriptor, node, context)
      if (value !== undefined) resolved[descriptor.name] = value
    } else if (descriptor.default !== undefined) {
      resolved[descriptor.name] = defaultOf(descriptor)
    } else if (descriptor.isRequired === true) {
      context.problems.add({
        code: 'QRN-CONFIG-008',
        message: `the key \`${descriptor.name}\` is missing in [${where.table}]`,
        hint: `Add \`${descriptor.name}\`: ${descriptor.description.charAt(0).toLowerCase()}${descriptor.description.slice(1)}`,
        at: values ?? where.at,
      })
    }
  }
  return resolved
}

/** One value in the form that plugins get; `undefined` where it is wrong and reported. */
export function resolveOption(
  option: OptionDescriptor,
  node: TomlNode,
  context: ResolveContext,
): unknown {
  switch (option.type) {
    case 'json':
      return jsonValue(node)
    case 'table':
      return node.kind === 'table' ? deepValue(node, context) : undefined
    case 'strings':
    case 'columns':
      return node.kind === 'array' ? listValue(option, node.items, context) : undefined
    default:
      return scalarValue(option, node, context)
  }
}

function listValue(
  option: OptionDescriptor,
  items: readonly TomlNode[],
  context: ResolveContext,
): unknown {
  const single = { ...option, type: option.type === 'columns' ? 'column' : 'string' } as const
  const values = items.map((item) => scalarValue(single, item, context))
  if (option.type === 'columns') refuseRepeated(option, items, context)
  return values.includes(undefined) ? undefined : values
}

function refuseRepeated(
  option: OptionDescriptor,
  items: readonly TomlNode[],
  { problems }: ResolveContext,
): void {
  const seen = new Set<unknown>()
  for (const item of items) {
    const name = item.kind === 'scalar' ? item.value : undefined
    if (typeof name === 'string' && seen.has(name)) {
      problems.add({
        code: 'QRN-CONFIG-010',
        message: `\`${option.name}\` names the column \`${name}\` twice`,
        hint: 'Remove one of them.',
        at: item,
      })
    }
    seen.add(name)
  }
}

function scalarValue(option: OptionDescriptor, node: TomlNode, context: ResolveContext): unknown {
  if (node.kind !== 'scalar') return undefined
  if (option.type === 'secret') node.source.secretRanges.push(node)
  if (option.type === 'expression' && context.templates?.isIn(node.value) === true) {
    context.problems.add({
      code: 'QRN-CONFIG-036',
      message: `\`${option.name}\` is an expression, and variables are not pasted into expressions`,
      at: node,
    })
    return undefined
  }
  if (typeof node.value !== 'string') {
    return option.type === typeOf(node.value) ||
      (option.type === 'number' && typeof node.value === 'number')
      ? node.value
      : undefined
  }
  const text = resolveText(node.value, node, context)
  if (text === undefined) return undefined
  if (isCredentialReference(text.value)) return text.value
  return textValue(option, text.value, { node, isReferred: text.isReferred }, context)
}

function typeOf(
  value: number | bigint | boolean | TomlDateTime,
): OptionDescriptor['type'] | undefined {
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : undefined
}

interface TextOrigin {
  readonly node: TomlNode
  readonly isReferred: ResolvedText['isReferred']
}

function textValue(
  option: OptionDescriptor,
  text: string,
  origin: TextOrigin,
  context: ResolveContext,
): unknown {
  const at = origin.node
  switch (option.type) {
    case 'secret':
      if (!origin.isReferred) {
        context.problems.add({
          code: 'QRN-CONFIG-031',
          message: `\`${option.name}\` is secret and stands in the file`,
          hint: `Put it into an environment variable: ${option.name} = "\${env:${option.name.toUpperCase()}}".`,
          at,
        })
      }
      return createSecret(text)
    case 'path':
      return resolvePath(text, at, context, origin)
    case 'duration':
    case 'size': {
      const amount = option.type === 'duration' ? parseDuration(text) : parseSize(text)
      if (amount === undefined) {
        context.problems.add({
          code: 'QRN-CONFIG-020',
          message: `\`${option.name}\` takes a ${option.type}, ${shown(text, origin)} is none`,
          hint:
            option.type === 'duration'
              ? 'Write for instance "30m", "10s" or "2h".'
              : 'Write for instance "256MB".',
          at,
        })
      }
      return amount
    }
    case 'column':
      return columnValue(text, at, context)
    case 'connection':
      return nameValue(text, at, context.connectionNames, ['connection', 'connections'], context)
    case 'environment':
      return nameValue(text, at, context.environmentNames, ['environment', 'environments'], context)
    case 'choice':
      if (!origin.isReferred || option.choices?.includes(text) === true) return text
      context.problems.add({
        code: 'QRN-CONFIG-010',
        message: `what \`${option.name}\` refers to is not admitted`,
        hint: `Admitted: ${option.choices?.join(', ')}.`,
        at,
      })
      return undefined
    case 'integer':
    case 'number':
    case 'boolean':
      // A template outside of flows is none, and no number either.
      return origin.isReferred || text.includes('{{')
        ? convertReferred(option, text, at, context)
        : undefined
    default:
      return text
  }
}

/** Text of an environment variable as a number or truth value; the value itself is never shown. */
function convertReferred(
  option: OptionDescriptor,
  text: string,
  at: Spot,
  context: ResolveContext,
): unknown {
  if (option.type === 'boolean') {
    const word = text.trim().toLowerCase()
    if (word === 'true' || word === '1') return true
    if (word === 'false' || word === '0') return false
  } else {
    const pattern = option.type === 'integer' ? /^[+-]?\d+$/ : /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i
    const value = pattern.test(text.trim()) ? Number(text) : NaN
    const isInside = value >= (option.minimum ?? -Infinity) && value <= (option.maximum ?? Infinity)
    if (isInside && (option.type === 'number' || Number.isSafeInteger(value))) return value
  }
  context.problems.add({
    code: 'QRN-CONFIG-009',
    message: `what \`${option.name}\` refers to is no ${option.type} that it admits`,
    hint: 'Correct the value that it refers to.',
    at,
  })
  return undefined
}

function columnValue(name: string, at: Spot, context: ResolveContext): string {
  if (context.columnNames !== undefined && !context.columnNames.includes(name)) {
    context.problems.add({
      code: 'QRN-CONFIG-015',
      message: `the column \`${name}\` is not declared`,
      hint: suggest(name, context.columnNames),
      at,
    })
  }
  return name
}

function nameValue(
  name: string,
  at: Spot,
  known: readonly string[] | undefined,
  [what, table]: readonly [string, string],
  { problems }: ResolveContext,
): string {
  if (known?.includes(name) === false) {
    problems.add({
      code: 'QRN-CONFIG-033',
      message: `there is no ${what} \`${name.slice(0, 80)}\``,
      hint:
        known.length === 0
          ? `Declare it under [${table}.${name.slice(0, 80)}] in qarion.toml.`
          : suggest(name, known),
      at,
    })
  }
  return name
}

/** A table or list with the references in its texts resolved. */
export function deepValue(node: TomlNode, context: ResolveContext): unknown {
  if (node.kind === 'array') return node.items.map((item) => deepValue(item, context))
  if (node.kind === 'table') {
    return Object.fromEntries(
      Array.from(node.entries, ([key, entry]) => [key, deepValue(entry.node, context)]),
    )
  }
  if (node.value instanceof TomlDateTime) return node.value.text
  if (typeof node.value !== 'string') return node.value
  return resolveText(node.value, node, context)?.value
}

function jsonValue(node: TomlNode): unknown {
  return datesAsTexts(toPlain(node))
}

function datesAsTexts(value: PlainValue): unknown {
  if (value instanceof TomlDateTime) return value.text
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(datesAsTexts)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, datesAsTexts(inner)]))
}

function defaultOf(option: OptionDescriptor): unknown {
  if (option.type === 'duration') return parseDuration(String(option.default))
  if (option.type === 'size') return parseSize(String(option.default))
  return option.default
}

function shown(text: string, { isReferred }: TextOrigin): string {
  return isReferred ? 'what it refers to' : `"${text.slice(0, 60)}"`
}
