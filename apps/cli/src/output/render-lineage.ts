import { formatType } from '@qarion/core'
import type { LineageResult, TracedDataset } from '@qarion/sdk'

import { drawBranches } from './draw-tree.ts'
import { downstreamTrees } from './lineage-downstream.ts'
import { createNames, decidedLines } from './lineage-names.ts'
import { upstreamTrees } from './lineage-upstream.ts'
import { printable } from './printable.ts'
import type { Output } from './terminal.ts'

/** What a column is made of or what is made of it, as a tree; of a dataset column by column. */
export function renderLineage(lineage: LineageResult, { colors }: Pick<Output, 'colors'>): string {
  const [own] = lineage.datasets
  const names = createNames(lineage, colors)
  const isUpstream = lineage.direction === 'upstream'
  const trees = isUpstream ? upstreamTrees(lineage, names) : downstreamTrees(lineage, names)
  const rows = isUpstream && own !== undefined ? decidedLines(own.rows, names) : []
  const lines = [
    headOf(lineage, own, colors.bold),
    ...drawBranches(trees, '', colors),
    ...(trees.length > 0
      ? []
      : [colors.dim(isUpstream ? 'nothing is known to write it' : 'nothing is made of it')]),
    ...(rows.length === 0 ? [] : ['', colors.dim('which rows there are is decided by'), ...rows]),
  ]
  return `${lines.join('\n')}\n`
}

function headOf(
  { column, dataset }: LineageResult,
  own: TracedDataset | undefined,
  bold: (text: string) => string,
): string {
  if (own?.path !== undefined) {
    const of = column === undefined ? '' : `  ${printable(column)}`
    return `${bold(printable(own.path))}${of}`
  }
  if (column === undefined) return bold(printable(dataset))
  const type = own?.types[column]
  return `${bold(printable(`${dataset}.${column}`))}${type === undefined ? '' : `  ${formatType(type)}`}`
}
