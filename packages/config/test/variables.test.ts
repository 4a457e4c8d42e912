import { describe, expect, it } from 'vitest'

import { definitionDocument } from '../src/index.ts'
import { failure, FLOW, load, PROJECT, summary } from './support.ts'

const VARIABLES = `
[variables]
region = { type = "string", default = "EU" }
limit = { type = "integer", default = 5 }
share = { type = "number", default = 0.50 }
dry = { type = "boolean", default = false }
day = { type = "date", default = 2024-05-31 }
at = { type = "timestamp", default = "2024-05-31T06:00:00+02:00" }
`

function flow(properties: string, variables = VARIABLES): string {
  return FLOW.replace(
    '[properties.load]',
    `${variables}\n[properties]\n${properties}\n[properties.load]`,
  )
}

const files = (text: string): Record<string, string> => ({
  'qarion.toml': PROJECT,
  'flows/orders.toml': text,
})

async function loaded(text: string, variables: Record<string, string> = {}) {
  const { flows } = await load(files(text), { variables })
  const [definition] = flows
  if (definition === undefined) throw new Error('no flow')
  return definition
}

describe('[variables]', () => {
  it('have their defaults in the text form of their types', async () => {
    expect((await loaded(flow(''))).variables).toEqual({
      region: { type: 'string', value: 'EU' },
      limit: { type: 'integer', value: '5' },
      share: { type: 'number', value: '0.50' },
      dry: { type: 'boolean', value: 'false' },
      day: { type: 'date', value: '2024-05-31' },
      at: { type: 'timestamp', value: '2024-05-31T04:00:00Z' },
    })
  })

  it('take the values that a run gives; names of other flows are left alone', async () => {
    const given = { region: '', limit: '9007199254740993', share: '-0.1', dry: 'TRUE', other: 'x' }
    expect((await loaded(flow(''), given)).variables).toMatchObject({
      region: { value: '' },
      limit: { value: '9007199254740993' },
      share: { value: '-0.1' },
      dry: { value: 'true' },
    })
  })

  it('refuse values that are none of their type, with the place of the declaration', async () => {
    const error = await failure(files(flow('')), {
      variables: { limit: '5.5', share: '1e3', day: '2024-02-30', dry: 'yes', at: 'now' },
    })
    expect(summary(error)).toEqual([
      'QRN-CONFIG-037 flows/orders.toml:15:9',
      'QRN-CONFIG-037 flows/orders.toml:16:9',
      'QRN-CONFIG-037 flows/orders.toml:17:7',
      'QRN-CONFIG-037 flows/orders.toml:18:7',
      'QRN-CONFIG-037 flows/orders.toml:19:6',
    ])
    expect(error.problems[0]?.hint).toBe('Give for instance --var limit=5.')
  })

  it('are refused with a name that is taken, an unknown type, no default, another key', async () => {
    const error = await failure(
      files(
        flow(
          '',
          `[variables]
batch_id = { type = "integer", default = 1 }
"a-b" = { type = "string", default = "" }
a = { type = "text", default = "" }
b = { type = "string" }
c = { type = "integer", default = "x" }
d = { type = "integer", default = 1, secret = true }
`,
        ),
      ),
    )
    expect(summary(error)).toEqual([
      'QRN-CONFIG-012 flows/orders.toml:13:1',
      'QRN-CONFIG-012 flows/orders.toml:14:1',
      'QRN-CONFIG-010 flows/orders.toml:15:14',
      'QRN-CONFIG-008 flows/orders.toml:16:5',
      'QRN-CONFIG-028 flows/orders.toml:17:35',
      'QRN-CONFIG-007 flows/orders.toml:18:38',
    ])
  })
})

describe('{{ name }}', () => {
  const templated = FLOW.replace('"data/orders"', '"data/{{ region | downcase }}"')
    .replace(
      'orders_*.csv',
      'orders_{{ day | replace: "-", "" }}_{batch_time:HHmm}.csv'.replaceAll('"', "'"),
    )
    .replace(
      '[properties.load]',
      `${VARIABLES}\n[properties]\nmax_deleted_fraction = "{{ share }}"\nheaders = { to = "{{ region }}", list = ["{{ limit }}"] }\n[properties.load]`,
    )

  it('is filled in in paths, patterns, numbers, tables and lists', async () => {
    const definition = await loaded(templated, { region: 'US' })
    expect(definition.load).toMatchObject({
      sourcePath: 'data/us',
      filePattern: 'orders_20240531_{batch_time:HHmm}.csv',
    })
    expect(definition.properties).toMatchObject({
      max_deleted_fraction: 0.5,
      headers: { to: 'US', list: ['5'] },
    })
  })

  it('is no way out of the project', async () => {
    const error = await failure(files(templated), { variables: { region: '../../..' } })
    expect(summary(error)).toEqual(['QRN-CONFIG-021 flows/orders.toml:25:15'])
  })

  it('takes a value as a text: neither references nor placeholders in it are read', async () => {
    const given = { region: '${env:HOME}{{ limit }}$${' }
    const { flows } = await load(files(flow('headers = { a = "{{ region }}-${env:HOME}" }')), {
      variables: given,
      env: { HOME: '{{ dry }}' },
    })
    expect(flows[0]?.properties['headers']).toEqual({ a: '${env:HOME}{{ limit }}$${-{{ dry }}' })
  })

  it('names an unknown variable with its place and the nearest name', async () => {
    const error = await failure(
      files(flow('headers = { a = "x {{ regoin }} {{ region }} {{ constructor }}" }')),
    )
    expect(summary(error)).toEqual([
      'QRN-CONFIG-034 flows/orders.toml:22:23',
      'QRN-CONFIG-034 flows/orders.toml:22:49',
    ])
    expect(error.problems[0]?.hint).toBe('Did you mean `region`?')
  })

  it('names any variable as unknown where the flow declares none', async () => {
    const error = await failure(files(flow('headers = { a = "{{ region }}" }', '')))
    expect(error.problems[0]?.code).toBe('QRN-CONFIG-034')
    expect(error.problems[0]?.hint).toContain('[variables]')
  })

  it.each([
    ['{{ region', 'not closed'],
    ['{{ region | foo }}', 'undefined filter: foo'],
    ["{% include 'x' %}{{ region }}", 'tag "include" not found'],
    ["{% render 'x' %}{{ region }}", 'tag "render" not found'],
    ["{{ region | date: '%s' }}", 'undefined filter: date'],
  ])('%s is refused', async (text, reason) => {
    const error = await failure(files(flow(`headers = { a = "${text}" }`)))
    expect(error.problems.map(({ code }) => code)).toEqual(['QRN-CONFIG-035'])
    expect(error.problems[0]?.message).toContain(reason)
  })

  it('reaches no properties of objects', async () => {
    const error = await failure(files(flow('headers = { a = "{{ region.constructor.name }}" }')))
    expect(error.problems[0]?.code).toBe('QRN-CONFIG-035')
  })

  it('is refused in an expression', async () => {
    const error = await failure(files(flow(`deleted_when = "status = '{{ region }}'"`)))
    expect(summary(error)).toEqual(['QRN-CONFIG-036 flows/orders.toml:22:16'])
    expect(error.problems[0]?.hint).toContain(':name')
  })

  it('leaves batch_id and batch_time of export paths to the run', async () => {
    const text = flow('').replace(
      '[properties.load]',
      '[properties.export]\nsource_dataset_id = "orders.change_feed"\nformat = "csv"\nfile_path = "out/{{ region }}/{{batch_id}}_{{ batch_time:yyyy }}_{batch_id}.csv"\n[properties.load]',
    )
    expect((await loaded(text)).export?.filePath).toBe(
      'out/EU/{{batch_id}}_{{ batch_time:yyyy }}_{batch_id}.csv',
    )
  })
})

describe('a value that changes', () => {
  it('changes the properties that hold it, and those whose expressions name it', async () => {
    const text = flow(
      `headers = { a = "{{ region }}" }\ndeleted_when = "amount > :limit and not :limited"\nsession_gap = "5m"`,
    )
    const parts = async (given: Record<string, string>) =>
      JSON.parse(definitionDocument(await loaded(text, given))) as Record<string, unknown>
    const before = await parts({})
    const after = await parts({ region: 'US', limit: '6', dry: 'true' })
    const changed = Object.keys(before).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    )
    expect(changed).toEqual([
      'properties.deleted_when',
      'properties.headers',
      'variables.dry',
      'variables.limit',
      'variables.region',
    ])
  })
})
