import { formatValue, rowsOf, type Row as Values } from '@qarion/core'
import type { LineageResult, Qarion } from '@qarion/sdk'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { withScenario, type Scenario } from '../src/scenario.ts'

const INPUT = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "who", schema_type = "string", required = true },
  { name = "at", schema_type = "timestamp", required = true },
  { name = "amount", schema_type = "integer" },
  { name = "note", schema_type = "string" },
]
`

/** Flows over the same columns, each with some that it makes little of. */
const FLOWS: Readonly<Record<string, string>> = {
  change_feed: `${INPUT}
[properties]
change_detection_columns = ["amount"]
`,
  delta_publishing: `flow_type = "delta_publishing"
${INPUT}
[properties]
measure_columns = ["amount"]
`,
  sessionization: `flow_type = "sessionization"
${INPUT}
[properties]
entity_columns = ["who"]
event_time_column = "at"
session_gap = "1h"
last_columns = ["amount"]
`,
  growth_accounting: `flow_type = "growth_accounting"
${INPUT}
[properties]
entity_columns = ["who"]
event_time_column = "at"
period = "day"
`,
}

/** What may change: any column but the key. */
const CHANGED = ['who', 'at', 'amount', 'note'] as const

type Row = Readonly<Record<'id' | (typeof CHANGED)[number], string>>

const ROW: fc.Arbitrary<Omit<Row, 'id'>> = fc.record({
  who: fc.constantFrom('ada', 'bela'),
  at: fc.integer({ min: 0, max: 71 }).map((hour) => timeOf(hour)),
  amount: fc.constantFrom('', '1', '2', '3'),
  note: fc.constantFrom('', 'x', 'y'),
})

function timeOf(hour: number): string {
  return new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 19)
}

/** Two or three deliveries, some rows of which come again, and other values for one column. */
const HISTORY = fc.record({
  deliveries: fc.array(
    fc.dictionary(fc.constantFrom('1', '2', '3', '4', '5'), ROW, { minKeys: 1, maxKeys: 5 }),
    { minLength: 2, maxLength: 3 },
  ),
  others: fc.array(ROW, { minLength: 15, maxLength: 15 }),
})

function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ amount, at, id, note, who }) => [id, who, at, amount, note].join(','))
  return `id,who,at,amount,note\n${lines.join('\n')}\n`
}

async function runAll(
  scenario: Scenario,
  deliveries: readonly (readonly Row[])[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  for (const [index, rows] of deliveries.entries()) {
    await scenario.deliver(`d${index + 1}.csv`, csvOf(rows))
    await scenario.runOk({ batchTime: `2024-02-0${index + 1}T00:00:00Z` })
  }
  const values = new Map<string, readonly string[]>()
  const { datasets } = await scenario.qarion.validate()
  for (const { columns, id } of datasets) {
    const rows: Values[] = []
    const shown = await scenario.qarion.show({ dataset: id })
    for await (const batch of shown.batches) rows.push(...rowsOf(batch))
    for (const [index, { name, type }] of columns.entries()) {
      const texts = rows.map((row) => {
        const value = row[index] ?? null
        return value === null ? 'NULL' : formatValue(type, value)
      })
      values.set(`${id}.${name}`, texts.toSorted())
    }
  }
  return values
}

type Sources = LineageResult['datasets'][number]['rows']

/** Whether a column may depend on a column of the deliveries, by all that lineage says of it and of what it names. */
async function dependences(qarion: Qarion): Promise<(column: string, input: string) => boolean> {
  const { datasets } = await qarion.validate()
  const columns = new Map<string, Sources>()
  const rows = new Map<string, Sources>()
  for (const { id } of datasets) {
    const [own] = (await qarion.lineage({ dataset: id })).datasets
    rows.set(id, own?.rows ?? [])
    for (const { column, sources } of own?.columns ?? []) columns.set(`${id}.${column}`, sources)
  }
  return (column, input) => {
    const seen = new Set<string>()
    const reaches = (sources: Sources): boolean =>
      sources.some(({ origin }) => {
        if (origin.kind === 'input') return (origin.column ?? input) === input
        if (origin.kind !== 'column' && origin.kind !== 'dataset') return false
        return depends(origin.dataset, origin.kind === 'column' ? origin.column : undefined)
      })
    const depends = (dataset: string, name: string | undefined): boolean => {
      const key = `${dataset}.${name ?? ''}`
      if (seen.has(key)) return false
      seen.add(key)
      return (
        reaches(rows.get(dataset) ?? []) ||
        (name !== undefined && reaches(columns.get(`${dataset}.${name}`) ?? []))
      )
    }
    const dataset = datasets.find(({ id }) => column.startsWith(`${id}.`))?.id ?? ''
    return depends(dataset, column.slice(dataset.length + 1))
  }
}

describe.each(Object.entries(FLOWS))('%s', (_, flow) => {
  const options = { engine: 'sqlite', flow } as const

  it(
    'gives the same where lineage says that a column plays no part',
    { timeout: 120_000 },
    async () => {
      let compared = 0
      await fc.assert(
        fc.asyncProperty(HISTORY, async ({ deliveries, others }) => {
          const before = deliveries.map((rows) =>
            Object.entries(rows).map(([id, row]): Row => ({ id, ...row })),
          )
          const [plain, depends] = await withScenario(options, async (scenario) => [
            await runAll(scenario, before),
            await dependences(scenario.qarion),
          ])
          for (const changed of CHANGED) {
            const spare = [...others]
            const after = before.map((rows) =>
              rows.map((row): Row => ({ ...row, [changed]: spare.pop()?.[changed] ?? '' })),
            )
            const other = await withScenario(options, (scenario) => runAll(scenario, after))
            for (const [column, values] of plain) {
              if (depends(column, changed)) continue
              compared += 1
              expect([changed, column, other.get(column)]).toEqual([changed, column, values])
            }
          }
        }),
        // Each run takes five projects, so that what fails is told as it is.
        { numRuns: 4, endOnFailure: true },
      )
      expect(compared).toBeGreaterThan(40)
    },
  )

  it('has columns in which it plays no part', () =>
    withScenario(options, async ({ qarion }) => {
      const depends = await dependences(qarion)
      const { datasets } = await qarion.validate()
      const columns = datasets.flatMap(({ columns: all, id }) =>
        all.map(({ name }) => `${id}.${name}`),
      )
      const free = columns.filter((column) => !depends(column, 'note'))
      const bound = columns.filter((column) => depends(column, 'note'))
      expect(free.length).toBeGreaterThan(10)
      expect(bound).toContain('t.landing.note')
    }))
})
