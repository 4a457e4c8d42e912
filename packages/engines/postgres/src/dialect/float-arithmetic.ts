import { bindOperands } from './bind.ts'

/** Powers of two as doubles; their product with the next one is 2^1075, by which the least double exceeds 1. */
const UP = '(2::float8 ^ 537)'
const UP_MORE = '(2::float8 ^ 538)'
const DOWN_MORE = '(2::float8 ^ -538)'

/** The nearest double, 0 where that is nearest: the server calls it an underflow. Adding 0 turns -0 into 0. */
export function multiplyFloats(a: string, b: string): string {
  return bindOperands(
    [a, b],
    'm',
    ([x = '', y = '']) =>
      `CASE WHEN abs(${x}) < 1 AND abs(${y}) < 1 THEN` +
      ` CASE WHEN abs((${x} * ${UP}) * (${y} * ${UP_MORE})) <= 1 THEN 0::float8 ELSE ${x} * ${y} + 0::float8 END` +
      ` ELSE ${x} * ${y} + 0::float8 END`,
  )
}

export function divideFloats(a: string, b: string): string {
  return bindOperands(
    [a, b],
    'd',
    ([x = '', y = '']) =>
      `CASE WHEN abs(${x}) < 1 AND abs(${y}) > 1 THEN` +
      ` CASE WHEN abs((${x} * ${UP}) / (${y} * ${DOWN_MORE})) <= 1 THEN 0::float8 ELSE ${x} / ${y} + 0::float8 END` +
      ` ELSE ${x} / ${y} + 0::float8 END`,
  )
}
