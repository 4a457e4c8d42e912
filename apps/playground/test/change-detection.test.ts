import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

/** One delivery after the other and the rows of the feed that they must give: `batch|type|id|v|changed columns`. */
interface Case {
  readonly name: string
  readonly flow?: string
  readonly deliveries: readonly string[]
  readonly feed: readonly string[]
  readonly columns?: readonly string[]
  readonly current?: readonly string[]
}

const FEED = ['xt_batch_id', 'xt_record_type', 'id', 'v', 'xt_changed_columns']

const typed = (type: string): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "${type}" },
]
`
const decimals = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "decimal", precision = 12, scale = 2 },
]
`
const composite = `
[input]
primary_key = ["id", "v"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "string", required = true },
  { name = "n", schema_type = "string" },
]
`
const withProperties = (properties: string, columns = ''): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "string" },
${columns}]

[properties]
${properties}
`

const CASES: readonly Case[] = [
  {
    name: 'first batch: all rows are new',
    deliveries: ['id,v\na,1\nb,2\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅'],
  },
  {
    name: 'new, changed, deleted in one batch',
    deliveries: ['id,v\na,1\nb,2\nc,3\n', 'id,v\na,1\nb,9\nd,4\n'],
    feed: [
      '1|new|a|1|∅',
      '1|new|b|2|∅',
      '1|new|c|3|∅',
      '2|changed|b|9|["v"]',
      '2|deleted|c|3|∅',
      '2|new|d|4|∅',
    ],
    current: ['a|1', 'b|9', 'd|4'],
  },
  {
    name: 'NULL to value',
    deliveries: ['id,v\na,\n', 'id,v\na,1\n'],
    feed: ['1|new|a|∅|∅', '2|changed|a|1|["v"]'],
  },
  {
    name: 'value to NULL',
    deliveries: ['id,v\na,1\n', 'id,v\na,\n'],
    feed: ['1|new|a|1|∅', '2|changed|a|∅|["v"]'],
  },
  { name: 'NULL to NULL', deliveries: ['id,v\na,\n', 'id,v\na,\n\n'], feed: ['1|new|a|∅|∅'] },
  {
    name: 'composite keys whose parts collide when concatenated',
    flow: composite,
    deliveries: ['id,v,n\na|b,c,1\na,b|c,2\n', 'id,v,n\na|b,c,1\na,b|c,3\n'],
    columns: ['xt_batch_id', 'xt_record_type', 'id', 'v', 'n'],
    feed: ['1|new|a|b|c|2', '1|new|a|b|c|1', '2|changed|a|b|c|3'],
  },
  {
    name: 'a long key',
    deliveries: [`id,v\n${'k'.repeat(5000)},1\n`, `id,v\n${'k'.repeat(5000)},2\n`],
    feed: [`1|new|${'k'.repeat(5000)}|1|∅`, `2|changed|${'k'.repeat(5000)}|2|["v"]`],
  },
  {
    name: '1 and 1.0 are the same decimal',
    flow: decimals,
    deliveries: ['id,v\na,1\n', 'id,v\na,1.0\n'],
    feed: ['1|new|a|1.00|∅'],
  },
  {
    name: '2^53 and 2^53 + 1 differ',
    flow: typed('integer'),
    deliveries: ['id,v\na,9007199254740992\n', 'id,v\na,9007199254740993\n'],
    feed: ['1|new|a|9007199254740992|∅', '2|changed|a|9007199254740993|["v"]'],
  },
  {
    name: 'the ends of 64 bits',
    flow: typed('integer'),
    deliveries: [
      'id,v\na,9223372036854775807\nb,-9223372036854775808\n',
      'id,v\na,9223372036854775806\nb,-9223372036854775808\n',
    ],
    feed: [
      '1|new|a|9223372036854775807|∅',
      '1|new|b|-9223372036854775808|∅',
      '2|changed|a|9223372036854775806|["v"]',
    ],
  },
  {
    name: '-0.0 is 0.0',
    flow: typed('float'),
    deliveries: ['id,v\na,0.0\n', 'id,v\na,-0.0\n'],
    feed: ['1|new|a|0|∅'],
  },
  {
    name: 'the last microsecond of a day',
    flow: typed('timestamp'),
    deliveries: ['id,v\na,2024-02-28T23:59:59.999999Z\n', 'id,v\na,2024-02-29T00:00:00Z\n'],
    feed: ['1|new|a|2024-02-28T23:59:59.999999Z|∅', '2|changed|a|2024-02-29T00:00:00Z|["v"]'],
  },
  {
    name: 'an offset that changes the date is the same instant',
    flow: typed('timestamp'),
    deliveries: ['id,v\na,2024-03-01T00:30:00+02:00\n', 'id,v\na,2024-02-29T22:30:00Z\n'],
    feed: ['1|new|a|2024-02-29T22:30:00Z|∅'],
  },
  {
    name: "'' and NULL",
    flow: `${typed('string')}
[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
empty_string = "quoted"
`,
    deliveries: ['id,v\na,\n', 'id,v\na,""\n'],
    feed: ['1|new|a|∅|∅', '2|changed|a||["v"]'],
  },
  {
    name: 'case',
    deliveries: ['id,v\na,x\n', 'id,v\na,X\n'],
    feed: ['1|new|a|x|∅', '2|changed|a|X|["v"]'],
  },
  {
    name: 'case in the key',
    deliveries: ['id,v\na,1\nA,2\n', 'id,v\na,1\nA,3\n'],
    feed: ['1|new|A|2|∅', '1|new|a|1|∅', '2|changed|A|3|["v"]'],
  },
  {
    name: 'trailing blanks',
    deliveries: ['id,v\na,x\n', 'id,v\na,x \n'],
    feed: ['1|new|a|x|∅', '2|changed|a|x |["v"]'],
  },
  {
    name: 'composed and decomposed accents',
    deliveries: ['id,v\na,\u00e9\n', 'id,v\na,e\u0301\n'],
    feed: ['1|new|a|\u00e9|∅', '2|changed|a|e\u0301|["v"]'],
  },
  {
    name: 'emoji',
    deliveries: ['id,v\n😀,👩‍🚀\n', 'id,v\n😀,👨‍🚀\n'],
    feed: ['1|new|😀|👩‍🚀|∅', '2|changed|😀|👨‍🚀|["v"]'],
  },
  {
    name: 'deleted, then still absent',
    deliveries: ['id,v\na,1\nb,2\n', 'id,v\na,1\n', 'id,v\na,3\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|deleted|b|2|∅', '3|changed|a|3|["v"]'],
  },
  {
    name: 'deleted, then back with the same values',
    deliveries: ['id,v\na,1\nb,2\n', 'id,v\na,1\n', 'id,v\na,1\nb,2\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|deleted|b|2|∅', '3|reinserted|b|2|∅'],
  },
  {
    name: 'deleted and back twice',
    deliveries: [
      'id,v\na,1\nb,2\n',
      'id,v\na,1\n',
      'id,v\na,1\nb,2\n',
      'id,v\na,1\n',
      'id,v\na,1\nb,3\n',
    ],
    feed: [
      '1|new|a|1|∅',
      '1|new|b|2|∅',
      '2|deleted|b|2|∅',
      '3|reinserted|b|2|∅',
      '4|deleted|b|2|∅',
      '5|reinserted|b|3|∅',
    ],
  },
  {
    name: 'key changed: deleted and new',
    deliveries: ['id,v\na,1\n', 'id,v\nb,1\n'],
    feed: ['1|new|a|1|∅', '2|deleted|a|1|∅', '2|new|b|1|∅'],
  },
  {
    name: 'header in another order',
    deliveries: ['id,v\na,1\n', 'v,id\n1,a\n'],
    feed: ['1|new|a|1|∅'],
  },
  {
    name: 'BOM, CRLF',
    deliveries: ['id,v\na,1\n', '\ufeffid,v\r\na,1\r\n'],
    feed: ['1|new|a|1|∅'],
  },
  {
    name: 'quotes and newlines in fields',
    deliveries: ['id,v\n"a","x""y\nz"\n', 'id,v\na,"x""y\nz"\n'],
    feed: ['1|new|a|x"y\nz|∅'],
  },
  {
    name: 'names and values meant as injection',
    deliveries: [
      `id,v\n"'; drop table raw_t_change_feed; --","\\""x'"\n`,
      `id,v\n"'; drop table raw_t_change_feed; --",1\n`,
    ],
    feed: [
      `1|new|'; drop table raw_t_change_feed; --|\\"x'|∅`,
      `2|changed|'; drop table raw_t_change_feed; --|1|["v"]`,
    ],
  },
  {
    name: 'partial extract: absence says nothing',
    flow: withProperties('extract = "partial"'),
    deliveries: ['id,v\na,1\nb,2\n', 'id,v\nb,3\n', 'id,v\na,1\nc,4\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|changed|b|3|["v"]', '3|new|c|4|∅'],
    current: ['a|1', 'b|3', 'c|4'],
  },
  {
    name: 'deleted_when in a partial extract',
    flow: withProperties(
      `extract = "partial"\ndeleted_when = "op = 'D'"\nchange_detection_columns = ["v"]`,
      '  { name = "op", schema_type = "string" },\n',
    ),
    deliveries: ['id,v,op\na,1,\nb,2,\n', 'id,v,op\na,1,D\n', 'id,v,op\na,5,\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|deleted|a|1|∅', '3|reinserted|a|5|∅'],
  },
  {
    name: 'extract_scope: full within the delivered regions',
    flow: withProperties(
      'extract_scope = ["region"]',
      '  { name = "region", schema_type = "string" },\n',
    ),
    deliveries: ['id,v,region\na,1,n\nb,2,n\nc,3,s\n', 'id,v,region\na,1,n\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '1|new|c|3|∅', '2|deleted|b|2|∅'],
  },
  {
    name: 'sequence_by: the last row of a key counts',
    flow: withProperties(
      'sequence_by = ["n"]\nchange_detection_columns = ["v"]',
      '  { name = "n", schema_type = "integer" },\n',
    ),
    deliveries: ['id,v,n\na,3,3\na,1,1\na,2,2\n', 'id,v,n\na,9,8\na,3,9\n'],
    feed: ['1|new|a|3|∅'],
  },
  {
    name: 'on_duplicate_key = first by sequence',
    flow: withProperties(
      'sequence_by = ["n"]\non_duplicate_key = "first"',
      '  { name = "n", schema_type = "integer" },\n',
    ),
    deliveries: ['id,v,n\na,3,3\na,1,1\n'],
    feed: ['1|new|a|1|∅'],
  },
  {
    name: 'include_unchanged',
    flow: withProperties('include_unchanged = true'),
    deliveries: ['id,v\na,1\nb,2\n', 'id,v\na,1\nb,3\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|unchanged|a|1|∅', '2|changed|b|3|["v"]'],
  },
  {
    name: 'before_image',
    flow: withProperties('before_image = true'),
    columns: ['xt_batch_id', 'xt_record_type', 'id', 'v', 'xt_before_v'],
    deliveries: ['id,v\na,1\nb,2\n', 'id,v\na,3\n'],
    feed: ['1|new|a|1|∅', '1|new|b|2|∅', '2|changed|a|3|1', '2|deleted|b|2|2'],
  },
  {
    name: 'compare: trim and casefold',
    flow: withProperties('compare = { v = { trim = true, casefold = true } }'),
    deliveries: ['id,v\na,x\n', 'id,v\na," X "\n', 'id,v\na,y\n'],
    feed: ['1|new|a|x|∅', '3|changed|a|y|["v"]'],
  },
  {
    name: 'change_detection_exclude',
    flow: withProperties(
      'change_detection_exclude = ["note"]',
      '  { name = "note", schema_type = "string" },\n',
    ),
    deliveries: ['id,v,note\na,1,x\n', 'id,v,note\na,1,y\n', 'id,v,note\na,2,z\n'],
    feed: ['1|new|a|1|∅', '3|changed|a|2|["v"]'],
  },
  {
    name: 'on_empty = skip leaves everything as it is',
    flow: withProperties('on_empty = "skip"'),
    deliveries: ['id,v\na,1\n', 'id,v\n', 'id,v\na,2\n'],
    feed: ['1|new|a|1|∅', '3|changed|a|2|["v"]'],
  },
  {
    name: 'on_empty = accept deletes every key',
    flow: withProperties('on_empty = "accept"'),
    deliveries: ['id,v\na,1\n', 'id,v\n'],
    feed: ['1|new|a|1|∅', '2|deleted|a|1|∅'],
    current: [],
  },
]

let scenario: Scenario
afterEach(() => scenario.close())

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it.each(CASES)('$name', async ({ flow, deliveries, feed, columns, current }) => {
    scenario = await createScenario({ engine, ...(flow === undefined ? {} : { flow }) })
    for (const [index, delivery] of deliveries.entries()) {
      await scenario.deliver(`d${index + 1}.csv`, delivery)
      await scenario.runOk()
    }
    expect(await scenario.rows('change_feed', columns ?? FEED)).toEqual(feed)
    if (current !== undefined) expect(await scenario.rows('current', ['id', 'v'])).toEqual(current)
  })

  it.each([25_001, 65_537])('%i rows: across read borders', async (rows) => {
    scenario = await createScenario({ engine })
    const csv = (offset: number): string =>
      `id,v\n${Array.from({ length: rows }, (_, index) => `k${index},${index === rows - 1 ? index + offset : index}\n`).join('')}`
    await scenario.deliver('d1.csv', csv(0))
    await scenario.deliver('d2.csv', csv(1))
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED, { batch: 2 })).toEqual([
      `2|changed|k${rows - 1}|${rows}|["v"]`,
    ])
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(rows)
  })
})
