import { formatType } from '@qarion/core'
import type { LineageResult, TracedDataset } from '@qarion/sdk'

type Sources = TracedDataset['rows']

/** What `lineage --json` and `lineage --format json` hold. */
export interface LineageDocument {
  readonly dataset: string
  readonly column: string | null
  readonly direction: LineageResult['direction']
  /** The dataset itself and all that were reached, nearest first. */
  readonly datasets: readonly {
    /** Files that a flow exports are called `<flow>.<step>`, and have a path. */
    readonly dataset: string
    readonly flow: string
    readonly path: string | null
    readonly columns: readonly {
      readonly column: string
      /** As people write it; of files null. */
      readonly type: string | null
      readonly sources: Sources
    }[]
    /** What decides which rows there are. */
    readonly rows: Sources
  }[]
  /** Where deliveries come from, by flow. */
  readonly inputs: LineageResult['inputs']
}

export function lineageDocument(lineage: LineageResult): LineageDocument {
  const { column = null, dataset, datasets, direction, inputs } = lineage
  return {
    dataset,
    column,
    direction,
    datasets: datasets.map(({ columns, dataset: id, flow, path = null, rows, types }) => ({
      dataset: id,
      flow,
      path,
      columns: columns.map(({ column: name, sources }) => {
        const type = types[name]
        return { column: name, type: type === undefined ? null : formatType(type), sources }
      }),
      rows,
    })),
    inputs,
  }
}
