import {
  cpSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { COLUMNS } from './generate.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const MANIFESTS = ['packages/*/package.json', 'packages/*/*/package.json', 'apps/*/package.json']

/** The module of @duckdb/node-api that the engine uses, so that both sides run the same DuckDB. */
export function duckdbDriver() {
  return driverOf('duckdb', '@duckdb/node-api')
}

/** The module of nodejs-polars that the engine uses. */
export function polarsDriver() {
  return driverOf('polars', 'nodejs-polars')
}

function driverOf(engine, name) {
  return createRequire(join(ROOT, `packages/engines/${engine}/package.json`)).resolve(name)
}

/**
 * Lays the built packages out as npm installs them: `lib` instead of `src`, outside dependencies linked. What is
 * measured is what users get, and nobody's edits change it on the way. Needs `pnpm build`.
 */
export function installProduct(directory) {
  rmSync(directory, { recursive: true, force: true })
  const unbuilt = []
  for (const file of globSync(MANIFESTS, { cwd: ROOT })) {
    const source = join(ROOT, dirname(file))
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    if (manifest.private === true) continue
    if (!existsSync(join(source, 'lib'))) {
      unbuilt.push(manifest.name)
      continue
    }
    installPackage(source, manifest, join(directory, 'node_modules', manifest.name))
  }
  return {
    directory,
    unbuilt,
    bin: join(directory, 'node_modules/@qarion/cli/bin/qarion.js'),
    sdk: join(directory, 'node_modules/@qarion/sdk/lib/index.js'),
  }
}

function installPackage(source, manifest, target) {
  mkdirSync(target, { recursive: true })
  for (const name of new Set([
    'lib',
    ...(manifest.files ?? []).filter((name) => /^[\w-]+$/.test(name)),
  ])) {
    if (existsSync(join(source, name)))
      cpSync(join(source, name), join(target, name), { recursive: true })
  }
  const published = JSON.parse(
    JSON.stringify(manifest.exports ?? {}).replaceAll(/"\.\/src\/([^"]+)\.ts"/g, '"./lib/$1.js"'),
  )
  const { devDependencies: _, ...rest } = manifest
  writeFileSync(
    join(target, 'package.json'),
    JSON.stringify({ ...rest, exports: published }, null, 2),
  )
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (name.startsWith('@qarion/')) continue
    const link = join(target, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(join(source, 'node_modules', name)), link)
  }
}

/** The module of pg that the engine uses. */
export function postgresDriver() {
  return createRequire(join(ROOT, 'packages/engines/postgres/package.json')).resolve('pg')
}

/** Name of the variable that holds the URL of the server. */
export const POSTGRES_URL = 'QARION_BENCH_POSTGRES_URL'

/** Rows of a statement, as arrays. */
export async function askPostgres(text) {
  const { default: pg } = await import(pathToFileURL(postgresDriver()).href)
  const client = new pg.Client({ connectionString: process.env[POSTGRES_URL] })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

const file = (path, option = 'path') => ({
  config: `${option} = "${path}"`,
  databaseIn: (directory) => join(directory, path),
})
/** Lines of `[engine.config]`, and the database that they mean: a file, a schema. */
const ENGINES = {
  duckdb: file('data/bench.duckdb'),
  sqlite: file('data/bench.db'),
  polars_local: { ...file('data/bench', 'storage_dir'), package: 'engine-polars' },
  polars_memory: { config: '', databaseIn: () => undefined, package: 'engine-polars' },
  postgres: {
    config: `url = "\${env:${POSTGRES_URL}}"\nschema = "bench"`,
    databaseIn: () => 'bench',
  },
}

/** A project with one flow over `deliveries/orders_*`, a change feed unless told, and the place of its database file. */
export function writeProject(
  directory,
  { product, engine, format = 'csv', flowType = 'change_feed' },
) {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(join(directory, 'deliveries'), { recursive: true })
  writeFrame(directory, product, engine)
  writeFlow(directory, 'orders', { format, flowType })
  return {
    directory,
    database: ENGINES[engine].databaseIn(directory),
    feedTable: 'raw_orders_change_feed',
  }
}

/** Adds a flow of a type that reads the change feed. */
export function writeFollowingFlow({ directory }, { id, flowType }) {
  writeFileSync(
    join(directory, 'flows', `${id}.toml`),
    `id = "${id}"
flow_type = "${flowType}"
namespace = "raw"

[input]
source_dataset_id = "orders.change_feed"
`,
  )
}

/** Adds a flow `export_<format>`, which writes the newest delivery to `exports/rows.<format>`. */
export function writeExportFlow({ directory }, format) {
  writeFileSync(
    join(directory, 'flows', `export_${format}.toml`),
    `id = "export_${format}"
name = "Export"
flow_type = "export_flow"
namespace = "raw"

[properties.export]
source_dataset_id = "orders.current"
file_path = "exports/rows.${format}"
format = "${format}"
`,
  )
  const path = join(directory, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  manifest.dependencies[`@qarion/exporter-${format}`] = '*'
  writeFileSync(path, JSON.stringify(manifest, null, 2))
}

/** A project of `flows` flows that has never run. */
export function writeWideProject(directory, { product, engine, flows }) {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(join(directory, 'deliveries'), { recursive: true })
  writeFrame(directory, product, engine)
  for (let flow = 1; flow <= flows; flow += 1) writeFlow(directory, `orders_${flow}`)
}

function writeFrame(directory, product, engine) {
  mkdirSync(join(directory, 'data'), { recursive: true })
  mkdirSync(join(directory, 'flows'), { recursive: true })
  symlinkSync(join(product.directory, 'node_modules'), join(directory, 'node_modules'))
  const dependencies = Object.fromEntries(
    [
      'cli',
      ENGINES[engine].package ?? `engine-${engine}`,
      'flows',
      'loader-csv',
      'loader-json',
      'loader-parquet',
      'repository-local',
    ].map((name) => [`@qarion/${name}`, '*']),
  )
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'bench', private: true, type: 'module', dependencies }, null, 2),
  )
  writeFileSync(
    join(directory, 'qarion.toml'),
    `[project]\nname = "bench"\ntimezone = "UTC"\n\n[engine]\nname = "${engine}"\n\n[engine.config]\n${ENGINES[engine].config}\n`,
  )
}

function writeFlow(directory, id, { format = 'csv', flowType = 'change_feed' } = {}) {
  const columns = COLUMNS.map(({ name, type, precision, scale }) => {
    const size = precision === undefined ? '' : `, precision = ${precision}, scale = ${scale}`
    return `  { name = "${name}", schema_type = "${type}"${size}${name === 'id' ? ', required = true' : ''} },`
  })
  writeFileSync(
    join(directory, 'flows', `${id}.toml`),
    `id = "${id}"
name = "Orders"
flow_type = "${flowType}"
namespace = "raw"

[input]
primary_key = ["id"]
columns = [
${columns.join('\n')}
]

[properties]
max_deleted_fraction = 0.3

[properties.load]
source_path = "deliveries"
file_pattern = "orders_*"
format = "${format}"
`,
  )
}

/** Puts deliveries into the project without copying them. */
export function deliver(project, files) {
  for (const { name, path } of files) linkSync(path, join(project.directory, 'deliveries', name))
}
