import { parsePattern, printPattern } from '@qarion/plan'

import {
  binary,
  call,
  cast,
  coalesce,
  integerNode,
  isNull,
  nullNode,
  ternary,
  textNode,
  type Node,
} from '../frame/node.ts'
import type { Compilation, Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import { widen } from './number.ts'

/** The largest place in a text that counts: no text is longer. */
const END = 2n ** 31n

/** A function of Polars over the arguments as they are. */
export function textFunction(name: unknown): CompiledFunction {
  return (operands) => call({ StringExpr: name }, ...operands.map(({ node }) => node))
}

export const length: CompiledFunction = ([text]) =>
  cast(call({ StringExpr: 'LenChars' }, (text as Operand).node), 'Int64')

/** Blanks (U+0020) taken off. */
export function trimmed(
  name: 'StripChars' | 'StripCharsStart' | 'StripCharsEnd',
): CompiledFunction {
  return ([text]) => call({ StringExpr: name }, (text as Operand).node, textNode(' '))
}

/** `lower` and `upper`: Polars folds all letters, Qarion those of ASCII. */
export function folded(from: RegExp, name: 'toLowerCase' | 'toUpperCase'): CompiledFunction {
  return (operands, type, compilation) =>
    compilation.rows(type, operands, (text) =>
      (text as string).replace(from, (letters) => letters[name]()),
    )
}

export const substring: CompiledFunction = (operands, _type, compilation) => {
  const [text, start, count] = operands as readonly [Operand, Operand, Operand | undefined]
  const from = compilation.keep(widen(start))
  const first = clamp(binary('Minus', from, integerNode(1, 'Int128')))
  const offset = cast(first, 'Int64')
  const whole = [text.node, from]
  let size: Node = integerNode(END, 'UInt64')
  if (count !== undefined) {
    const end = binary('Plus', binary('Minus', from, integerNode(1, 'Int128')), widen(count))
    size = cast(clamp(binary('Minus', end, first)), 'UInt64')
    whole.push(count.node)
  }
  const slice = call({ StringExpr: 'Slice' }, text.node, offset, size)
  const anyNull = whole.map(isNull).reduce((left, right) => binary('Or', left, right))
  return ternary(anyNull, nullNode('String'), slice)
}

function clamp(node: Node): Node {
  const [least, greatest] = [integerNode(0, 'Int128'), integerNode(END, 'Int128')]
  const below = binary('Lt', node, least)
  return ternary(below, least, ternary(binary('Gt', node, greatest), greatest, node))
}

export const replace: CompiledFunction = (operands, type, compilation) => {
  const [text, part, by] = operands as readonly [Operand, Operand, Operand]
  const constant = constantText(part.node)
  if (constant !== undefined && constant !== '' && by.node.isConstant)
    return call(
      { StringExpr: { Replace: { n: -1, literal: true } } },
      text.node,
      part.node,
      by.node,
    )
  return compilation.rows(type, operands, (whole, found, put) =>
    found === '' ? whole : (whole as string).replaceAll(found as string, () => put as string),
  )
}

/** The place in code points; Polars finds bytes. */
export const position: CompiledFunction = (operands, type, compilation) =>
  compilation.rows(type, operands, (text, part) => {
    const at = (text as string).indexOf(part as string)
    if (at < 0) return 0n
    let place = 1n
    for (const _ of (text as string).slice(0, at)) place += 1n
    return place
  })

export const like: CompiledFunction = ([text, pattern]) => {
  const written = constantText((pattern as Operand).node)
  if (written === undefined) return nullNode('Boolean')
  const regex = textNode(`^(?s:${regexOf(written)})$`)
  return call(
    { StringExpr: { Contains: { literal: false, strict: true } } },
    (text as Operand).node,
    regex,
  )
}

export const matches: CompiledFunction = ([text, pattern]) => {
  const written = constantText((pattern as Operand).node)
  if (written === undefined) return nullNode('Boolean')
  const regex = printPattern(parsePattern(written), (point) => `\\x{${point.toString(16)}}`)
  return call(
    { StringExpr: { Contains: { literal: false, strict: true } } },
    (text as Operand).node,
    textNode(regex),
  )
}

function regexOf(pattern: string): string {
  return pattern.replaceAll(
    /\\([%_\\])|[%_]|[.*+?^${}()|[\]\\#&~-]/g,
    (found, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped
      if (found === '%') return '.*'
      return found === '_' ? '.' : `\\${found}`
    },
  )
}

/** The text that the node is, if it is one. */
export function constantText({ json }: Node): string | undefined {
  const literal = json as {
    readonly Literal?: { readonly Scalar?: { readonly String?: string } }
  }
  return literal.Literal?.Scalar?.String
}

/** Texts one after the other; NULL if one is. */
export function concatNodes(nodes: readonly Node[], delimiter: string, ignoreNulls: boolean): Node {
  const name = { ConcatHorizontal: { delimiter, ignore_nulls: ignoreNulls } }
  return call({ StringExpr: name }, ...nodes)
}

export const concat: CompiledFunction = (operands) =>
  concatNodes(
    operands.map(({ node }) => node),
    '',
    false,
  )

const ESCAPES = [
  ['\\', '\\\\'],
  ['|', '\\|'],
] as const

export const keyText = (operands: readonly Operand[], textOf: (operand: Operand) => Node): Node => {
  const parts = operands.map((operand) => {
    const { kind } = operand.type
    if (kind === 'time' || kind === 'timestamp')
      return coalesce(cast(cast(operand.node, 'Int64'), 'String'), textNode('\\N'))
    const text = textOf(operand)
    const escaped =
      kind === 'string' || kind === 'json'
        ? ESCAPES.reduce((node, [part, by]) => replaced(node, part, by), text)
        : text
    return coalesce(escaped, textNode('\\N'))
  })
  return concatNodes(parts, '|', false)
}

function replaced(node: Node, part: string, by: string): Node {
  const name = { StringExpr: { Replace: { n: -1, literal: true } } }
  return call(name, node, textNode(part), textNode(by))
}

/** JSON text of each string, as part of an array. */
export function jsonText(operand: Operand, compilation: Compilation): Node {
  const constant = constantText(operand.node)
  return constant === undefined
    ? compilation.rows({ kind: 'json' }, [operand], (text) => JSON.stringify(text))
    : textNode(JSON.stringify(constant))
}

/** Canonical text of an array from the JSON texts of its elements; NULLs are left out. */
export function jsonArrayOf(items: readonly Node[]): Node {
  const inner = coalesce(concatNodes(items, ',', true), textNode(''))
  return concatNodes([textNode('['), inner, textNode(']')], '', false)
}
