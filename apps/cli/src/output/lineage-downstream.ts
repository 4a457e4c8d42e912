import type { LineageResult } from '@qarion/sdk'

import type { Tree } from './draw-tree.ts'
import { isDirect, waysOf, type LineageNames } from './lineage-names.ts'
import { printable } from './printable.ts'

interface Taker {
  readonly dataset: string
  /** Absent: its rows. */
  readonly column?: string
  readonly dependences: readonly string[]
  readonly isMade: boolean
}

/** A tree per column: what is made of it, on to files. What it only decides ends a branch. */
export function downstreamTrees(lineage: LineageResult, names: LineageNames): readonly Tree[] {
  const takers = takersOf(lineage)
  const grown = new Set<string>()
  const { dim } = names.colors
  const grow = (key: string): readonly Tree[] =>
    [...(takers.get(key) ?? [])]
      .sort(byCloseness)
      .map(({ column, dataset, dependences, isMade }) => {
        if (column === undefined) {
          const label = `${names.ofDataset(dataset)} ${dim(`(which rows: ${dependences.join(', ')})`)}`
          return { label, children: [] }
        }
        const name = names.ofColumn(dataset, column)
        if (!isMade) return { label: `${name} ${dim(dependences.join(', '))}`, children: [] }
        const next = `${dataset}\0${column}`
        const label = `${name}${waysOf(dependences, names.colors)}`
        if (grown.has(next) && takers.has(next))
          return { label: `${label} ${dim('→ see above')}`, children: [] }
        grown.add(next)
        return { label, children: grow(next) }
      })
  const [own] = lineage.datasets
  // It has a line of its own above the tree.
  if (lineage.column !== undefined) return grow(`${lineage.dataset}\0${lineage.column}`)
  const columns = (own?.columns ?? []).map(({ column }) => ({
    label: names.colors.bold(printable(column)),
    children: grow(`${lineage.dataset}\0${column}`),
  }))
  return [...columns, ...grow(`${lineage.dataset}\0`)]
}

/** What is made of it, then the values that it decides over, then rows. */
function byCloseness(left: Taker, right: Taker): number {
  return placeOf(left) - placeOf(right)
}

function placeOf({ column, isMade }: Taker): number {
  if (column === undefined) return 2
  return isMade ? 0 : 1
}

function takersOf({ datasets }: LineageResult): ReadonlyMap<string, readonly Taker[]> {
  const takers = new Map<string, Taker[]>()
  for (const { columns, dataset, rows } of datasets) {
    for (const { column, sources } of [...columns, { column: undefined, sources: rows }]) {
      for (const source of sources) {
        const { dependences, origin } = source
        if (origin.kind !== 'column' && origin.kind !== 'dataset') continue
        const key = `${origin.dataset}\0${origin.kind === 'column' ? origin.column : ''}`
        // That a column depends on what it was itself is no news here.
        if (key === `${dataset}\0${column ?? ''}`) continue
        const taker = {
          dataset,
          ...(column === undefined ? {} : { column }),
          dependences,
          isMade: isDirect(source),
        }
        const known = takers.get(key)
        if (known === undefined) takers.set(key, [taker])
        else known.push(taker)
      }
    }
  }
  return takers
}
