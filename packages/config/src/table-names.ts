import type { FlowDefinition } from '@qarion/core'

import { foldName, LONGEST_TABLE_NAME } from './identifiers.ts'
import type { ProblemList } from './problem-list.ts'
import type { Spot } from './toml-node.ts'

/** A flow with the names of its datasets and the place to blame. */
export interface NamedDatasets {
  readonly flow: FlowDefinition
  readonly datasets: readonly string[]
  readonly at: Spot
}

/** The table of a dataset: `<namespace>_<flow>_<dataset>`. */
export function tableName(flow: FlowDefinition, dataset: string): string {
  return `${flow.namespace}_${flow.id}_${dataset}`
}

/** Reports datasets of all flows that would come to one table, and names that are too long or look like a batch's. */
export function checkTableNames(all: readonly NamedDatasets[], problems: ProblemList): void {
  const owners = new Map<string, string>()
  for (const { flow, datasets, at } of all) {
    const names = datasets.map((dataset) => ({ dataset, table: tableName(flow, dataset) }))
    const longest = names.toSorted((left, right) => right.table.length - left.table.length)[0]
    if (longest !== undefined && longest.table.length > LONGEST_TABLE_NAME) {
      problems.add({
        code: 'QRN-CONFIG-016',
        message: `the table \`${longest.table}\` would have ${longest.table.length} bytes, ${LONGEST_TABLE_NAME} are the most`,
        hint: `Shorten namespace and id by ${longest.table.length - LONGEST_TABLE_NAME} characters.`,
        at,
      })
    }
    for (const { dataset, table } of names) {
      const id = `${flow.id}.${dataset}`
      const owner = owners.get(foldName(table))
      if (owner === undefined) owners.set(foldName(table), id)
      else {
        problems.add({
          code: 'QRN-CONFIG-017',
          message: `the datasets ${owner} and ${id} both come to the table \`${table}\``,
          at,
          data: { datasets: [owner, id], table },
        })
      }
      if (/__b\d+$/.test(table)) {
        problems.add({
          code: 'QRN-CONFIG-017',
          message: `the table \`${table}\` of ${id} would be named like the table of a batch`,
          at,
        })
      }
    }
  }
}
