import type { Scenario } from '../src/index.ts'

export interface OutboxFlowOptions {
  readonly initialLoad?: 'publish' | 'skip'
  readonly properties?: string
  readonly load?: string
  /** TOML of `[properties.publish]`. */
  readonly publish?: string
}

const COLUMNS = `columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "status", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "quantity", schema_type = "integer" },
]`
const HEADER = 'id,status,amount,quantity\n'

/** An outbox over deliveries of its own. */
export function outboxFlow(options: OutboxFlowOptions = {}): string {
  const { initialLoad = 'publish', properties = '', load = '', publish } = options
  return `flow_type = "outbox"

[input]
primary_key = ["id"]
${COLUMNS}

[properties]
initial_load = "${initialLoad}"
on_empty = "accept"
${properties}
${publish === undefined ? '' : `\n[properties.publish]\n${publish}\n`}
[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
${load}
`
}

/** A change feed `t` that an outbox `box` reads. */
export function feedFlow(load = ''): string {
  return `
[input]
primary_key = ["id"]
${COLUMNS}

[properties]
on_empty = "accept"

[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
${load}
`
}

/** An outbox over the change feed of `t`. */
export function followingOutbox(initialLoad: 'publish' | 'skip'): string {
  return `id = "box"
flow_type = "outbox"
namespace = "raw"

[input]
source_dataset_id = "t.change_feed"

[properties]
initial_load = "${initialLoad}"
`
}

/** Rows of a delivery: `a,paid,1.00,2`, one per line. */
export function delivery(...rows: readonly string[]): string {
  return HEADER + rows.map((row) => `${row}\n`).join('')
}

/** Batch, revision, type, key, sequence and data of each event. */
export function events(scenario: Scenario, flow = 't'): Promise<string[]> {
  return scenario.rows(`${flow}.outbox`, [
    'xt_batch_id',
    'xt_revision',
    'type',
    'event_key',
    'sequence',
    'data',
  ])
}

/** The row as events carry it; all values as JSON texts. */
export function dataOf(
  id: string,
  status: string | null,
  amount: string | null,
  quantity: string | null,
): string {
  const text = (value: string | null): string => (value === null ? 'null' : JSON.stringify(value))
  const number =
    quantity === null || Number.isSafeInteger(Number(quantity)) ? quantity : `"${quantity}"`
  return `{"amount":${text(amount)},"id":${text(id)},"quantity":${number ?? 'null'},"status":${text(status)}}`
}
