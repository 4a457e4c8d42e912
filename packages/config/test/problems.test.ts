import { describe, expect, test } from 'vitest'

import { failure, FLOW, PROJECT, summary } from './support.ts'

interface Case {
  readonly name: string
  /** What is put in the place of what. */
  readonly flow?: readonly [string, string]
  readonly project?: readonly [string, string]
  readonly expected: readonly string[]
  readonly hint?: RegExp
  readonly message?: RegExp
}

const f = (code: string, place: string) => `QRN-CONFIG-${code} flows/orders.toml:${place}`
const p = (code: string, place: string) => `QRN-CONFIG-${code} qarion.toml:${place}`
const AMOUNT = '{ name = "amount", schema_type = "decimal", precision = 12, scale = 2 }'

const CASES: readonly Case[] = [
  // syntax
  { name: 'a value without quotes', flow: ['"raw"', 'raw'], expected: [f('006', '3:13')] },
  { name: 'a missing value', flow: ['"change_feed"', ''], expected: [f('006', '2:13')] },
  { name: 'an open text', flow: ['"raw"', '"raw'], expected: [f('006', '3:17')] },
  { name: 'a key twice', flow: ['namespace', 'id'], expected: [f('006', '3:1')] },
  { name: 'a table twice', project: ['[engine.config]', '[engine]'], expected: [p('006', '6:2')] },
  // structure
  {
    name: 'a misspelt key',
    flow: ['namespace', 'namspace'],
    expected: [f('008', '1:1'), f('007', '3:1')],
    hint: /namespace/,
  },
  {
    name: 'a misspelt key of [input]',
    flow: ['primary_key', 'primry_key'],
    expected: [f('007', '6:1')],
    hint: /`primary_key`/,
  },
  {
    name: 'a misspelt key of a column',
    flow: ['required', 'requierd'],
    expected: [f('007', '8:49')],
    hint: /`required`/,
  },
  {
    name: 'a misspelt property',
    flow: ['[properties.load]', '[properties]\nincludeunchanged = true\n[properties.load]'],
    expected: [f('007', '13:1')],
    hint: /`include_unchanged`/,
  },
  {
    name: 'a misspelt key of the format',
    flow: ['format =', 'delimitter = ";"\nformat ='],
    expected: [f('007', '15:1')],
    hint: /`delimiter`/,
  },
  {
    name: 'a load key one table too high',
    flow: ['[properties.load]', '[properties]\nfile_order = "name"\n[properties.load]'],
    expected: [f('007', '13:1')],
    hint: /\[properties\.load\]/,
  },
  {
    name: 'a misspelt table',
    project: ['[project]', '[projekt]'],
    expected: [p('008', '1:1'), p('008', '1:1'), p('007', '1:2')],
  },
  {
    name: 'a misspelt engine option',
    project: ['path', 'pth'],
    expected: [p('008', '6:9'), p('007', '7:1')],
    hint: /path/,
  },
  {
    name: 'a key of an environment',
    project: ['[engine.config]', '[environments.prod]\nenginee = 1\n[engine.config]'],
    expected: [p('007', '7:1')],
    hint: /`engine`/,
  },
  {
    name: 'a missing table',
    project: [PROJECT.slice(PROJECT.indexOf('[engine]')), ''],
    expected: [p('008', '1:1')],
  },
  {
    name: 'a missing key of a column',
    flow: ['name = "amount", ', ''],
    expected: [f('008', '9:3')],
  },
  {
    name: 'a missing source_path',
    flow: ['source_path = "data/orders"\n', ''],
    expected: [f('008', '12:13')],
  },
  {
    name: 'load without columns',
    flow: [FLOW.slice(FLOW.indexOf('columns'), FLOW.indexOf('[properties')), ''],
    expected: [f('008', '5:2'), f('015', '6:16')],
  },
  // types
  { name: 'a number for a text', flow: ['"raw"', '7'], expected: [f('009', '3:13')] },
  { name: 'a text for a list', flow: ['["order_id"]', '"order_id"'], expected: [f('009', '6:15')] },
  {
    name: 'a quoted truth value',
    flow: ['required = true', 'required = "true"'],
    expected: [f('009', '8:60')],
    hint: /quotes/,
  },
  {
    name: 'a date for a text',
    flow: ['"raw"', '2024-01-01'],
    expected: [f('009', '3:13')],
    message: /a date or time/,
  },
  {
    name: 'a fraction for a whole number',
    flow: ['scale = 2', 'scale = 2.5'],
    expected: [f('009', '9:71')],
  },
  {
    name: 'a number too large',
    flow: ['scale = 2', 'scale = 99999999999999999999'],
    expected: [f('009', '9:71')],
    message: /too large/,
  },
  { name: 'a table for a text', flow: ['"raw"', '{ a = 1 }'], expected: [f('009', '3:13')] },
  // names
  { name: 'an id with a blank', flow: ['"orders"', '"my orders"'], expected: [f('012', '1:6')] },
  {
    name: 'an id meant as SQL',
    flow: ['"orders"', `'"; drop table x; --'`],
    expected: [f('012', '1:6')],
  },
  {
    name: 'an id with a look-alike letter',
    flow: ['"orders"', '"оrders"'],
    expected: [f('012', '1:6')],
  },
  { name: 'a system column', flow: ['"amount"', '"XT_amount"'], expected: [f('013', '9:12')] },
  { name: 'an empty column name', flow: ['"amount"', '""'], expected: [f('012', '9:12')] },
  {
    name: 'a column name with a control character',
    flow: ['"amount"', '"a\\u0000b"'],
    expected: [f('012', '9:12')],
  },
  {
    name: 'a column of 64 bytes',
    flow: ['"amount"', `"${'ä'.repeat(32)}"`],
    expected: [f('016', '9:12')],
  },
  {
    name: 'a table name of 51 bytes',
    flow: ['"raw"', `"${'n'.repeat(32)}"`],
    expected: [f('016', '1:6')],
    hint: /by 1 char/,
  },
  {
    name: 'columns that differ in case only',
    flow: ['"amount"', '"Order_Id"'],
    expected: [f('014', '9:12')],
    message: /case only/,
  },
  {
    name: 'a column twice',
    flow: ['"amount"', '"order_id"'],
    expected: [f('014', '9:12')],
    message: /twice/,
  },
  {
    name: 'a key that is not declared',
    flow: ['["order_id"]', '["order_id", "orderid"]'],
    expected: [f('015', '6:28')],
    hint: /`order_id`/,
  },
  {
    name: 'a key column twice',
    flow: ['["order_id"]', '["order_id", "order_id"]'],
    expected: [f('010', '6:28')],
  },
  {
    name: 'a property names no column',
    flow: [
      '[properties.load]',
      '[properties]\nchange_detection_columns = ["amonut"]\n[properties.load]',
    ],
    expected: [f('015', '13:29')],
    hint: /`amount`/,
  },
  // types of columns
  {
    name: 'an unknown schema_type',
    flow: ['"decimal"', '"decimall"'],
    expected: [f('018', '9:36')],
    hint: /`decimal`/,
  },
  {
    name: 'a schema_type of another tool',
    flow: ['"integer"', '"int64"'],
    expected: [f('018', '8:38')],
    hint: /`integer`/,
  },
  {
    name: 'a schema_type with parameters',
    flow: ['"decimal"', '"varchar(20)"'],
    expected: [f('018', '9:36')],
    hint: /`string`/,
  },
  {
    name: 'a decimal without precision',
    flow: [', precision = 12, scale = 2', ''],
    expected: [f('019', '9:36')],
  },
  {
    name: 'a precision beyond 38',
    flow: ['precision = 12', 'precision = 39'],
    expected: [f('010', '9:59')],
    message: /<= 38/,
  },
  {
    name: 'a scale beyond the precision',
    flow: ['scale = 2', 'scale = 13'],
    expected: [f('019', '9:71')],
  },
  {
    name: 'precision of a string',
    flow: ['"decimal"', '"string"'],
    expected: [f('027', '9:46'), f('027', '9:62')],
  },
  {
    name: 'a separator of two characters',
    flow: [AMOUNT, AMOUNT.replace(' }', ', decimal_separator = ",," }')],
    expected: ['QRN-VALUE-002 flows/orders.toml:9:94'],
  },
  {
    name: 'a format that is none',
    flow: [AMOUNT, '{ name = "day", schema_type = "date", format = "qqqq" }'],
    expected: ['QRN-VALUE-001 flows/orders.toml:9:50'],
  },
  {
    name: 'a default of another type',
    flow: [AMOUNT, AMOUNT.replace(' }', ', default = "many" }')],
    expected: [f('028', '9:84')],
  },
  {
    name: 'a default with too many digits',
    flow: [AMOUNT, AMOUNT.replace(' }', ', default = 0.125 }')],
    expected: [f('028', '9:84')],
  },
  // plugins
  {
    name: 'an unknown engine',
    project: ['"sqlite"', '"sqllite"'],
    expected: [p('011', '5:8')],
    hint: /`sqlite`/,
  },
  {
    name: 'an unknown flow type',
    flow: ['"change_feed"', '"changefeed"'],
    expected: [f('011', '2:13')],
    hint: /`change_feed`/,
  },
  {
    name: 'an unknown format',
    flow: ['"csv"', '"cvs"'],
    expected: [f('011', '15:10')],
    hint: /`csv`/,
  },
  // values
  {
    name: 'a batch_by that is no capture',
    flow: ['format =', 'batch_by = "day"\nformat ='],
    expected: [f('010', '15:12')],
  },
  {
    name: 'an unknown choice',
    flow: ['format =', 'file_order = "nautral"\nformat ='],
    expected: [f('010', '15:14')],
    hint: /`natural`/,
  },
  {
    name: 'a negative limit',
    flow: ['format =', 'max_rejects = -1\nformat ='],
    expected: [f('010', '15:15')],
  },
  {
    name: 'retention of one batch',
    flow: ['format =', 'retention = { landing_batches = 1 }\nformat ='],
    expected: [f('010', '15:33')],
  },
  {
    name: 'an unknown key of retention',
    flow: ['format =', 'retention = { batches = 3 }\nformat ='],
    expected: [f('007', '15:15')],
  },
  {
    name: 'a duration without unit',
    flow: ['format =', 'min_age = "10"\nformat ='],
    expected: [f('020', '15:11')],
    hint: /"30m"/,
  },
  {
    name: 'a time zone that is none',
    flow: ['format =', 'timezone = "Europe/Wien"\nformat ='],
    expected: [f('026', '15:12')],
  },
  {
    name: 'a time zone of the project',
    project: ['name = "shop"', 'name = "shop"\ntimezone = "Mars"'],
    expected: [p('026', '3:12')],
  },
  {
    name: 'a path that leaves the project',
    flow: ['"data/orders"', '"data/../../orders"'],
    expected: [f('021', '13:15')],
  },
  {
    name: 'an absolute path',
    project: ['"data/shop.db"', '"/etc/passwd"'],
    expected: [p('021', '7:8')],
    hint: /allowed_paths/,
  },
  // references
  {
    name: 'a variable that is not set',
    flow: ['"data/orders"', '"${env:ORDERS_DIR}/x"'],
    expected: [f('022', '13:15')],
    message: /ORDERS_DIR/,
  },
  {
    name: 'a reference of another kind',
    flow: ['"data/orders"', '"${file:x}"'],
    expected: [f('023', '13:15')],
  },
  {
    name: 'a reference that is not closed',
    flow: ['"data/orders"', '"${env:X"'],
    expected: [f('023', '13:15')],
  },
  {
    name: 'a credential within a text',
    flow: ['"data/orders"', '"x/${credential:a}"'],
    expected: [f('023', '13:15')],
  },
  {
    name: 'a key that is no key',
    flow: ['namespace', '__proto__.x = 1\nnamespace'],
    expected: [f('007', '3:1')],
  },
  {
    name: 'an environment that cannot be a folder',
    project: ['[engine.config]', '[environments."a/b"]\n[engine.config]'],
    expected: [p('012', '6:15')],
  },
  {
    name: 'a place after wide characters',
    flow: ['namespace = "raw"', '"é😀" = 1\nnamespace = "raw"'],
    expected: [f('007', '3:1')],
  },
]

describe('a problem has its code, its place and a hint', () => {
  test.for(CASES)('$name', async ({ flow, project, expected, hint, message }) => {
    const error = await failure({
      'qarion.toml': project === undefined ? PROJECT : replaced(PROJECT, project),
      'flows/orders.toml': flow === undefined ? FLOW : replaced(FLOW, flow),
    })
    expect(summary(error)).toEqual(expected)
    expect(error.code).toBe('QRN-CONFIG-002')
    expect(error.reason).toBe('configuration')
    for (const problem of error.problems) {
      expect(problem.hint).toBeTruthy()
      expect(problem.place?.excerpt).toBeDefined()
      expect(problem.place?.length).toBeGreaterThan(0)
    }
    expect(error.problems.map((each) => each.hint).join()).toMatch(hint ?? /./)
    expect(error.problems.map((each) => each.message).join()).toMatch(message ?? /./)
  })
})

function replaced(text: string, [from, to]: readonly [string, string]): string {
  expect(text).toContain(from)
  return text.replace(from, () => to)
}

test('all problems of all files at once, by file and line, with line, mark and length', async () => {
  const error = await failure({
    'qarion.toml': PROJECT.replace('"sqlite"', '"sqlit"'),
    'flows/b.toml': FLOW.replace('"raw"', 'raw'),
    'flows/a.toml': FLOW.replace('"integer"', '"int"').replace(
      'format = "csv"',
      'format = "csv"\r\nmax_rejects = "no"',
    ),
  })
  expect(summary(error)).toEqual([
    'QRN-CONFIG-018 flows/a.toml:8:38',
    'QRN-CONFIG-009 flows/a.toml:16:15',
    'QRN-CONFIG-006 flows/b.toml:3:13',
    'QRN-CONFIG-011 qarion.toml:5:8',
  ])
  expect(error.message).toBe('the project has 4 problems in 3 files')
  expect(error.problems[0]?.place).toMatchObject({
    excerpt: '  { name = "order_id", schema_type = "int", required = true },',
    length: 5,
  })
  expect(error.problems[1]?.place?.excerpt).toBe('max_rejects = "no"')
})

test('two flows with one id, and flows that come to one table', async () => {
  const twice = await failure({
    'qarion.toml': PROJECT,
    'flows/a.toml': FLOW,
    'flows/b.toml': FLOW.replace('"orders"', '"Orders"'),
  })
  expect(twice.problems.map((problem) => problem.code)).toContain('QRN-CONFIG-025')

  const tables = await failure({
    'qarion.toml': PROJECT,
    'flows/a.toml': FLOW.replace('"orders"', '"b_c"').replace('"raw"', '"a"'),
    'flows/b.toml': FLOW.replace('"orders"', '"c"').replace('"raw"', '"a_B"'),
  })
  expect(new Set(tables.problems.map((problem) => problem.code))).toEqual(
    new Set(['QRN-CONFIG-017']),
  )
  expect(tables.problems[0]?.message).toBe(
    'the datasets b_c.landing and c.landing both come to the table `a_B_c_landing`',
  )
})
