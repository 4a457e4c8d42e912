import { inspect } from 'node:util'

import { isSecret, QarionError } from '@qarion/core'
import { expect, test } from 'vitest'

import { definitionDocument, isCredentialReference } from '../src/index.ts'
import { failure, FLOW, FLOW_TYPES, load, PROJECT, summary } from './support.ts'

const DUCKDB = PROJECT.replace('"sqlite"', '"duckdb"')

test('a definition with every default from its one home', async () => {
  const { project, flows, warnings } = await load({
    'qarion.toml': PROJECT,
    'flows/orders.toml': FLOW,
  })
  expect(project).toMatchObject({
    name: 'shop',
    environment: 'default',
    timezone: 'UTC',
    engine: { id: 'sqlite', options: { path: `${project.directory}/data/shop.db` } },
    storages: { flows: 'local', datasets: 'local', schemas: 'local' },
    plugins: [],
    discover: true,
  })
  expect(warnings).toEqual([])
  expect(flows).toEqual([
    {
      id: 'orders',
      name: 'orders',
      flowType: 'change_feed',
      namespace: 'raw',
      file: 'flows/orders.toml',
      input: {
        primaryKey: ['order_id'],
        columns: [
          { name: 'order_id', type: { kind: 'integer' }, required: true },
          { name: 'amount', type: { kind: 'decimal', precision: 12, scale: 2 }, required: false },
        ],
      },
      properties: { include_unchanged: false, on_empty: 'fail' },
      load: {
        format: 'csv',
        sourcePath: 'data/orders',
        filePattern: 'orders_*.csv',
        batchBy: 'file',
        fileOrder: 'natural',
        onChangedFile: 'fail',
        minAgeMs: 0,
        timezone: 'UTC',
        ambiguousTime: 'earlier',
        maxRejects: 0,
        onUnreadableKey: 'fail',
        onExtraColumn: 'fail',
        emptyString: 'null',
        nullValues: [],
        retention: { landingBatches: 2 },
        options: { delimiter: ',', header: true },
      },
    },
  ])
})

test('tags of a flow, each once; they are no part of what batches are compared by', async () => {
  const tagged = FLOW.replace('[input]', 'tags = ["daily", "core", "daily"]\n\n[input]')
  const { flows } = await load({ 'qarion.toml': PROJECT, 'flows/orders.toml': tagged })
  expect(flows[0]?.tags).toEqual(['daily', 'core'])
  const { flows: untagged } = await load({ 'qarion.toml': PROJECT, 'flows/orders.toml': FLOW })
  expect(flows.map(definitionDocument)).toEqual(untagged.map(definitionDocument))
})

test('a tag that a selector could not name is refused with its place', async () => {
  const wrong = FLOW.replace('[input]', 'tags = ["a b", "x+"]\n\n[input]')
  const error = await failure({ 'qarion.toml': PROJECT, 'flows/orders.toml': wrong })
  expect(summary(error).join()).toContain('QRN-CONFIG-012')
})

test('every setting of a load and of a column arrives', async () => {
  const { flows } = await load({
    'qarion.toml': PROJECT,
    'flows/orders.toml': FLOW.replace(
      'format = "csv"',
      `format = "csv"
batch_by = "day"
file_order = "batch_time"
on_changed_file = "reload"
ready_file = "done"
min_age = "1h 30m"
timezone = "Europe/Vienna"
ambiguous_time = "reject"
batch_time_column = "day"
max_rejects = 5
on_unreadable_key = "suspend_deletions"
on_extra_column = "ignore"
empty_string = "quoted"
null_values = ["NULL", "-"]
retention = { landing_batches = 3 }
delimiter = ";"
header = false`,
    )
      .replace('orders_*.csv', 'orders_{day:yyyyMMdd}.csv')
      .replace(
        'scale = 2 }',
        'scale = 2, source_name = "Order Amount", decimal_separator = ",", group_separator = ".", null_values = ["x"], default = 0.10, description = "what" },\n  { name = "day", schema_type = "date", format = "dd.MM.yyyy", default = 2024-02-29 }',
      ),
  })
  expect(flows[0]?.load).toMatchObject({
    batchBy: 'day',
    fileOrder: 'batch_time',
    onChangedFile: 'reload',
    readyFile: 'done',
    minAgeMs: 5_400_000,
    timezone: 'Europe/Vienna',
    ambiguousTime: 'reject',
    batchTimeColumn: 'day',
    maxRejects: 5,
    onUnreadableKey: 'suspend_deletions',
    onExtraColumn: 'ignore',
    emptyString: 'quoted',
    nullValues: ['NULL', '-'],
    retention: { landingBatches: 3 },
    options: { delimiter: ';', header: false },
  })
  expect(flows[0]?.input.columns.slice(1)).toMatchObject([
    {
      sourceName: 'Order Amount',
      decimalSeparator: ',',
      groupSeparator: '.',
      nullValues: ['x'],
      description: 'what',
      default: { kind: 'literal', text: '0.10' },
    },
    { format: 'dd.MM.yyyy', default: { kind: 'literal', text: '2024-02-29' } },
  ])
})

test('a literal path is overwritten night after night', async () => {
  const flow = FLOW.replace('orders_*.csv', 'customers.csv')
  const { flows } = await load({ 'qarion.toml': PROJECT, 'flows/a.toml': flow })
  expect(flows[0]?.load?.onChangedFile).toBe('new_batch')
})

test('references to the environment and literals', async () => {
  const { flows, project } = await load(
    {
      'qarion.toml': `${DUCKDB.replace('"data/shop.db"', '"${env:DATA}/shop.db"')}
threads = "\${env:THREADS}"
read_only = "\${env:READ_ONLY}"
memory_limit = "\${env:MEMORY}"
`,
      'flows/a.toml': FLOW.replace(
        '[properties.load]',
        () => `[properties]
deleted_when = "note = '$\${env:X}' and x = :batch_id"
compare = { x = "\${env:NOT_READ}" }
headers = { a = ["\${env:DATA}"], n = 1, when = 2024-01-01 }
[properties.load]`,
      ),
    },
    { env: { DATA: 'd', THREADS: '8', READ_ONLY: 'true', MEMORY: '2GiB' } },
  )
  expect(project.engine.options).toEqual({
    path: `${project.directory}/d/shop.db`,
    threads: 8,
    read_only: true,
    memory_limit: 2 ** 31,
  })
  expect(flows[0]?.properties).toMatchObject({
    deleted_when: "note = '${env:X}' and x = :batch_id",
    compare: { x: '${env:NOT_READ}' },
    headers: { a: ['d'], n: 1, when: '2024-01-01' },
  })
})

test('values from the environment are checked and never shown', async () => {
  const error = await failure(
    {
      'qarion.toml': `${DUCKDB.replace('"data/shop.db"', '"${env:A}"')}
threads = "\${env:B}"
read_only = "\${env:C}"
memory_limit = "\${env:D}"
`,
    },
    { env: { A: '/hunter2', B: 'hunter2', C: 'hunter2', D: 'hunter2' } },
  )
  expect(summary(error)).toEqual([
    'QRN-CONFIG-021 qarion.toml:7:8',
    'QRN-CONFIG-009 qarion.toml:9:11',
    'QRN-CONFIG-009 qarion.toml:10:13',
    'QRN-CONFIG-020 qarion.toml:11:16',
  ])
  expect(inspect(error, { depth: 20 })).not.toContain('hunter2')
})

test('secrets are wrapped at once and stay out of errors', async () => {
  const secret = `${DUCKDB}password = "\${env:PASSWORD}"\n`
  const { project } = await load({ 'qarion.toml': secret }, { env: { PASSWORD: 'hunter2' } })
  const { password } = project.engine.options
  expect(isSecret(password) && password.reveal()).toBe('hunter2')
  expect(inspect(project, { depth: 20 })).not.toContain('hunter2')
  expect(JSON.stringify(project)).not.toContain('hunter2')

  for (const text of [
    `${DUCKDB}threads = 1.5 # password = "hunter2"\n`,
    `${DUCKDB}password = ["hunter2"]\n`,
    `${DUCKDB}password = "hunter2"\n`,
    `${DUCKDB}password = "hunter2" x\n`,
    `${PROJECT}password = "hunter2"\n`,
    `fernet_key = "hunter2" x\n`,
    `${PROJECT}[[credentials]]\nid = "a", pin = "hunter2"\n`,
    `${PROJECT}[[credentials]]\nid = "!"\nsession = { pin = "hunter2", deep = "\${x} hunter2" }\n`,
  ]) {
    const error = await failure({ 'qarion.toml': text })
    expect(inspect(error, { depth: 20 })).not.toContain('hunter2')
  }
})

test('credentials stay references until the host asks the store', async () => {
  const { project, warnings } = await load({
    'qarion.toml': `${DUCKDB}password = "\${credential:warehouse}"
[credential_store]
type = "local_keystore"
[credential_store.config]
keystore_path = "keys"
[[credentials]]
id = "other"
credential_type = "aws"
region = "eu"
`,
  })
  expect(project.engine.options['password']).toEqual({ kind: 'credential', id: 'warehouse' })
  expect(isCredentialReference(project.engine.options['password'])).toBe(true)
  expect(project.credentialStore).toEqual({
    id: 'local_keystore',
    options: { keystore_path: 'keys' },
  })
  expect(project.credentials).toEqual([
    { id: 'other', name: 'other', type: 'aws', options: { region: 'eu' } },
  ])
  expect(warnings.map((warning) => warning.code)).toEqual(['QRN-CONFIG-103'])
})

test('an environment is merged over the base; another engine starts from an empty config', async () => {
  const files = {
    'qarion.toml': `${PROJECT}
[environments.test.engine.config]
path = "data/test.db"
[environments.prod.project]
timezone = "Europe/Vienna"
[environments.prod.engine]
name = "duckdb"
[environments.prod.engine.config]
path = "data/prod.duckdb"
threads = 4
`,
  }
  const test = await load(files, { environment: 'test' })
  expect(test.project.engine).toEqual({
    id: 'sqlite',
    options: { path: `${test.project.directory}/data/test.db` },
  })
  const prod = await load(files, { environment: 'prod' })
  expect(prod.project).toMatchObject({
    name: 'shop',
    environment: 'prod',
    timezone: 'Europe/Vienna',
    engine: { id: 'duckdb', options: { threads: 4, memory_limit: 1e9 } },
  })
  const error = await failure(files, { environment: 'prd' })
  expect(summary(error)).toEqual(['QRN-CONFIG-024 qarion.toml:9:2'])
  expect(error.problems[0]?.hint).toBe('Did you mean `prod`?')
})

test('defaults serve every load that does not state the key', async () => {
  const { flows } = await load({
    'qarion.toml': `${PROJECT}[defaults]\nmax_rejects = 7\ndelimiter = ";"\nformat = "csv"\nsource_path = "in"\n`,
    'flows/a.toml': FLOW.replace('format = "csv"\n', 'max_rejects = 1\n').replace(
      'source_path = "data/orders"\n',
      '',
    ),
    'flows/b.toml': FLOW.replace('"orders"', '"items"').replace('"csv"', '"json"'),
  })
  expect(flows.map((flow) => flow.load)).toMatchObject([
    { maxRejects: 1, sourcePath: 'in', format: 'csv', options: { delimiter: ';' } },
    { maxRejects: 7, sourcePath: 'data/orders', format: 'json', options: {} },
  ])
  const error = await failure({
    'qarion.toml': `${PROJECT}[defaults]\nmax_reject = 7\nmin_age = "soon"\n`,
    'flows/a.toml': FLOW,
    'flows/b.toml': FLOW.replace('"orders"', '"items"'),
  })
  expect(summary(error)).toEqual([
    'QRN-CONFIG-007 qarion.toml:9:1',
    'QRN-CONFIG-020 qarion.toml:10:11',
  ])
})

test('allowed_paths admits what lies there', async () => {
  const { flows, project } = await load({
    'qarion.toml': PROJECT.replace('"shop"', '"shop"\nallowed_paths = ["/srv/in", "../next"]'),
    'flows/a.toml': FLOW.replace('"data/orders"', '"/srv/in/orders"'),
  })
  expect(flows[0]?.load?.sourcePath).toBe('/srv/in/orders')
  expect(project.allowedPaths[0]).toBe('/srv/in')
})

test('keys of another tool get a word, its engines are ours', async () => {
  const { project, warnings } = await load({
    'qarion-etl.toml': `fernet_key = "k"
flow_storage = "database"
[project]
name = "x"
[engine]
name = "pandas_local"
[engine.config]
storage_dir = "d"
[metadata_engine]
name = "sqlite"
config = { path = "m.db" }
[xcom]
enabled = true
`,
    'flows/a.toml': `${FLOW}[[tasks]]\nid = "t"\n`,
  })
  expect(project.engine.id).toBe('polars_local')
  expect(project.metadataEngine?.id).toBe('sqlite')
  expect(project.storages.flows).toBe('database')
  expect(
    warnings.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`).toSorted(),
  ).toEqual([
    'QRN-CONFIG-101 flows/a.toml:16',
    'QRN-CONFIG-101 qarion-etl.toml:1',
    'QRN-CONFIG-101 qarion-etl.toml:12',
  ])
})

test('what a flow type finds wrong gets its place from the path it names', async () => {
  const error = await failure(
    { 'qarion.toml': PROJECT, 'flows/a.toml': FLOW },
    {
      flowTypes: {
        ids: ['change_feed'],
        options: () => FLOW_TYPES['change_feed'],
        datasets: () => {
          throw new QarionError('QRN-FEED-000', 'configuration', 'all wrong', {
            problems: [
              new QarionError('QRN-FEED-001', 'configuration', 'no', {
                data: { path: ['input', 'columns', 1, 'scale'] },
              }),
              new QarionError('QRN-FEED-002', 'configuration', 'no'),
            ],
          })
        },
      },
    },
  )
  expect(summary(error)).toEqual([
    'QRN-FEED-002 flows/a.toml:1:1',
    'QRN-FEED-001 flows/a.toml:9:71',
  ])
})

test('an error of a lookup is reported once per place, another exception is not hidden', async () => {
  const missing = new QarionError('QRN-PLUGIN-001', 'plugin', 'not installed', { hint: 'add it' })
  const files = { 'qarion.toml': PROJECT, 'flows/a.toml': FLOW }
  const loaders = { ids: [], options: () => Promise.reject(missing) }
  expect(summary(await failure(files, { loaders }))).toEqual(['QRN-PLUGIN-001 flows/a.toml:15:10'])
  const broken = { ids: [], options: () => Promise.reject(new TypeError('oh')) }
  await expect(load(files, { loaders: broken })).rejects.toThrow(TypeError)
})

test('the digest follows the text, and places can be asked for afterwards', async () => {
  const files = { 'qarion.toml': PROJECT, 'flows/a.toml': FLOW }
  const [one, two, other] = [
    await load(files),
    await load(files),
    await load({ ...files, 'flows/a.toml': `${FLOW}# more\n` }),
  ]
  expect(one.digest).toBe(two.digest)
  expect(one.digest).not.toBe(other.digest)
  expect(one.locate('orders', ['properties', 'load', 'file_pattern'])).toMatchObject({
    file: 'flows/a.toml',
    line: 14,
    column: 16,
  })
  expect(one.locate('nothing', [])).toBeUndefined()
})
