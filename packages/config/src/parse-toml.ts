import { type AST, parseTOML, type ParseError } from 'toml-eslint-parser'

import type { ProblemList } from './problem-list.ts'
import {
  type Spot,
  type TomlArray,
  TomlDateTime,
  type TomlNode,
  type TomlSource,
  type TomlTable,
} from './toml-node.ts'

/**
 * Parses TOML 1.1 and keeps where everything stands. What is wrong goes to `problems`, and the result is `undefined`.
 */
export function parseToml(source: TomlSource, problems: ProblemList): TomlTable | undefined {
  let program: AST.TOMLProgram
  try {
    program = parseTOML(source.text, { tomlVersion: '1.1' })
  } catch (thrown) {
    problems.add(syntaxProblem(source, thrown))
    return undefined
  }
  const root: TomlTable = { kind: 'table', source, start: 0, end: 0, entries: new Map() }
  const build = createBuilder(source, problems)
  for (const item of program.body[0].body) {
    if (item.type === 'TOMLKeyValue') build.keyValue(root, item)
    else {
      const table = build.header(root, item)
      if (table !== undefined) for (const entry of item.body) build.keyValue(table, entry)
    }
  }
  return root
}

function syntaxProblem(source: TomlSource, thrown: unknown): Parameters<ProblemList['add']>[0] {
  const index = (thrown as Partial<ParseError>).index
  if (typeof index !== 'number') {
    // Nesting so deep that the parser runs out of stack.
    return {
      code: 'QRN-CONFIG-006',
      message: 'this is nested too deeply to be read',
      at: { source, start: 0, end: 0 },
      cause: thrown,
    }
  }
  // A missing value or bracket is noticed only on the next line: name the end of the one before.
  const before = source.text.slice(0, index)
  const isLate = index >= source.text.length ? before.endsWith('\n') : /=[ \t]*\r?\n$/.test(before)
  const start = Math.min(index, source.text.length) - (isLate ? 1 : 0)
  hideSecretLine(source, start)
  const reason = isLate ? 'a value or bracket is missing' : (thrown as Error).message
  return {
    code: 'QRN-CONFIG-006',
    message: `this is not TOML: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    at: { source, start, end: start + 1 },
  }
}

/** Which options are secret is not known before a file is parsed: lines of tables that may hold some are not shown. */
function hideSecretLine(source: TomlSource, offset: number): void {
  const before = source.text.slice(0, offset)
  const header = Array.from(before.matchAll(/^\s*\[+([^\]\n]*)/gm)).at(-1)?.[1] ?? ''
  if (/config|credential/i.test(header)) {
    source.secretRanges.push({ start: before.lastIndexOf('\n') + 1, end: offset + 1 })
  }
}

interface Builder {
  keyValue(table: TomlTable, node: AST.TOMLKeyValue): void
  header(root: TomlTable, node: AST.TOMLTable): TomlTable | undefined
}

function createBuilder(source: TomlSource, problems: ProblemList): Builder {
  const spot = (node: AST.TOMLNode): Spot => ({ source, start: node.range[0], end: node.range[1] })

  function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string | undefined {
    const name = key.type === 'TOMLBare' ? key.name : key.value
    if (name !== '__proto__') return name
    problems.add({
      code: 'QRN-CONFIG-007',
      message: 'the key `__proto__` is not admitted',
      at: spot(key),
    })
    return undefined
  }

  /** The table under one part of a dotted key or header, made if it is not there; the last one of an array. */
  function descend(table: TomlTable, key: AST.TOMLBare | AST.TOMLQuoted): TomlTable | undefined {
    const name = nameOf(key)
    if (name === undefined) return undefined
    const present = table.entries.get(name)?.node
    if (present?.kind === 'table') return present
    const last = present?.kind === 'array' ? present.items.at(-1) : undefined
    if (last?.kind === 'table') return last
    const made: TomlTable = { kind: 'table', ...spot(key), entries: new Map() }
    table.entries.set(name, { key: spot(key), node: made })
    return made
  }

  function parentOf(root: TomlTable, keys: AST.TOMLKey['keys']): TomlTable | undefined {
    let table: TomlTable | undefined = root
    for (const key of keys.slice(0, -1)) table = table && descend(table, key)
    return table
  }

  function keyValue(table: TomlTable, node: AST.TOMLKeyValue): void {
    const parent = parentOf(table, node.key.keys)
    const last = node.key.keys.at(-1)
    const name = last && nameOf(last)
    if (parent === undefined || last === undefined || name === undefined) return
    parent.entries.set(name, { key: spot(last), node: value(node.value) })
  }

  function header(root: TomlTable, node: AST.TOMLTable): TomlTable | undefined {
    const parent = parentOf(root, node.key.keys)
    const last = node.key.keys.at(-1)
    if (parent === undefined || last === undefined) return undefined
    if (node.kind === 'standard') return descend(parent, last)
    const name = nameOf(last)
    if (name === undefined) return undefined
    const present = parent.entries.get(name)?.node
    const array: TomlArray =
      present?.kind === 'array' ? present : { kind: 'array', ...spot(last), items: [] }
    if (present !== array) parent.entries.set(name, { key: spot(last), node: array })
    const table: TomlTable = { kind: 'table', ...spot(node.key), entries: new Map() }
    array.items.push(table)
    return table
  }

  function value(node: AST.TOMLContentNode): TomlNode {
    if (node.type === 'TOMLArray') {
      return { kind: 'array', ...spot(node), items: node.elements.map(value) }
    }
    if (node.type === 'TOMLInlineTable') {
      const table: TomlTable = { kind: 'table', ...spot(node), entries: new Map() }
      for (const entry of node.body) keyValue(table, entry)
      return table
    }
    return { kind: 'scalar', ...spot(node), value: scalar(node) }
  }

  return { keyValue, header }
}

function scalar(node: AST.TOMLValue): string | number | bigint | boolean | TomlDateTime {
  if (node.kind === 'integer') {
    return Number.isSafeInteger(node.value) ? Number(node.bigint) : node.bigint
  }
  if (node.kind === 'string' || node.kind === 'float' || node.kind === 'boolean') return node.value
  return new TomlDateTime(node.datetime)
}
