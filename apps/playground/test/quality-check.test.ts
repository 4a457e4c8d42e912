import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario } from '../src/index.ts'

const ORDERS = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "customer", schema_type = "string" },
  { name = "email", schema_type = "string" },
  { name = "status", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "weight", schema_type = "float" },
  { name = "ordered_at", schema_type = "timestamp" },
]

[properties.load]
source_path = "data"
file_pattern = "orders_*.csv"
format = "csv"
`

const CUSTOMERS = `
id = "customers"
flow_type = "change_feed"
namespace = "raw"

[input]
primary_key = ["name"]
columns = [{ name = "name", schema_type = "string", required = true }]

[properties.load]
source_path = "data"
file_pattern = "customers_*.csv"
format = "csv"
`

const QUALITY = `
id = "quality"
namespace = "raw"
flow_type = "quality_check"

[input]
columns = []

[[properties.quality_suites]]
id = "orders"
name = "Orders"
data_source = { source_type = "dataset", dataset_id = "t.current" }
checks = [
  { check_id = "customer_there", check_type = "completeness", columns = ["customer"], config = { threshold = 0.75 } },
  { check_id = "email_once", check_type = "uniqueness", columns = ["email"], severity = "warning" },
  { check_id = "status_known", check_type = "accepted_values", columns = ["status"], config = { values = ["open", "paid"] }, severity = "warning" },
  { check_id = "amount_range", check_type = "range", columns = ["amount"], config = { min = 0, max = 1000.5 }, severity = "error" },
  { check_id = "email_length", check_type = "length", columns = ["email"], config = { min = 3, max = 20 } },
  { check_id = "email_form", check_type = "pattern", columns = ["email"], config = { pattern = '^[^@]+@[^@]+$' } },
  { check_id = "customer_known", check_type = "foreign_key", columns = ["customer"], severity = "warning", config = { dataset_id = "customers.current", columns = ["name"] } },
  { check_id = "paid_has_amount", check_type = "expression", config = { expression = "status <> 'paid' or amount is not null" } },
  { check_id = "weight_range", check_type = "range", columns = ["weight"], config = { min = 0.5 } },
  { check_id = "fresh", check_type = "freshness", columns = ["ordered_at"], config = { max_age = "2d" } },
  { check_id = "count", check_type = "row_count", config = { min = 2, max_decrease = 0.4 } },
  { check_id = "off", check_type = "row_count", config = { min = 200 }, enabled = false },
]
`

const HEADER = 'id,customer,email,status,amount,weight,ordered_at\n'
const FIRST =
  HEADER +
  [
    '1,ann,a@x.org,open,10.00,1.5,2024-04-29T10:00:00Z',
    '2,,b@x.org,paid,1000.50,,2024-04-30T10:00:00Z',
    '3,bob,a@x.org,lost,,0.5,2024-04-30T12:00:00Z',
    '4,cleo,d@x.org,open,0.00,2,',
  ].join('\n')
const SECOND =
  HEADER +
  [
    '1,ann,a@x.org,open,-0.01,1.5,2024-04-29T10:00:00Z',
    '2,,nobody,paid,,0.25,2024-04-30T10:00:00Z',
  ].join('\n')

const RESULTS = ['check_id', 'status', 'rows_checked', 'rows_failed', 'passed_fraction', 'observed']

describe.each(ENGINE_IDS)('%s', (engine) => {
  it('makes every check over a dataset of another flow, once in each run', async () => {
    const warnings: string[] = []
    await withScenario(
      {
        engine,
        flow: ORDERS,
        otherFlows: { quality: QUALITY, customers: CUSTOMERS },
        onEvent: (event) => {
          if (event.type === 'warning') warnings.push(event.message)
        },
      },
      async (scenario) => {
        await scenario.deliver('customers_1.csv', 'name\nann\nbob\n')
        await scenario.deliver('orders_1.csv', FIRST)
        const first = await scenario.run({ batchTime: '2024-05-01T00:00:00Z' })
        expect(first.errors.map(({ error }) => error)).toEqual([])
        expect(await scenario.rows('quality.results', RESULTS)).toEqual([
          'customer_there|passed|4|1|0.750000|∅',
          'email_once|failed|4|2|0.500000|∅',
          'status_known|failed|4|1|0.750000|∅',
          'amount_range|passed|4|0|1.000000|∅',
          'email_length|passed|4|0|1.000000|∅',
          'email_form|passed|4|0|1.000000|∅',
          'customer_known|failed|4|1|0.750000|∅',
          'paid_has_amount|passed|4|0|1.000000|∅',
          'weight_range|passed|4|0|1.000000|∅',
          'fresh|passed|4|∅|∅|2024-04-30T12:00:00Z',
          'count|passed|4|∅|∅|4',
        ])
        expect(
          await scenario.rows('quality.failures', [
            'check_id',
            'failure_number',
            'row_key',
            'failed_values',
          ]),
        ).toEqual([
          'customer_known|1|4|cleo',
          'customer_there|1|2|\\N',
          'email_once|1|1|a@x.org',
          'email_once|2|3|a@x.org',
          'status_known|1|3|lost',
        ])
        expect(warnings).toEqual([
          'checks of severity warning that failed: 3 (suite_id orders, check_id customer_known, rows_failed 1, rows_checked 4; suite_id orders, check_id email_once, rows_failed 2, rows_checked 4; suite_id orders, check_id status_known, rows_failed 1, rows_checked 4)',
        ])

        await scenario.deliver('orders_2.csv', SECOND)
        const second = await scenario.run({ batchTime: '2024-05-03T00:00:00Z' })
        expect(second.status).toBe('partial')
        const [{ error }] = second.errors as [(typeof second.errors)[number]]
        expect([error.code, error.reason, error.message, error.hint]).toEqual([
          'QRN-CHECK-101',
          'guard',
          'checks of severity error that failed: 7',
          'Type: qarion show quality.failures',
        ])
        expect(await scenario.rows('quality.results', RESULTS, { batch: 2 })).toEqual([
          'customer_there|failed|2|1|0.500000|∅',
          'email_once|passed|2|0|1.000000|∅',
          'status_known|passed|2|0|1.000000|∅',
          'amount_range|failed|2|1|0.500000|∅',
          'email_length|passed|2|0|1.000000|∅',
          'email_form|failed|2|1|0.500000|∅',
          'customer_known|passed|2|0|1.000000|∅',
          'paid_has_amount|failed|2|1|0.500000|∅',
          'weight_range|failed|2|1|0.500000|∅',
          'fresh|failed|2|∅|∅|2024-04-30T10:00:00Z',
          'count|failed|2|∅|∅|2',
        ])
        // Nothing new has come, and the checks are made again.
        expect(
          (await scenario.run({ batchTime: '2024-05-04T00:00:00Z', flows: ['quality'] })).status,
        ).toBe('refused')
        expect((await scenario.rows('quality.results', RESULTS, { batch: 3 })).at(-1)).toBe(
          'count|passed|2|∅|∅|2',
        )
      },
    )
  })
})
