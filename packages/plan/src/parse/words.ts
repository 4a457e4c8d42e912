import type { FunctionName } from '@qarion/core'

/** Words that name no column unless quoted. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'and',
  'as',
  'between',
  'case',
  'cast',
  'distinct',
  'else',
  'end',
  'false',
  'from',
  'in',
  'is',
  'like',
  'not',
  'null',
  'or',
  'then',
  'true',
  'when',
])

type BindingLevel =
  | 'or'
  | 'and'
  | 'not'
  | 'is'
  | 'comparison'
  | 'concat'
  | 'sum'
  | 'product'
  | 'sign'
  | 'primary'

/** How tightly each level binds; higher binds tighter. */
export const BINDING: Readonly<Record<BindingLevel, number>> = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  concat: 6,
  sum: 7,
  product: 8,
  sign: 9,
  primary: 10,
}

export interface InfixSign {
  readonly function: FunctionName
  readonly binding: number
}

/** Signs between two operands and the functions they stand for. */
export const INFIX_SIGNS: Readonly<Record<string, InfixSign>> = {
  or: { function: 'or', binding: BINDING.or },
  and: { function: 'and', binding: BINDING.and },
  '=': { function: 'equal', binding: BINDING.comparison },
  '<>': { function: 'not_equal', binding: BINDING.comparison },
  '!=': { function: 'not_equal', binding: BINDING.comparison },
  '<': { function: 'less', binding: BINDING.comparison },
  '<=': { function: 'less_or_equal', binding: BINDING.comparison },
  '>': { function: 'greater', binding: BINDING.comparison },
  '>=': { function: 'greater_or_equal', binding: BINDING.comparison },
  '||': { function: 'concat', binding: BINDING.concat },
  '+': { function: 'add', binding: BINDING.sum },
  '-': { function: 'subtract', binding: BINDING.sum },
  '*': { function: 'multiply', binding: BINDING.product },
  '/': { function: 'divide', binding: BINDING.product },
}

/** Functions whose sign may be repeated for one call with many arguments: `a and b and c`. */
export const CHAINED_FUNCTIONS: ReadonlySet<FunctionName> = new Set(['and', 'or', 'concat'])
