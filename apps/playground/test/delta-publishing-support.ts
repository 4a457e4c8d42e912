import type { Scenario } from '../src/index.ts'

export interface LedgerOptions {
  readonly properties?: string
  readonly load?: string
}

const COLUMNS = `columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "region", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "quantity", schema_type = "integer" },
  { name = "note", schema_type = "string" },
]`
const HEADER = 'id,region,amount,quantity,note\n'

/** A ledger over deliveries of its own; `note` is not compared. */
export function ledgerFlow({ properties = '', load = '' }: LedgerOptions = {}): string {
  return `flow_type = "delta_publishing"

[input]
primary_key = ["id"]
${COLUMNS}

[properties]
measure_columns = ["amount", "quantity"]
change_detection_exclude = ["note"]
on_empty = "accept"
${properties}

[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
${load}
`
}

/** A change feed `t` that a ledger `ledger` reads. */
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

export const FOLLOWING_LEDGER = `id = "ledger"
flow_type = "delta_publishing"
namespace = "raw"

[input]
source_dataset_id = "t.change_feed"

[properties]
measure_columns = ["amount", "quantity"]
dimension_columns = ["region"]
`

/** Rows of a delivery: `a,EU,1.00,2,text`, one per line. */
export function delivery(...rows: readonly string[]): string {
  return HEADER + rows.map((row) => `${row}\n`).join('')
}

const AMOUNTS = ['id', 'region', 'amount', 'quantity'] as const

/** Key, dimension and amounts of each published row. */
export function published(scenario: Scenario, flow = 't'): Promise<string[]> {
  return scenario.rows(`${flow}.published`, AMOUNTS)
}

/** What was posted: batch, revision, type, then as `published`. */
export function posted(scenario: Scenario, flow = 't'): Promise<string[]> {
  return scenario.rows(`${flow}.delta_transaction`, [
    'xt_batch_id',
    'xt_revision',
    'xt_transaction_type',
    ...AMOUNTS,
  ])
}

/** The sums of the ledger by key and dimension, without those that are 0, as rows of `published`. */
export async function ledgerSums(scenario: Scenario, flow = 't'): Promise<string[]> {
  const sums = new Map<string, { amount: bigint; quantity: bigint; open: number }>()
  for (const line of await scenario.rows(`${flow}.delta_transaction`, [
    'xt_transaction_type',
    ...AMOUNTS,
  ])) {
    const [type, id, region, amount = '', quantity = ''] = line.split('|')
    const key = `${id}|${region}`
    const sum = sums.get(key) ?? { amount: 0n, quantity: 0n, open: 0 }
    sums.set(key, {
      amount: sum.amount + BigInt(amount.replace('.', '')),
      quantity: sum.quantity + BigInt(quantity),
      open: sum.open + (type === 'insert' || type === 'restatement' ? 1 : -1),
    })
  }
  const lines: string[] = []
  for (const [key, { amount, quantity, open }] of sums) {
    if (open === 0) {
      // What was taken back was taken back to the last cent.
      if (amount !== 0n || quantity !== 0n) lines.push(`${key} is not settled`)
    } else lines.push(`${key}|${hundredths(amount)}|${quantity}`)
  }
  return lines.toSorted()
}

function hundredths(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Whether each transaction that takes back names one that was posted, once, with the opposite amounts. */
export async function reversalProblems(scenario: Scenario, flow = 't'): Promise<string[]> {
  const rows = await scenario.rows(`${flow}.delta_transaction`, [
    'id',
    'region',
    'amount',
    'quantity',
    'xt_transaction_type',
    // Keys of the tests hold no `|`, so the identifiers do: they come last.
    'xt_transaction_id',
    'xt_reverses_transaction_id',
  ])
  const byId = new Map<string, string>()
  const taken = new Set<string>()
  const problems: string[] = []
  const parsed = rows.map((row) => {
    const [id, region, amount, quantity, type, ...rest] = row.split('|')
    const own = rest.slice(0, 4).join('|')
    return { id, region, amount, quantity, type, own, reverses: rest.slice(4).join('|') }
  })
  for (const { id, region, amount, quantity, own } of parsed) {
    if (byId.has(own)) problems.push(`${own} was posted twice`)
    byId.set(own, [id, region, negated(amount), negated(quantity)].join('|'))
  }
  for (const { id, region, amount, quantity, type, own, reverses } of parsed) {
    const isReversing = type === 'reversal' || type === 'deletion'
    if (isReversing !== (reverses !== '∅')) problems.push(`${own} names ${reverses}`)
    if (!isReversing) continue
    if (byId.get(reverses) !== [id, region, amount, quantity].join('|'))
      problems.push(`${own} does not take ${reverses} back`)
    if (taken.has(reverses)) problems.push(`${reverses} was taken back twice`)
    taken.add(reverses)
  }
  return problems
}

function negated(number = ''): string {
  if (/^0(\.0+)?$/.test(number)) return number
  return number.startsWith('-') ? number.slice(1) : `-${number}`
}
