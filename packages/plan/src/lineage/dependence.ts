/**
 * How something depends on a column, in the words of OpenLineage's column lineage. Direct ones say what a value is made
 * of, the others what else decides it, or decides which rows there are.
 * - `identity`: the value as it is.
 * - `transformation`: computed from it.
 * - `aggregation`: computed from the values of many rows.
 * - `join`, `filter`, `group_by`, `sort`: decides which rows there are, or their order.
 * - `window`: decides which rows a window function sees, and their order.
 * - `conditional`: decides which of several values is taken.
 */
export const DEPENDENCES = [
  'identity',
  'transformation',
  'aggregation',
  'join',
  'filter',
  'group_by',
  'sort',
  'window',
  'conditional',
] as const

export type Dependence = (typeof DEPENDENCES)[number]

/** Dependences as bits, in the order of `DEPENDENCES`: sets of them are united and composed by the thousand. */
export type DependenceBits = number

export function bitOf(dependence: Dependence): DependenceBits {
  return 1 << DEPENDENCES.indexOf(dependence)
}

const IDENTITY = bitOf('identity')
const AGGREGATION = bitOf('aggregation')
/** The lower the bit, the more of the value is left: what is computed from a computed value is computed. */
export const DIRECT_BITS: DependenceBits = IDENTITY | bitOf('transformation') | AGGREGATION

export function dependencesOf(bits: DependenceBits): readonly Dependence[] {
  return DEPENDENCES.filter((_, index) => (bits & (1 << index)) !== 0)
}

/** Whether one of them says what a value is made of. */
export function isDirect(dependences: readonly Dependence[]): boolean {
  return dependences.some((dependence) => (bitOf(dependence) & DIRECT_BITS) !== 0)
}

/**
 * How the result depends on a column of which it knows that it depends by `outer` on something that depends on the
 * column by `inner`: the less direct of the two counts.
 */
export function composeBits(outer: DependenceBits, inner: DependenceBits): DependenceBits {
  let bits = 0
  for (let rest = outer; rest !== 0; rest &= rest - 1) bits |= composeOne(rest & -rest, inner)
  return bits
}

function composeOne(outer: DependenceBits, inner: DependenceBits): DependenceBits {
  if ((outer & DIRECT_BITS) === 0) return inner === 0 ? 0 : outer
  const direct = inner & DIRECT_BITS
  const indirect = inner & ~DIRECT_BITS
  if (direct === 0) return indirect
  // Each direct one becomes at least what `outer` is.
  const stronger = direct & ~(outer - 1)
  return indirect | stronger | ((direct & (outer - 1)) === 0 ? 0 : outer)
}
