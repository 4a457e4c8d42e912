import {
  createParser,
  type DataType,
  DataTypes,
  decimalType,
  type InputColumn,
  isQarionError,
  MAX_DECIMAL_PRECISION,
  type ParseOptions,
} from '@qarion/core'

import { columnDefault } from './column-default.ts'
import { COLUMN_KEYS, SCHEMA_TYPES } from './flow-keys.ts'
import { checkColumnName, foldName } from './identifiers.ts'
import type { ProblemList } from './problem-list.ts'
import type { ResolveContext } from './resolve-context.ts'
import { resolveOption } from './resolve-options.ts'
import { type Spot, textIn, type TomlArray, type TomlTable } from './toml-node.ts'

/** `[input] columns` checked. Columns that are wrong are left out. */
export function readColumns(
  columns: TomlArray | undefined,
  context: ResolveContext,
): readonly InputColumn[] {
  const read: InputColumn[] = []
  const names = new Map<string, string>()
  for (const item of columns?.items ?? []) {
    if (item.kind !== 'table') continue
    const name = textIn(item, 'name')
    if (name === undefined) continue
    const at = item.entries.get('name')?.node ?? item
    checkColumnName(name, at, context.problems)
    refuseSameName(name, at, names, context)
    const column = readColumn(name, item, context)
    if (column !== undefined) read.push(column)
  }
  return read
}

/** Names of the columns that are declared, those with mistakes included. */
export function declaredNames(columns: TomlArray | undefined): readonly string[] {
  return (columns?.items ?? []).flatMap((item) =>
    item.kind === 'table' ? (textIn(item, 'name') ?? []) : [],
  )
}

function refuseSameName(
  name: string,
  at: Spot,
  names: Map<string, string>,
  { problems }: ResolveContext,
): void {
  const same = names.get(foldName(name))
  names.set(foldName(name), same ?? name)
  if (same === undefined) return
  problems.add({
    code: 'QRN-CONFIG-014',
    message:
      same === name
        ? `the column \`${name}\` is declared twice`
        : `the columns \`${same}\` and \`${name}\` differ in case only`,
    at,
  })
}

function readColumn(
  name: string,
  table: TomlTable,
  context: ResolveContext,
): InputColumn | undefined {
  const values: Record<string, unknown> = {}
  for (const option of COLUMN_KEYS) {
    const node = table.entries.get(option.name)?.node
    if (node !== undefined) values[option.name] = resolveOption(option, node, context)
  }
  const type = readType(values, table, context)
  if (type === undefined) return undefined
  refuseSettings(name, type, table, context)
  const node = table.entries.get('default')?.node
  const literal = node && columnDefault(name, type, node, context.problems)
  const optional = {
    sourceName: values['source_name'],
    format: values['format'],
    decimalSeparator: values['decimal_separator'],
    groupSeparator: values['group_separator'],
    nullValues: values['null_values'],
    description: values['description'],
    default: literal,
  }
  return {
    name,
    type,
    required: values['required'] === true,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

function readType(
  values: Readonly<Record<string, unknown>>,
  table: TomlTable,
  context: ResolveContext,
): DataType | undefined {
  const kind = SCHEMA_TYPES.find((type) => type === values['schema_type'])
  if (kind === undefined) return undefined
  if (kind !== 'decimal') return DataTypes[kind]
  const { precision, scale } = values
  const missing = ['precision', 'scale'].filter((key) => !table.entries.has(key))
  if (missing.length > 0) {
    context.problems.add({
      code: 'QRN-CONFIG-019',
      message: `a decimal needs ${missing.map((key) => `\`${key}\``).join(' and ')}`,
      hint: 'Write for instance `precision = 12, scale = 2`.',
      at: table.entries.get('schema_type')?.node ?? table,
    })
    return undefined
  }
  if (typeof precision !== 'number' || typeof scale !== 'number') return undefined
  if (precision > MAX_DECIMAL_PRECISION || precision < 1) return undefined
  if (scale > precision) {
    context.problems.add({
      code: 'QRN-CONFIG-019',
      message: `scale ${scale} is greater than precision ${precision}`,
      hint: 'precision counts all digits, scale those after the point.',
      at: table.entries.get('scale')?.node ?? table,
    })
    return undefined
  }
  return decimalType(precision, scale)
}

const NUMBERS = ['integer', 'decimal', 'float']
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  precision: ['decimal'],
  scale: ['decimal'],
  decimal_separator: ['decimal', 'float'],
  group_separator: NUMBERS,
  format: ['date', 'time', 'timestamp'],
}

function refuseSettings(
  name: string,
  type: DataType,
  table: TomlTable,
  { problems }: ResolveContext,
): void {
  for (const [setting, kinds] of Object.entries(SETTINGS)) {
    const entry = table.entries.get(setting)
    if (entry === undefined) continue
    if (!kinds.includes(type.kind)) {
      problems.add({
        code: 'QRN-CONFIG-027',
        message: `\`${setting}\` says nothing for the ${type.kind} column \`${name}\``,
        hint: `It is for ${kinds.join(', ')}.`,
        at: entry.key,
      })
    }
  }
  refuseParsing(type, table, problems)
}

/** Formats and separators that the readers of values would refuse. */
function refuseParsing(type: DataType, table: TomlTable, problems: ProblemList): void {
  const keys = {
    format: 'format',
    decimal_separator: 'decimalSeparator',
    group_separator: 'groupSeparator',
  }
  const options: ParseOptions = Object.fromEntries(
    Object.entries(keys).flatMap(([key, option]) => {
      const text = textIn(table, key)
      return text === undefined || SETTINGS[key]?.includes(type.kind) !== true
        ? []
        : [[option, text]]
    }),
  )
  if (Object.keys(options).length === 0) return
  try {
    createParser(type, options)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    const key = Object.keys(keys).find((each) => table.entries.has(each)) ?? 'schema_type'
    problems.addError(thrown, table.entries.get(key)?.node ?? table)
  }
}
