import { FUNCTION_NAMES, formatType } from '@qarion/core'
import type { DataType, Expression } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'
import type { FunctionParameter, FunctionSignature } from './signature.ts'
import { FUNCTION_SIGNATURES } from './signatures.ts'

/** Checks the arguments against a signature and gives the type of the result. */
export function checkArguments(
  name: string,
  signature: FunctionSignature,
  args: readonly Expression[],
): DataType {
  checkCount(name, signature, args.length)
  for (const [index, argument] of args.entries()) {
    checkArgument(name, parameterAt(signature, index), argument)
  }
  return signature.resultType(args)
}

/** The signature of a function, by any text; throws QRN-PLAN-004 with the nearest name. */
export function signatureOf(name: string): FunctionSignature {
  if (Object.hasOwn(FUNCTION_SIGNATURES, name)) {
    return FUNCTION_SIGNATURES[name as keyof typeof FUNCTION_SIGNATURES]
  }
  throw planError(
    'QRN-PLAN-004',
    `There is no function ${name}.`,
    suggestName(name, FUNCTION_NAMES, 'functions'),
  )
}

/** The parameter that the argument at `index` belongs to. */
export function parameterAt(
  signature: FunctionSignature,
  index: number,
): FunctionParameter | undefined {
  const last = signature.parameters.at(-1)
  return signature.parameters[index] ?? (last?.isRepeated ? last : undefined)
}

/** `round(x, [digits])`: the function as it is called. */
export function formatSignature(name: string, signature: FunctionSignature): string {
  const shown = signature.parameters.map((parameter) =>
    parameter.isRepeated ? '…' : parameter.isOptional ? `[${parameter.name}]` : parameter.name,
  )
  return `${name}(${shown.join(', ')})`
}

function checkCount(name: string, signature: FunctionSignature, count: number): void {
  const { parameters } = signature
  const least = parameters.filter((parameter) => !parameter.isOptional).length
  const most = parameters.at(-1)?.isRepeated ? Number.POSITIVE_INFINITY : parameters.length
  if (count >= least && count <= most) return
  const wanted =
    most === least
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `${least} or more`
        : `${least} to ${most}`
  throw planError(
    'QRN-PLAN-003',
    `${name} was given ${count} arguments; it takes ${wanted}.`,
    `Write ${formatSignature(name, signature)}.`,
  )
}

function checkArgument(
  name: string,
  parameter: FunctionParameter | undefined,
  argument: Expression,
): void {
  if (parameter === undefined) return
  if (parameter.accepts !== 'any' && !parameter.accepts.includes(argument.type.kind)) {
    throw planError(
      'QRN-PLAN-002',
      `${name} was given ${formatType(argument.type)} for ${parameter.name}; it takes ${parameter.accepts.join(', ')}.`,
    )
  }
  if (parameter.isLiteral && (argument.kind !== 'literal' || argument.text === null)) {
    throw planError('QRN-PLAN-003', `${name} needs a constant for ${parameter.name}.`)
  }
}
