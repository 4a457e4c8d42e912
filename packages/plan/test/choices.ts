import { DataTypes, decimalType, FUNCTION_NAMES, isQarionError } from '@qarion/core'
import type { DataType, DataTypeKind, Expression } from '@qarion/core'
import {
  call,
  canCast,
  caseWhen,
  castTo,
  column,
  FUNCTION_SIGNATURES,
  isIn,
  literal,
  nullOf,
  parameter,
} from '@qarion/plan'
import * as fc from 'fast-check'

/** A stream of decisions, so that fast-check can shrink what a generator made of them. */
export class Choices {
  readonly #numbers: readonly number[]
  #at = 0
  #state = 1

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  /** Past the given numbers it goes on by itself, so that short lists make deep data too. */
  next(below: number): number {
    const given = this.#numbers[this.#at]
    this.#state = (Math.imul(this.#state ^ (given ?? this.#at), 1_664_525) + 1_013_904_223) >>> 0
    this.#at += 1
    return (given ?? this.#state >>> 8) % below
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.next(items.length)] as Item
  }
}

export const choices: fc.Arbitrary<Choices> = fc
  .array(fc.nat(10_000), { maxLength: 40 })
  .map((numbers) => new Choices(numbers))

export const TYPES: readonly DataType[] = [
  DataTypes.boolean,
  DataTypes.integer,
  decimalType(12, 2),
  DataTypes.float,
  DataTypes.string,
  DataTypes.date,
  DataTypes.time,
  DataTypes.timestamp,
  DataTypes.json,
  DataTypes.binary,
]

/** One plain column of each type, and some whose names need quotes. */
export const COLUMNS: readonly { readonly name: string; readonly type: DataType }[] = [
  ...TYPES.map((type) => ({ name: `a_${type.kind}`, type })),
  { name: 'select "x"', type: DataTypes.string },
  { name: 'and', type: DataTypes.boolean },
  { name: 'Ünit_2', type: DataTypes.integer },
  { name: '2nd', type: decimalType(38, 10) },
  { name: "it's", type: DataTypes.date },
]

export const PARAMETERS: ReadonlyMap<string, DataType> = new Map(
  TYPES.map((type, index) => [index % 2 === 0 ? `p_${type.kind}` : `p ${type.kind}`, type]),
)

const TEXTS: Readonly<Record<DataTypeKind, readonly string[]>> = {
  boolean: ['true', 'false'],
  integer: ['0', '1', '-7', '9223372036854775807', '-9223372036854775808'],
  decimal: ['0', '1.50', '-0.01', '9999999999.99', '12'],
  float: ['0', '1.5', '-2e-7', '1e300'],
  string: ['', 'a', "it's", '"; drop table x; --', 'a\\b%_', 'é😀\n'],
  date: ['2024-02-29', '0001-01-01', '9999-12-31'],
  time: ['00:00:00', '23:59:59.999999'],
  timestamp: ['2024-01-01T00:00:00Z', '1969-12-31T23:59:59.5Z'],
  json: ['{"b":1,"a":[null,true,"x"]}', '1.0', '"\'"'],
  binary: ['', 'AA==', 'aGVsbG8='],
}

/** A well-typed expression over COLUMNS and PARAMETERS. */
export function makeExpression(from: Choices, kind: DataTypeKind, depth: number): Expression {
  if (depth <= 0) return makeLeaf(from, kind)
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const made = attemptExpression(from, kind, depth)
    if (made?.type.kind === kind) return made
  }
  return makeLeaf(from, kind)
}

export const expressions: fc.Arbitrary<Expression> = choices.map((from) =>
  makeExpression(from, from.pick(TYPES).kind, 4),
)

function makeLeaf(from: Choices, kind: DataTypeKind): Expression {
  const type = from.pick(TYPES.filter((one) => one.kind === kind))
  switch (from.next(6)) {
    case 0:
      return nullOf(type)
    case 1: {
      const [name] = [...PARAMETERS].find(([, one]) => one.kind === kind) ?? ['']
      return parameter(name, type)
    }
    case 2:
    case 3: {
      const fit = COLUMNS.filter((one) => one.type.kind === kind)
      const { name, type: own } = from.pick(fit)
      return column(name, own)
    }
    default:
      return literal(type, from.pick(TEXTS[kind]))
  }
}

function attemptExpression(
  from: Choices,
  kind: DataTypeKind,
  depth: number,
): Expression | undefined {
  try {
    switch (from.next(8)) {
      case 0: {
        const type = TYPES.find((one) => one.kind === kind) as DataType
        const sources = TYPES.filter((one) => canCast(one, type))
        return castTo(makeExpression(from, from.pick(sources).kind, depth - 1), type)
      }
      case 1: {
        const branches = Array.from({ length: 1 + from.next(2) }, () => ({
          when: makeExpression(from, 'boolean', depth - 2),
          then: makeExpression(from, kind, depth - 1),
        }))
        return caseWhen(
          branches,
          from.next(2) === 0 ? undefined : makeExpression(from, kind, depth - 1),
        )
      }
      case 2: {
        if (kind !== 'boolean') return undefined
        const type = from.pick(TYPES)
        const items = Array.from({ length: 1 + from.next(3) }, () =>
          literal(type, from.pick(TEXTS[type.kind])),
        )
        return isIn(makeExpression(from, type.kind, depth - 1), items, {
          isNegated: from.next(2) === 0,
        })
      }
      default:
        return makeCall(from, kind, depth)
    }
  } catch (thrown) {
    if (isQarionError(thrown)) return undefined
    throw thrown
  }
}

function makeCall(from: Choices, kind: DataTypeKind, depth: number): Expression {
  const name = from.pick(FUNCTION_NAMES)
  const { parameters } = FUNCTION_SIGNATURES[name]
  const shared = kind === 'boolean' ? from.pick(TYPES).kind : kind
  const args: Expression[] = []
  for (const one of parameters) {
    if (one.isOptional && from.next(2) === 0) break
    const accepted =
      one.accepts === 'any'
        ? shared
        : one.accepts.includes(shared)
          ? shared
          : from.pick(one.accepts)
    if (one.isLiteral) args.push(makeLiteral(from, name, accepted))
    else args.push(makeExpression(from, accepted, depth - 1))
    if (one.isRepeated && from.next(2) === 0) args.push(makeExpression(from, accepted, depth - 1))
  }
  return call(name, ...args)
}

function makeLiteral(from: Choices, name: string, kind: DataTypeKind): Expression {
  if (name === 'date_trunc')
    return literal(DataTypes.string, from.pick(['day', 'week', 'month', 'year']))
  if (name === 'like') return literal(DataTypes.string, from.pick(['%', "a\\%_'", '\\\\', '']))
  if (name === 'matches')
    return literal(DataTypes.string, from.pick(['^a+$', "[\\w']{2,3}", '(?:é|😀)?', '']))
  return kind === 'integer'
    ? literal(DataTypes.integer, String(from.next(5)))
    : makeLeaf(from, kind)
}
