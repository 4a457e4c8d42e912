import type { LineageResult, TracedDataset } from '@qarion/sdk'

import type { Tree } from './draw-tree.ts'
import { decidingWays, isDirect, joined, waysOf, type LineageNames } from './lineage-names.ts'
import { printable } from './printable.ts'

type Source = TracedDataset['rows'][number]

/** What a column is made of. */
interface Grown {
  /** What stands beside its name. */
  readonly note: string
  /** One after the other, each made of the next alone. */
  readonly chain: readonly string[]
  /** What the last of them is made of. */
  readonly children: readonly Tree[]
}

/** What each column is made of, back to deliveries, as a tree; a chain without choices is one line. */
export function upstreamTrees(lineage: LineageResult, names: LineageNames): readonly Tree[] {
  const { bold, dim } = names.colors
  const arrow = ` ${dim('←')} `
  const grow = createGrower(lineage, names, arrow)
  const [own] = lineage.datasets
  const columns = (own?.columns ?? []).map(({ column }) => ({
    column,
    ...grow(own?.dataset ?? '', column),
  }))
  const [only] = columns
  if (lineage.column === undefined || only === undefined) {
    return columns.map(({ chain, children, column, note }) => ({
      label: [bold(printable(column)) + note, ...chain].join(arrow),
      children,
    }))
  }
  // It has a line of its own above the tree.
  const notes = only.note === '' ? [] : [{ label: only.note.trimStart(), children: [] }]
  return only.chain.length === 0
    ? [...only.children, ...notes]
    : [{ label: only.chain.join(arrow), children: only.children }, ...notes]
}

function createGrower(
  { datasets }: LineageResult,
  names: LineageNames,
  arrow: string,
): (dataset: string, column: string) => Grown {
  const { dim } = names.colors
  const sources = new Map<string, readonly Source[]>()
  for (const { columns, dataset } of datasets)
    for (const { column, sources: list } of columns) sources.set(`${dataset}\0${column}`, list)
  const grown = new Set<string>()

  const grow = (dataset: string, column: string): Grown => {
    const key = `${dataset}\0${column}`
    const all = sources.get(key) ?? []
    const others = all.filter(
      ({ origin }) =>
        origin.kind !== 'column' || origin.dataset !== dataset || origin.column !== column,
    )
    const note = others.length < all.length ? ` ${dim('(and itself, as it was)')}` : ''
    const direct = others.filter(isDirect)
    const deciding = decidingWays(others)
    const [only] = direct
    if (only !== undefined && direct.length === 1 && deciding.length === 0) {
      const next = follow(only)
      return { ...next, note, chain: [next.note, ...next.chain] }
    }
    if (others.length === 0) return { note, chain: [], children: [] }
    if (grown.has(key)) return { note, chain: [dim('see above')], children: [] }
    grown.add(key)
    const branches = direct.map(follow).map(({ chain, children, note: name }) => ({
      label: [name, ...chain].join(arrow),
      children,
    }))
    const conditions = deciding.map(([way, list]) => ({
      label: `${dim(`${way}:`)} ${joined(list, names)}`,
      children: [],
    }))
    return { note, chain: [], children: [...branches, ...conditions] }
  }
  /** What a source is called comes in `note`. */
  const follow = ({ dependences, origin }: Source): Grown => {
    const name = `${names.of(origin)}${waysOf(dependences, names.colors)}`
    if (origin.kind !== 'column') return { note: name, chain: [], children: [] }
    const next = grow(origin.dataset, origin.column)
    return { ...next, note: name + next.note }
  }
  return grow
}
