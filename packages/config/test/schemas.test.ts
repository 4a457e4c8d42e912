import { readFileSync } from 'node:fs'

import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'

import { flowSchema, projectSchema } from '../src/index.ts'
import { parseToml } from '../src/parse-toml.ts'
import { createProblemList } from '../src/problem-list.ts'
import { toPlain } from '../src/toml-node.ts'
import { EXPORT_FORMATS, FLOW, FLOW_TYPES, FORMATS, PROJECT } from './support.ts'

const committed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8'))

function plain(text: string): unknown {
  const root = parseToml({ file: 'x', text, secretRanges: [] }, createProblemList())
  return root && toPlain(root)
}

/** What comes from the option tables of flow types, formats and publishers, which other packages own. */
const OF_PLUGINS = new Set(['allOf', 'flow_type', 'format', 'publisher'])

function withoutPlugins(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    OF_PLUGINS.has(key) || isTaskType(value) ? undefined : value,
  )
}

function isTaskType(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null
  return isObject && 'description' in value && value.description === 'What the task does.'
}

test('the published schemas are those that the tables give; `pnpm schemas` writes them', () => {
  expect(committed('project')).toEqual(projectSchema())
  expect(withoutPlugins(committed('flow'))).toEqual(
    withoutPlugins(flowSchema({ flowTypes: {}, formats: {}, exportFormats: {} })),
  )
})

describe('the schema of flows', () => {
  const ajv = new Ajv({ strict: false })
  const open = ajv.compile(flowSchema({ flowTypes: {}, formats: {}, exportFormats: {} }))
  const known = ajv.compile(
    flowSchema({ flowTypes: FLOW_TYPES, formats: FORMATS, exportFormats: EXPORT_FORMATS }),
  )

  test('admits a good flow, and a flow of a type it does not know', () => {
    expect(known(plain(FLOW))).toBe(true)
    expect(open(plain(FLOW))).toBe(true)
    const other = FLOW.replace('change_feed', 'other').replace(
      '[properties.load]',
      '[properties]\nx = 1\n[properties.load]',
    )
    expect(known(plain(other))).toBe(true)
    expect(known(plain(FLOW.replace('"csv"', '"avro"\ncodec = "x"')))).toBe(true)
  })

  test('refuses what loading refuses', () => {
    expect(known(plain(FLOW.replace('namespace', 'namspace')))).toBe(false)
    expect(known(plain(FLOW.replace('"integer"', '"int"')))).toBe(false)
    expect(known(plain(FLOW.replace('format =', 'delimitter = ";"\nformat =')))).toBe(false)
    expect(
      known(plain(FLOW.replace('[properties.load]', '[properties]\nx = 1\n[properties.load]'))),
    ).toBe(false)
  })

  test('the schema of projects admits a project with environments', () => {
    const validate = ajv.compile(projectSchema())
    expect(validate(plain(`${PROJECT}[environments.prod.engine]\nname = "duckdb"\n`))).toBe(true)
    expect(validate(plain(`${PROJECT}[environments.prod.enginee]\nname = "duckdb"\n`))).toBe(false)
  })
})
