import type { AggregateName, FunctionName, WindowName } from '@qarion/core'

import { deepFreeze } from '../freeze.ts'
import { AGGREGATE_FUNCTIONS } from './aggregate-functions.ts'
import { ARITHMETIC_FUNCTIONS } from './arithmetic-functions.ts'
import { CHOICE_FUNCTIONS } from './choice-functions.ts'
import { COMPARISON_FUNCTIONS } from './comparison-functions.ts'
import { COMPOSED_FUNCTIONS } from './composed-functions.ts'
import { LOGIC_FUNCTIONS } from './logic-functions.ts'
import type { FunctionSignature } from './signature.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'
import { TIME_FUNCTIONS } from './time-functions.ts'
import { WINDOW_FUNCTIONS } from './window-functions.ts'

/** The closed table of functions: one row for every name of the contract, or this file does not compile. */
export const FUNCTION_SIGNATURES: Readonly<Record<FunctionName, FunctionSignature>> = deepFreeze({
  ...COMPARISON_FUNCTIONS,
  ...LOGIC_FUNCTIONS,
  ...ARITHMETIC_FUNCTIONS,
  ...CHOICE_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...COMPOSED_FUNCTIONS,
})

export const AGGREGATE_SIGNATURES: Readonly<Record<AggregateName, FunctionSignature>> =
  deepFreeze(AGGREGATE_FUNCTIONS)

export const WINDOW_SIGNATURES: Readonly<Record<WindowName, FunctionSignature>> =
  deepFreeze(WINDOW_FUNCTIONS)
