import type { Scenario } from '../src/index.ts'

export interface DimensionOptions {
  readonly properties?: string
  readonly load?: string
}

const COLUMNS = `columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "city", schema_type = "string" },
  { name = "grade", schema_type = "integer" },
  { name = "since", schema_type = "timestamp", required = true },
  { name = "note", schema_type = "string" },
]`
const HEADER = 'id,city,grade,since,note\n'
const LOAD = `
[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
`

/** A dimension over deliveries of its own; `note` is not compared. */
export function dimensionFlow({ properties = '', load = '' }: DimensionOptions = {}): string {
  return `flow_type = "scd2"

[input]
primary_key = ["id"]
${COLUMNS}

[properties]
change_detection_exclude = ["note"]
on_empty = "accept"
${properties}
${LOAD}${load}
`
}

/** A change feed `t` that a dimension `people` reads. */
export function feedFlow(load = ''): string {
  return `
[input]
primary_key = ["id"]
${COLUMNS}

[properties]
change_detection_exclude = ["note"]
on_empty = "accept"
${LOAD}${load}
`
}

export function followingDimension(properties = ''): string {
  return `id = "people"
flow_type = "scd2"
namespace = "raw"

[input]
source_dataset_id = "t.change_feed"

[properties]
${properties}
`
}

/** Rows of a delivery: `a,Rome,1,2024-01-01,x`, one per line; a date stands for its midnight. */
export function delivery(...rows: readonly string[]): string {
  const whole = (row: string): string => row.replace(/,(\d{4}-\d\d-\d\d),/, ',$1T00:00:00Z,')
  return HEADER + rows.map((row) => `${whole(row)}\n`).join('')
}

const SHOWN = [
  'id',
  'xt_version',
  'city',
  'xt_valid_from',
  'xt_valid_to',
  'xt_close_reason',
  'xt_batch_id',
  'xt_closed_batch_id',
] as const

/** Versions as `a|1|Rome|2024-01-01|…`: times at midnight are written as dates. */
export async function versions(scenario: Scenario, flow = 't'): Promise<string[]> {
  const rows = await scenario.rows(`${flow}.dimension`, SHOWN)
  return rows.map((row) => row.replaceAll('T00:00:00Z', ''))
}

/** Every dataset of the dimension, also those that are its machinery. */
export async function everything(
  scenario: Scenario,
  flow = 't',
): Promise<Readonly<Record<string, string[]>>> {
  const result: Record<string, string[]> = {}
  for (const dataset of [
    'dimension',
    'current',
    'open_versions',
    'closed_versions',
    'ended_keys',
    'batch_totals',
  ])
    result[dataset] = await scenario.rows(`${flow}.${dataset}`)
  return result
}
