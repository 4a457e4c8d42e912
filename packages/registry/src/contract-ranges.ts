import { CONTRACT_VERSIONS, PLUGIN_KINDS, type PluginKind } from '@qarion/core'

/** Oldest and newest contract of a kind that this host works with. */
export type ContractRange = readonly [oldest: number, newest: number]

export type ContractRanges = Readonly<Record<PluginKind, ContractRange>>

/** The ranges of this Qarion, with `overrides` in their place where given. */
export function contractRanges(overrides: Partial<ContractRanges> = {}): ContractRanges {
  const own = PLUGIN_KINDS.map((kind) => [kind, [CONTRACT_VERSIONS[kind], CONTRACT_VERSIONS[kind]]])
  return { ...(Object.fromEntries(own) as ContractRanges), ...overrides }
}

export function judgeContract(
  contract: number,
  range: ContractRange,
): 'ready' | 'too_old' | 'too_new' {
  if (contract < range[0]) return 'too_old'
  return contract > range[1] ? 'too_new' : 'ready'
}

/** The range as a person reads it: `2`, `1 to 2`. */
export function formatRange(range: ContractRange): string {
  return range[0] === range[1] ? String(range[0]) : `${range[0]} to ${range[1]}`
}
