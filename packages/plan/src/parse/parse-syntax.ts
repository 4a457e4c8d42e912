import type { FunctionName, TextRange } from '@qarion/core'

import type { TextSource } from './expression-errors.ts'
import { parsePrimary } from './parse-primary.ts'
import { depthOver, type Syntax } from './syntax.ts'
import { TokenReader } from './token-reader.ts'
import { BINDING, CHAINED_FUNCTIONS, INFIX_SIGNS } from './words.ts'

/** Deepest nesting of an expression's text and of its tree. */
export const MAX_SYNTAX_DEPTH = 200

/** Parses a whole text. Throws QRN-EXPR-001 to -004. */
export function parseSyntax(source: TextSource): Syntax {
  const reader = new TokenReader(source)
  const parser = new SyntaxParser(reader)
  const result = parser.parse(0)
  if (reader.peek().kind !== 'end') throw reader.unexpected('an operator or the end')
  return result
}

/** Operator precedence by climbing: each level parses what binds tighter than itself. */
export class SyntaxParser {
  readonly reader: TokenReader
  #nesting = 0

  constructor(reader: TokenReader) {
    this.reader = reader
  }

  /** An expression whose operators bind tighter than `binding`. */
  parse(binding: number): Syntax {
    this.#nesting += 1
    if (this.#nesting > MAX_SYNTAX_DEPTH) throw this.#tooDeep(this.reader.peek())
    let left = this.#parsePrefix()
    for (;;) {
      const next = this.#parseInfix(left, binding)
      if (next === undefined) break
      left = next
    }
    this.#nesting -= 1
    return left
  }

  /** A call node; throws QRN-EXPR-004 where the tree gets too deep. */
  call(name: FunctionName, args: readonly Syntax[], range: TextRange): Syntax {
    return this.checked({
      kind: 'call',
      function: name,
      arguments: args,
      start: range.start,
      end: range.end,
      depth: depthOver(args),
    })
  }

  checked(node: Syntax): Syntax {
    if (node.depth > MAX_SYNTAX_DEPTH) throw this.#tooDeep(node)
    return node
  }

  #parsePrefix(): Syntax {
    const { reader } = this
    const { start } = reader.peek()
    if (reader.take('not')) {
      const operand = this.parse(BINDING.not - 1)
      return this.call('not', [operand], { start, end: operand.end })
    }
    if (reader.take('-')) {
      if (reader.peek().kind === 'number') return this.#negateConstant(start)
      const operand = this.parse(BINDING.sign - 1)
      return this.call('negate', [operand], { start, end: operand.end })
    }
    return parsePrimary(this)
  }

  /** `-5` is a constant, so that the least integer can be written. */
  #negateConstant(start: number): Syntax {
    const constant = parsePrimary(this, '-')
    return { ...constant, start }
  }

  #parseInfix(left: Syntax, binding: number): Syntax | undefined {
    const { reader } = this
    const token = reader.peek()
    if (token.kind !== 'name' && token.kind !== 'sign') return undefined
    const word = token.text.toLowerCase()
    if (word === 'is') return binding < BINDING.is ? this.#parseIs(left) : undefined
    if (word === 'in' || word === 'like' || word === 'between' || word === 'not') {
      return binding < BINDING.comparison ? this.#parseWordComparison(left) : undefined
    }
    const sign = Object.hasOwn(INFIX_SIGNS, word) ? INFIX_SIGNS[word] : undefined
    if (sign === undefined || sign.binding <= binding) return undefined
    const operands = [left]
    do {
      reader.next()
      operands.push(this.parse(sign.binding))
    } while (CHAINED_FUNCTIONS.has(sign.function) && reader.sees(word))
    if (sign.binding === BINDING.comparison) this.#refuseChain()
    return this.call(sign.function, operands, { start: left.start, end: reader.end })
  }

  #parseIs(left: Syntax): Syntax {
    const { reader } = this
    reader.next()
    const isNegated = reader.take('not')
    if (reader.take('null')) {
      return this.call(isNegated ? 'is_not_null' : 'is_null', [left], {
        start: left.start,
        end: reader.end,
      })
    }
    if (reader.take('distinct', 'from')) {
      const right = this.parse(BINDING.is)
      return this.call(isNegated ? 'is_not_distinct' : 'is_distinct', [left, right], {
        start: left.start,
        end: right.end,
      })
    }
    throw reader.unexpected(
      'null or distinct from',
      'To compare with true or false, write = or is not distinct from.',
    )
  }

  #parseWordComparison(left: Syntax): Syntax {
    const { reader } = this
    const isNegated = reader.take('not')
    const result = this.#parseComparisonAfterNot(left, isNegated)
    this.#refuseChain()
    return result
  }

  #parseComparisonAfterNot(left: Syntax, isNegated: boolean): Syntax {
    const { reader } = this
    if (reader.take('in')) return this.#parseIn(left, isNegated)
    if (reader.take('like')) {
      const pattern = this.parse(BINDING.comparison)
      return this.#negateIf(
        isNegated,
        this.call('like', [left, pattern], { start: left.start, end: pattern.end }),
      )
    }
    if (reader.take('between')) {
      const low = this.parse(BINDING.comparison)
      reader.expect('and', 'the lower bound of between')
      const high = this.parse(BINDING.comparison)
      const range = { start: left.start, end: high.end }
      const both = [
        this.call('greater_or_equal', [left, low], range),
        this.call('less_or_equal', [left, high], range),
      ]
      return this.#negateIf(isNegated, this.call('and', both, range))
    }
    throw reader.unexpected('in, like or between')
  }

  #parseIn(operand: Syntax, isNegated: boolean): Syntax {
    const { reader } = this
    reader.expect('(', 'in')
    const items: Syntax[] = []
    do items.push(this.parse(0))
    while (reader.take(','))
    reader.expect(')', 'the list of in')
    return this.checked({
      kind: 'in',
      operand,
      items,
      isNegated,
      start: operand.start,
      end: reader.end,
      depth: depthOver([operand, ...items]),
    })
  }

  #negateIf(isNegated: boolean, operand: Syntax): Syntax {
    return isNegated ? this.call('not', [operand], operand) : operand
  }

  /** `a < b < c` reads like mathematics and means something else. */
  #refuseChain(): void {
    const { reader } = this
    const token = reader.peek()
    const sign = Object.hasOwn(INFIX_SIGNS, token.text) ? INFIX_SIGNS[token.text] : undefined
    const isComparison =
      (token.kind === 'sign' && sign?.binding === BINDING.comparison) ||
      ['in', 'like', 'between', 'not'].some((word) => reader.sees(word))
    if (isComparison) {
      throw reader.unexpected(
        'and, or or the end',
        'Comparisons do not chain: join two with and, or use parentheses.',
      )
    }
  }

  #tooDeep(range: TextRange): Error {
    return this.reader.error(
      'QRN-EXPR-004',
      `The expression is nested deeper than ${MAX_SYNTAX_DEPTH}`,
      range,
    )
  }
}
