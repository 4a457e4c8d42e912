import { FUNCTION_NAMES, DataTypes } from '@qarion/core'
import type { FunctionName } from '@qarion/core'

import { decimal, literal } from '../builders/expressions.ts'
import { suggestName } from '../suggest.ts'
import type { SyntaxParser } from './parse-syntax.ts'
import { parseType, seesTypedConstant } from './parse-type.ts'
import { depthOver, type Syntax } from './syntax.ts'
import { isReserved } from './token-reader.ts'
import type { Token } from './tokens.ts'

/** What operators stand between: constants, names, calls, case, cast, parentheses. `sign` is that of a number. */
export function parsePrimary(parser: SyntaxParser, sign: '' | '-' = ''): Syntax {
  const { reader } = parser
  const token = reader.peek()
  const range = { start: token.start, end: token.end, depth: 1 }
  switch (token.kind) {
    case 'number':
      reader.next()
      return parseNumber(parser, token, sign)
    case 'string':
      reader.next()
      return constant(parser, DataTypes.string, token.text, token)
    case 'parameter':
      reader.next()
      return { kind: 'parameter', name: token.text, ...range }
    case 'quoted_name':
      reader.next()
      if (reader.sees('('))
        throw reader.error('QRN-EXPR-006', `"${token.text}" is a column, not a function`, token)
      return { kind: 'name', name: token.text, isQuoted: true, ...range }
    case 'name':
      return parseWord(parser, token)
    case 'sign':
    case 'end':
      if (reader.take('(')) return parseParentheses(parser, token)
      throw reader.unexpected('a value')
  }
}

function parseWord(parser: SyntaxParser, token: Token): Syntax {
  const { reader } = parser
  const range = { start: token.start, end: token.end, depth: 1 }
  if (reader.take('null')) return { kind: 'null', ...range }
  if (reader.take('true') || reader.take('false')) {
    return { kind: 'constant', type: DataTypes.boolean, text: token.text.toLowerCase(), ...range }
  }
  if (reader.take('case')) return parseCase(parser, token)
  if (reader.take('cast')) return parseCast(parser, token)
  if (isReserved(token)) {
    throw reader.unexpected('a value', `To name a column, quote it: "${token.text}".`)
  }
  if (seesTypedConstant(reader)) {
    const type = parseType(reader)
    return constant(parser, type, reader.next().text, { start: token.start, end: reader.end })
  }
  reader.next()
  if (reader.sees('(')) return parseCall(parser, token)
  return { kind: 'name', name: token.text, isQuoted: false, ...range }
}

function parseNumber(parser: SyntaxParser, token: Token, sign: '' | '-'): Syntax {
  const text = sign + token.text
  if (/[eE]/.test(text)) return constant(parser, DataTypes.float, text, token)
  if (!text.includes('.')) return constant(parser, DataTypes.integer, text, token)
  return fromBuilder(parser, token, () => decimal(text))
}

function constant(
  parser: SyntaxParser,
  type: Parameters<typeof literal>[0],
  text: string,
  range: Pick<Token, 'start' | 'end'>,
): Syntax {
  return fromBuilder(parser, range, () => literal(type, text))
}

/** The builder checks and normalises the text; its error gets a place. */
function fromBuilder(
  parser: SyntaxParser,
  range: Pick<Token, 'start' | 'end'>,
  build: () => ReturnType<typeof literal>,
): Syntax {
  const { reader } = parser
  try {
    const { type, text } = build()
    return {
      kind: 'constant',
      type,
      text: text ?? '',
      start: range.start,
      end: range.end,
      depth: 1,
    }
  } catch (thrown) {
    const message = (thrown as Error).message.replace(/\.$/, '')
    throw reader.error('QRN-EXPR-003', message, range)
  }
}

function parseParentheses(parser: SyntaxParser, open: Token): Syntax {
  const inner = parser.parse(0)
  parser.reader.expect(')', 'what ( opened')
  return { ...inner, start: open.start, end: parser.reader.end }
}

function parseCall(parser: SyntaxParser, nameToken: Token): Syntax {
  const { reader } = parser
  const name = nameToken.text.toLowerCase()
  if (!isFunctionName(name)) {
    throw reader.error(
      'QRN-EXPR-006',
      `There is no function ${nameToken.text}`,
      nameToken,
      suggestName(name, FUNCTION_NAMES, 'functions'),
    )
  }
  reader.next()
  const args: Syntax[] = []
  if (!reader.take(')')) {
    do args.push(parser.parse(0))
    while (reader.take(','))
    reader.expect(')', `the arguments of ${name}`)
  }
  return parser.call(name, args, { start: nameToken.start, end: reader.end })
}

function parseCase(parser: SyntaxParser, open: Token): Syntax {
  const { reader } = parser
  const subject = reader.sees('when') ? undefined : parser.parse(0)
  const branches: { when: Syntax; then: Syntax }[] = []
  while (reader.take('when')) {
    const value = parser.parse(0)
    reader.expect('then', 'when')
    const when = subject === undefined ? value : parser.call('equal', [subject, value], value)
    branches.push({ when, then: parser.parse(0) })
  }
  if (branches.length === 0) throw reader.unexpected('when')
  const otherwise = reader.take('else') ? parser.parse(0) : undefined
  reader.expect('end', 'case')
  const children = branches.flatMap(({ when, then }) => [when, then])
  if (otherwise !== undefined) children.push(otherwise)
  return parser.checked({
    kind: 'case',
    branches,
    ...(otherwise === undefined ? {} : { otherwise }),
    start: open.start,
    end: reader.end,
    depth: depthOver(children),
  })
}

function parseCast(parser: SyntaxParser, open: Token): Syntax {
  const { reader } = parser
  reader.expect('(', 'cast')
  const operand = parser.parse(0)
  reader.expect('as', 'the value of cast')
  const type = parseType(reader)
  reader.expect(')', 'the type of cast')
  return parser.checked({
    kind: 'cast',
    operand,
    type,
    start: open.start,
    end: reader.end,
    depth: operand.depth + 1,
  })
}

function isFunctionName(name: string): name is FunctionName {
  return FUNCTION_NAMES.some((known) => known === name)
}
