/**
 * Names of the closed table of functions. Argument types, rounding, NULL and overflow are docs/semantics.md,
 * section "Functions"; `@qarion/plan` holds the signatures, every engine passes one conformance case per function.
 */
export const FUNCTION_NAMES = [
  // comparison
  'equal',
  'not_equal',
  'less',
  'less_or_equal',
  'greater',
  'greater_or_equal',
  'is_distinct',
  'is_not_distinct',
  'is_null',
  'is_not_null',
  // logic
  'and',
  'or',
  'not',
  // arithmetic
  'add',
  'subtract',
  'multiply',
  'divide',
  'div',
  'mod',
  'negate',
  'abs',
  'sign',
  'round',
  'floor',
  'ceil',
  'ratio',
  // choice
  'coalesce',
  'null_if',
  'least',
  'greatest',
  // text
  'concat',
  'length',
  'lower',
  'upper',
  'trim',
  'trim_start',
  'trim_end',
  'substring',
  'replace',
  'position',
  'starts_with',
  'ends_with',
  'contains',
  'like',
  'matches',
  // date and time
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'date_trunc',
  'add_days',
  'days_between',
  'add_microseconds',
  'microseconds_between',
  // composed text
  'key_text',
  'json_array',
] as const

export type FunctionName = (typeof FUNCTION_NAMES)[number]

export const AGGREGATE_NAMES = [
  'count',
  'count_distinct',
  'sum',
  'min',
  'max',
  'avg',
  'arg_min',
  'arg_max',
  'collect',
] as const

export type AggregateName = (typeof AGGREGATE_NAMES)[number]

export const WINDOW_NAMES = [
  'row_number',
  'lag',
  'lead',
  'first',
  'last',
  'running_sum',
  'running_count',
  'running_min',
  'running_max',
] as const

export type WindowName = (typeof WINDOW_NAMES)[number]
