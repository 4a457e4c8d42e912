import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { formatValue, rowsOf, type Column } from '@qarion/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type EngineId, type Scenario } from '../src/index.ts'
import { exportFlow, readExport } from './export-support.ts'

/** Every type, with values at its borders; the texts are those of deliveries. */
const TYPES: readonly {
  readonly name: string
  readonly toml: string
  readonly texts: readonly string[]
}[] = [
  { name: 'b', toml: 'schema_type = "boolean"', texts: ['true', 'false'] },
  {
    name: 'n',
    toml: 'schema_type = "integer"',
    texts: ['0', '9007199254740993', '-9223372036854775808', '9223372036854775807'],
  },
  {
    name: 'd',
    toml: 'schema_type = "decimal", precision = 18, scale = 4',
    texts: ['0', '-0.0001', '99999999999999.9999', '1.50'],
  },
  { name: 'f', toml: 'schema_type = "float"', texts: ['-0.0', '0.1', '1e300', '-5e-324'] },
  {
    name: 's',
    toml: 'schema_type = "string"',
    texts: [
      '',
      'x',
      'é',
      'e\u0301',
      '😀',
      '"',
      'a,b',
      'two\nlines',
      ' x ',
      'null',
      '__null__',
      'a/b=%',
    ],
  },
  { name: 'day', toml: 'schema_type = "date"', texts: ['0001-01-01', '9999-12-31', '2024-02-29'] },
  { name: 'clock', toml: 'schema_type = "time"', texts: ['00:00', '23:59:59.999999', '12:30:01'] },
  {
    name: 't',
    toml: 'schema_type = "timestamp"',
    texts: [
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999Z',
      '2024-01-01T01:00:00+01:00',
      '1969-12-31T23:59:59.999999Z',
    ],
  },
  {
    name: 'j',
    toml: 'schema_type = "json"',
    texts: ['{"b":1,"a":[1.50,"é"]}', '[]', '"x"', '1e2'],
  },
  { name: 'bin', toml: 'schema_type = "binary"', texts: ['AAEC', 'AA==', '/w=='] },
]
const KEYS = ['a', 'b', 'c,d', '😀', 'A', '10']

const row = fc.tuple(...TYPES.map(({ texts }) => fc.constantFrom<string | null>(null, ...texts)))
const delivery = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), row), { maxLength: 6 })
  .map((rows) => new Map(rows))
const history = fc.array(delivery, { minLength: 1, maxLength: 3 })
type Delivery = ReadonlyMap<string, readonly (string | null)[]>

const partition = fc.constantFrom<readonly string[]>([], ['s'], ['b', 'd'], ['t'])

const INPUT = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
${TYPES.map(({ name, toml }) => `  { name = "${name}", ${toml} },\n`).join('')}]

[properties]
on_empty = "accept"
`

/** How each form is written, and how it is loaded. */
const FORMS = {
  CSV: {
    ending: 'csv',
    written: 'format = "csv"',
    loaded: 'format = "csv"\nempty_string = "quoted"',
  },
  Parquet: { ending: 'parquet', written: 'format = "parquet"', loaded: 'format = "parquet"' },
  'JSON Lines': {
    ending: 'ndjson',
    written: 'format = "json"\nlayout = "lines"',
    loaded: 'format = "json"\nlayout = "lines"',
  },
  'a JSON array': { ending: 'json', written: 'format = "json"', loaded: 'format = "json"' },
} as const
type Form = keyof typeof FORMS

/** The flow that loads what was exported, also from the folders of partitions. */
const reading = (form: Form): string => `id = "u"
flow_type = "change_feed"
namespace = "raw"
${INPUT}
[properties.load]
source_path = "exports"
file_pattern = "**/rows.${FORMS[form].ending}"
batch_by = "run"
${FORMS[form].loaded}
`

const quote = (text: string | null): string =>
  text === null ? '' : `"${text.replaceAll('"', '""')}"`
const csvOf = (rows: Delivery): string =>
  `id,${TYPES.map(({ name }) => name).join(',')}\n${[...rows].map(([key, cells]) => `${[key, ...cells].map(quote).join(',')}\n`).join('')}`

async function withExport<Result>(
  engine: EngineId,
  deliveries: readonly Delivery[],
  otherFlows: Readonly<Record<string, string>>,
  use: (scenario: Scenario) => Promise<Result>,
): Promise<Result> {
  const load = `\n[properties.load]\nsource_path = "data"\nfile_pattern = "d*.csv"\nformat = "csv"\nempty_string = "quoted"\n`
  return withScenario({ engine, flow: INPUT + load, otherFlows }, async (scenario) => {
    for (const [index, rows] of deliveries.entries())
      await scenario.deliver(`d${index + 1}.csv`, csvOf(rows))
    // Partitions without rows are no folders, which a load would miss.
    await mkdir(join(scenario.directory, 'exports'))
    await scenario.runOk({ flows: ['t', 'x'] })
    return use(scenario)
  })
}

/** The rows as text, cells that are NULL as `null`. */
async function show({ qarion }: Scenario, dataset: string): Promise<(string | null)[][]> {
  const { columns, batches } = await qarion.show({ dataset })
  const rows: (string | null)[][] = []
  for await (const batch of batches)
    for (const cells of rowsOf(batch))
      rows.push(
        cells.map((value, at) =>
          value === null ? null : formatValue((columns[at] as Column).type, value),
        ),
      )
  return rows
}

const writing = (form: Form, partitionBy: readonly string[]): string =>
  exportFlow(
    `file_path = "exports/rows.${FORMS[form].ending}"\n${FORMS[form].written}\npartition_by = ${JSON.stringify(partitionBy)}`,
    't.current',
  )

const RUNS = { numRuns: 4, endOnFailure: true } as const

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it.each(Object.keys(FORMS) as Form[])(
    'exporting as %s and loading again gives the same table',
    { timeout: 240_000 },
    async (form) => {
      await fc.assert(
        fc.asyncProperty(history, partition, (deliveries, partitionBy) => {
          const flows = { x: writing(form, partitionBy), u: reading(form) }
          return withExport(engine, deliveries, flows, async (scenario) => {
            const rows = await show(scenario, 't.current')
            await scenario.runOk({ flows: ['u'] })
            expect(await show(scenario, 'u.current')).toEqual(rows)
            expect(rows).toHaveLength((deliveries.at(-1) as Delivery).size)
          })
        }),
        RUNS,
      )
    },
  )
})

describe('all engines', () => {
  it('write the same bytes for the same history', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (deliveries) => {
        const files = []
        for (const engine of ENGINE_IDS) {
          const flows = { x: writing('CSV', []) }
          files.push(
            await withExport(engine, deliveries, flows, (scenario) =>
              readExport(scenario, 'rows.csv'),
            ),
          )
        }
        for (const file of files) expect(file).toBe(files[0])
      }),
      RUNS,
    )
  })
})
