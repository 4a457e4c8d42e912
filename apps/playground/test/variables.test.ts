import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario } from '../src/index.ts'

const FLOW = `
[variables]
region = { type = "string", default = "EU" }
limit = { type = "number", default = 2.50 }
folder = { type = "string", default = "data" }

[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "region", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 10, scale = 1 },
]

[properties]
deleted_when = "region <> :region or amount > :limit"
include_unchanged = true

[properties.load]
source_path = "{{ folder }}"
file_pattern = "d*.csv"
format = "csv"
`

const ROWS = "id,region,amount\na,EU,2.5\nb,EU,2.6\nc,O'Brien,1\n"

describe.each(ENGINE_IDS)('variables on %s', (engine) => {
  it('are bound in expressions, whatever they hold', async () => {
    await withScenario({ engine, flow: FLOW }, async (t) => {
      await t.deliver('d1.csv', ROWS)
      await t.runOk({ variables: { region: "O'Brien", limit: '1' } })
      expect(await t.rows('current', ['id'])).toEqual(['c'])
      await t.runOk({ fullRefresh: true })
      expect(await t.rows('current', ['id'])).toEqual(['a'])
    })
  })
})

describe('a run with variables', () => {
  const engine = 'sqlite'

  it('records their values, and asks for what the properties that they feed ask for', async () => {
    await withScenario({ engine, flow: FLOW }, async (t) => {
      await t.deliver('d1.csv', ROWS)
      const { run } = await t.runOk({ variables: { region: 'US' } })
      expect(run.flows[0]?.variables).toEqual({ region: 'US', limit: '2.50', folder: 'data' })
      expect((await t.qarion.getRun(run.id))?.flows[0]?.variables?.['region']).toBe('US')
      const changes = async (variables: Record<string, string>) =>
        (await t.qarion.plan({ variables })).flows[0]?.definitionChanges
      expect(await changes({ region: 'US' })).toEqual([])
      expect(await changes({ region: 'US', folder: 'data/' })).toEqual([
        { key: 'variables.folder', effect: 'passes' },
      ])
      expect(await changes({ region: 'EU' })).toEqual([
        { key: 'properties.deleted_when', effect: 'rebuild' },
        { key: 'variables.region', effect: 'passes' },
      ])
    })
  })

  it('reads other deliveries', async () => {
    await withScenario({ engine, flow: FLOW }, async (t) => {
      await t.deliver('other/d1.csv', ROWS)
      const variables = { folder: 'data/other' }
      expect((await t.qarion.plan({ variables })).flows[0]?.batches[0]?.files).toEqual([
        'data/other/d1.csv',
      ])
      await t.runOk({ variables })
      expect(await t.rows('current', ['id'])).toEqual(['a'])
    })
  })

  it('refuses names that no selected flow declares', async () => {
    const otherFlows = {
      u: `id = "u"\nflow_type = "change_feed"\nnamespace = "raw"\n[variables]\nday = { type = "date", default = 2024-01-01 }\n[input]\nprimary_key = ["id"]\ncolumns = [{ name = "id", schema_type = "string" }]\n[properties.load]\nsource_path = "data"\nfile_pattern = "u*.csv"\nformat = "csv"\n`,
    }
    await withScenario({ engine, flow: FLOW, otherFlows }, async (t) => {
      await expect(t.run({ variables: { regoin: 'EU' } })).rejects.toMatchObject({
        code: 'QRN-SDK-005',
        reason: 'usage',
        hint: 'Did you mean region?',
      })
      await expect(t.run({ flows: ['t'], variables: { day: '2024-01-02' } })).rejects.toMatchObject(
        {
          code: 'QRN-SDK-005',
        },
      )
      await expect(t.qarion.plan({ variables: { day: 'tomorrow' } })).rejects.toMatchObject({
        code: 'QRN-CONFIG-002',
        problems: [{ code: 'QRN-CONFIG-037', place: { file: 'flows/u.toml', line: 5 } }],
      })
    })
  })

  it('writes exports to other places', async () => {
    const otherFlows = {
      out: `id = "out"\nflow_type = "export_flow"\nnamespace = "raw"\n[variables]\nregion = { type = "string", default = "EU" }\n[properties.export]\nsource_dataset_id = "t.current"\nfile_path = "out/{{ region }}_{{ batch_id }}.csv"\nexport_mode = "full"\nformat = "csv"\n`,
    }
    await withScenario({ engine, flow: FLOW, otherFlows }, async (t) => {
      await t.deliver('d1.csv', ROWS)
      await t.runOk({ variables: { region: 'EU2' } })
      expect(await readFile(join(t.directory, 'out/EU2_1.csv'), 'utf8')).toBe('id,region,amount\n')
    })
  })
})
