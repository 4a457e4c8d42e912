import type { DataType } from '@qarion/core'

import type { Node } from '../frame/node.ts'
import type { Compilation, Operand } from './compilation.ts'

/** A function of the closed table over compiled arguments. */
export type CompiledFunction = (
  operands: readonly Operand[],
  type: DataType,
  compilation: Compilation,
) => Node
