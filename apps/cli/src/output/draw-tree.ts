import type { Colors } from './terminal.ts'

/** A line and what hangs from it. */
export interface Tree {
  readonly label: string
  readonly children: readonly Tree[]
}

/** The branches of a tree as lines, without the line of the tree itself. */
export function drawBranches(
  trees: readonly Tree[],
  indent: string,
  colors: Colors,
): readonly string[] {
  return trees.flatMap(({ children, label }, index) => {
    const isLast = index === trees.length - 1
    return [
      `${indent}${colors.dim(isLast ? '└─' : '├─')} ${label}`,
      ...drawBranches(children, `${indent}${isLast ? '   ' : `${colors.dim('│')}  `}`, colors),
    ]
  })
}
