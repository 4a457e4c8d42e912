/**
 * Writes the published JSON Schemas: `node scripts/write-schemas.ts [--check] [plugin entry …]`. Entries are files whose
 * default export is a flow type, a type of task, a loader, an exporter or a publisher; their options become part of
 * flow.schema.json. With `--check` nothing is
 * written, and the exit code is 1 if a file is not up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { flowSchema, type FlowSchemaOptions, projectSchema, testSchema } from '../src/index.ts'

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
})
type Tables = Record<string, FlowSchemaOptions['formats'][string]>
const options: Record<keyof FlowSchemaOptions, Tables> = {
  flowTypes: {},
  formats: {},
  exportFormats: {},
  publishers: {},
  tasks: {},
}
const GROUPS = {
  flow: 'flowTypes',
  loader: 'formats',
  exporter: 'exportFormats',
  publisher: 'publishers',
  task: 'tasks',
} as const
for (const entry of positionals) {
  const { default: plugin } = await import(pathToFileURL(resolve(entry)).href)
  options[GROUPS[plugin.kind as keyof typeof GROUPS]][plugin.id] = plugin.options
}
const schemas = { project: projectSchema(), flow: flowSchema(options), test: testSchema() }
for (const [name, schema] of Object.entries(schemas)) {
  const path = resolve(import.meta.dirname, `../schemas/${name}.schema.json`)
  // The formatter decides where lines break, so that only the content counts.
  if (!values.check) writeFileSync(path, `${JSON.stringify(schema, undefined, 2)}\n`)
  else if (JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))) !== JSON.stringify(schema)) {
    process.stderr.write(
      `${path} is not up to date: run \`pnpm --filter @qarion/config schemas\`\n`,
    )
    process.exitCode = 1
  }
}
