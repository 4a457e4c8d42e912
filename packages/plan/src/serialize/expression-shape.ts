import { FUNCTION_NAMES } from '@qarion/core'
import type {
  CallExpression,
  CaseExpression,
  CastExpression,
  ColumnExpression,
  DataType,
  DataTypeKind,
  DecimalType,
  Expression,
  ExpressionKind,
  InExpression,
  LiteralExpression,
  ParameterExpression,
  TextRange,
} from '@qarion/core'

import {
  arrayShape,
  countShape,
  flagShape,
  lazy,
  nullable,
  objectShape,
  oneOf,
  optional,
  textShape,
  variantShape,
  type Shape,
} from './shape.ts'

/** Kinds and shapes side by side: a kind without its shape does not compile. */
type Variants<Kind extends string, Data> = Readonly<Record<Kind, Shape<Data>>>

function plainType<const Kind extends Exclude<DataTypeKind, 'decimal'>>(
  kind: Kind,
): Shape<{ readonly kind: Kind }> {
  return objectShape<{ readonly kind: Kind }>({ kind: oneOf(kind) } as Parameters<
    typeof objectShape<{ readonly kind: Kind }>
  >[0])
}

const TYPES: Variants<DataTypeKind, DataType> = {
  boolean: plainType('boolean'),
  integer: plainType('integer'),
  decimal: objectShape<DecimalType>({
    kind: oneOf('decimal'),
    precision: countShape,
    scale: countShape,
  }),
  float: plainType('float'),
  string: plainType('string'),
  date: plainType('date'),
  time: plainType('time'),
  timestamp: plainType('timestamp'),
  json: plainType('json'),
  binary: plainType('binary'),
}

export const typeShape: Shape<DataType> = variantShape('kind', TYPES)

const rangeShape = objectShape<TextRange>({ start: countShape, end: countShape })

const common = { type: typeShape, place: optional(rangeShape) }

export const expressionShape: Shape<Expression> = lazy(() => variantShape('kind', EXPRESSIONS))

export const literalShape: Shape<LiteralExpression> = objectShape<LiteralExpression>({
  kind: oneOf('literal'),
  text: nullable(textShape),
  ...common,
})

const branchShape = objectShape<CaseExpression['branches'][number]>({
  when: expressionShape,
  then: expressionShape,
})

const EXPRESSIONS: Variants<ExpressionKind, Expression> = {
  literal: literalShape,
  column: objectShape<ColumnExpression>({ kind: oneOf('column'), name: textShape, ...common }),
  parameter: objectShape<ParameterExpression>({
    kind: oneOf('parameter'),
    name: textShape,
    ...common,
  }),
  call: objectShape<CallExpression>({
    kind: oneOf('call'),
    function: oneOf(...FUNCTION_NAMES),
    arguments: arrayShape(expressionShape),
    ...common,
  }),
  case: objectShape<CaseExpression>({
    kind: oneOf('case'),
    branches: arrayShape(branchShape),
    otherwise: optional(expressionShape),
    ...common,
  }),
  cast: objectShape<CastExpression>({ kind: oneOf('cast'), operand: expressionShape, ...common }),
  in: objectShape<InExpression>({
    kind: oneOf('in'),
    operand: expressionShape,
    items: arrayShape(expressionShape),
    isNegated: flagShape,
    ...common,
  }),
}
