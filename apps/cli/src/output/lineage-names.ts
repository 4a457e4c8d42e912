import type { LineageResult, TracedDataset } from '@qarion/sdk'

import { printable } from './printable.ts'
import type { Colors } from './terminal.ts'

type Source = TracedDataset['rows'][number]

/** How what lineage tells of is called. */
export interface LineageNames {
  readonly colors: Colors
  /** `orders.landing.amount`, `data/orders.csv: Order Amount`, `the run: batch_id`. */
  of(origin: Source['origin']): string
  /** A column of a dataset, or of a file that is exported. */
  ofColumn(dataset: string, column: string): string
  ofDataset(dataset: string): string
}

export function createNames({ datasets, inputs }: LineageResult, colors: Colors): LineageNames {
  const paths = new Map(datasets.map(({ dataset, path }) => [dataset, path]))
  const places = new Map(inputs.map(({ flow, name }) => [flow, name]))
  const ofDataset = (dataset: string): string => printable(paths.get(dataset) ?? dataset)
  const ofColumn = (dataset: string, column: string): string => {
    const isFile = paths.get(dataset) !== undefined
    return `${ofDataset(dataset)}${isFile ? ': ' : '.'}${printable(column)}`
  }
  return {
    colors,
    ofDataset,
    ofColumn,
    of(origin) {
      switch (origin.kind) {
        case 'column':
          return ofColumn(origin.dataset, origin.column)
        case 'dataset':
          return `${ofDataset(origin.dataset)} ${colors.dim('(its rows)')}`
        case 'input': {
          const place = printable(places.get(origin.flow) ?? origin.flow)
          return origin.column === undefined
            ? `${place} ${colors.dim('(its rows)')}`
            : `${place}: ${printable(origin.column)}`
        }
        case 'run':
          return `${colors.dim('the run:')} ${printable(origin.name)}`
        case 'constant':
          return colors.dim('a constant')
      }
    },
  }
}

const DIRECT: ReadonlySet<string> = new Set(['identity', 'transformation', 'aggregation'])

/** Whether a value is made of it. */
export function isDirect({ dependences }: Source): boolean {
  return dependences.some((dependence) => DIRECT.has(dependence))
}

/** How it is made, in words, unless it is the value as it is. */
export function waysOf(dependences: readonly string[], { dim }: Colors): string {
  const told = dependences.filter((dependence) => DIRECT.has(dependence))
  return told.length === 1 && told[0] === 'identity' ? '' : ` ${dim(told.join(', '))}`
}

/** What decides, by the way in which it does. */
export function decidingWays(
  sources: readonly Source[],
): readonly (readonly [string, readonly Source[]])[] {
  return [...new Set(sources.flatMap(({ dependences }) => dependences))]
    .filter((way) => !DIRECT.has(way))
    .map((way) => [way, sources.filter(({ dependences }) => dependences.includes(way))] as const)
}

/** A line for each way: `filter  orders.landing.status, …`. */
export function decidedLines(sources: readonly Source[], names: LineageNames): readonly string[] {
  const ways = decidingWays(sources)
  const width = Math.max(0, ...ways.map(([way]) => way.length))
  return ways.map(
    ([way, list]) => `  ${names.colors.dim(way.padEnd(width))}  ${joined(list, names)}`,
  )
}

/** Columns of one dataset together: `orders.landing: amount, status`. */
export function joined(sources: readonly Source[], names: LineageNames): string {
  const columns = new Map<string, string[]>()
  const others: string[] = []
  for (const { origin } of sources) {
    if (origin.kind !== 'column') others.push(names.of(origin))
    else columns.set(origin.dataset, [...(columns.get(origin.dataset) ?? []), origin.column])
  }
  const grouped = Array.from(columns, ([dataset, list]) => {
    const [only] = list
    return list.length === 1 && only !== undefined
      ? names.ofColumn(dataset, only)
      : `${names.ofDataset(dataset)} ${names.colors.dim('(')}${list.map(printable).join(', ')}${names.colors.dim(')')}`
  })
  return [...grouped, ...others].join(', ')
}
