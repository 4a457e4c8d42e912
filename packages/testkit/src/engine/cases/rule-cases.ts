import { DataTypes, type DataType, type JoinRule, type Query, type Row } from '@qarion/core'
import {
  aggregate,
  ascending,
  call,
  column,
  defineQuery,
  derive,
  descending,
  distinct,
  drop,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  join,
  limit,
  literal,
  measure,
  named,
  nullOf,
  parameter,
  rename,
  select,
  series,
  sort,
  text,
  union,
  unnest,
  values,
  window,
  windowColumn,
} from '@qarion/plan'

import { expectRows } from '../../suite/expect.ts'
import { rowsQuery, testDataset } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'

const {
  integer: INTEGER,
  string: STRING,
  date: DATE,
  timestamp: TIMESTAMP,
  json: JSON_TYPE,
  boolean: BOOLEAN,
} = DataTypes
const id = column('id', INTEGER)
const label = column('label', STRING)
const items = testDataset('items', { id: INTEGER, label: STRING })
const three: readonly Row[] = [[1n, 'a'], [2n, 'b'], [3n, null]] // prettier-ignore

/** Reads a query over constant rows `t` with id and label. */
async function over(
  trial: Trial,
  rows: readonly Row[],
  ...rules: Query['rules'][number][]
): Promise<readonly Row[]> {
  const t = rowsQuery('t', { id: INTEGER, label: STRING }, rows)
  return trial.read([t, defineQuery('q', [fromQuery('t'), ...rules])])
}

/** Joins l(id, label) with r(id, label) on id. */
async function joined(
  trial: Trial,
  type: JoinRule['type'],
  nullSafe: boolean,
): Promise<readonly Row[]> {
  const left = rowsQuery('l', { id: INTEGER, label: STRING }, [[1n, 'a'], [2n, 'b'], [null, 'n']]) // prettier-ignore
  const right = rowsQuery('r', { id: INTEGER, label: STRING }, [[2n, 'x'], [2n, 'y'], [null, 'z'], [4n, 'w']]) // prettier-ignore
  const by =
    type === 'semi' || type === 'anti' ? ['id', 'label'] : ['id', 'label', 'r_id', 'r_label']
  const on = [{ left: 'id', right: 'id', nullSafe }]
  const rules = [fromQuery('l'), join('r', { type, on, rightPrefix: 'r_' }), sort(ascending(by))]
  return trial.read([left, right, defineQuery('q', rules)])
}

const numbers = (
  start: DataType,
  from_: string,
  to: string,
  step: string,
  stepType: DataType = INTEGER,
): Query =>
  defineQuery('q', [
    series('n', {
      start: literal(start, from_),
      stop: literal(start, to),
      step: literal(stepType, step),
    }),
    sort(ascending('n')),
  ])

/** Each operation of a query. */
export const RULE_CASES = {
  'rule/from a dataset': async (trial: Trial): Promise<void> => {
    await trial.seed(items, three)
    expectRows(await trial.read([defineQuery('q', [from('items'), sort(ascending('id'))])]), three)
  },
  'rule/from another query': async (trial: Trial): Promise<void> => {
    expectRows(await over(trial, three, filter(equal(id, integer(2)))), [[2n, 'b']])
  },
  'rule/values with parameters and NULL': async (trial: Trial): Promise<void> => {
    const columns = [{ name: 'a', type: STRING }, { name: 'b', type: DATE }, { name: 'c', type: INTEGER }] // prettier-ignore
    const rows = [
      [text('x'), literal(DATE, '2024-02-29'), parameter('p', INTEGER)],
      [nullOf(STRING), nullOf(DATE), nullOf(INTEGER)],
    ]
    const query = defineQuery('q', [values(columns, rows), sort(ascending('a', 'last'))])
    expectRows(await trial.read([query], { parameters: { p: 5n } }), [
      ['x', 19_782, 5n],
      [null, null, null],
    ])
  },
  'rule/values without rows': async (trial: Trial): Promise<void> => {
    const query = defineQuery('q', [values([{ name: 'a', type: STRING }], [])])
    expectRows(await trial.read([query]), [])
  },
  'rule/series of integers': async (trial: Trial): Promise<void> => {
    expectRows(await trial.read([numbers(INTEGER, '1', '6', '2')]), [[1n], [3n], [5n]])
    expectRows(await trial.read([numbers(INTEGER, '2', '1', '1')]), [])
  },
  'rule/series of dates': async (trial: Trial): Promise<void> => {
    expectRows(await trial.read([numbers(DATE, '2024-02-28', '2024-03-01', '1')]), [
      [19_781],
      [19_782],
      [19_783],
    ])
  },
  'rule/series of timestamps': async (trial: Trial): Promise<void> => {
    const query = numbers(TIMESTAMP, '1969-12-31T23:59:59Z', '1970-01-01T00:00:01Z', '1000000')
    expectRows(await trial.read([query]), [[-1_000_000n], [0n], [1_000_000n]])
  },
  'rule/series between parameters': async (trial: Trial): Promise<void> => {
    const [start, stop] = [parameter('a', INTEGER), parameter('b', INTEGER)]
    const query = defineQuery('q', [
      series('n', { start, stop, step: integer(1) }),
      sort(ascending('n')),
    ])
    expectRows(await trial.read([query], { parameters: { a: 4n, b: 5n } }), [[4n], [5n]])
  },
  'rule/select in this order': async (trial: Trial): Promise<void> => {
    const columns = [
      named('twice', call('add', id, id)),
      named('label', label),
      named('one', integer(1)),
    ]
    expectRows(await over(trial, [[1n, 'a']], select(columns)), [[2n, 'a', 1n]])
  },
  'rule/derive sees the columns before, replaces in place': async (trial: Trial): Promise<void> => {
    const swapped = derive([
      named('id', call('add', id, integer(10))),
      named('copy', id),
      named('label', text('new')),
    ])
    expectRows(await over(trial, [[1n, 'a']], swapped), [[11n, 'new', 1n]])
  },
  'rule/rename, also in a circle': async (trial: Trial): Promise<void> => {
    const swap = rename([{ from: 'id', to: 'label' }, { from: 'label', to: 'id' }]) // prettier-ignore
    expectRows(await over(trial, [[1n, 'a']], swap, select([named('id', column('id', STRING))])), [
      ['a'],
    ])
  },
  'rule/drop': async (trial: Trial): Promise<void> => {
    expectRows(await over(trial, [[1n, 'a']], drop(['id'])), [['a']])
  },
  'rule/filter leaves out false and NULL': async (trial: Trial): Promise<void> => {
    expectRows(await over(trial, three, filter(equal(label, text('a')))), [[1n, 'a']])
    expectRows(await over(trial, three, filter(call('not', equal(label, text('a'))))), [[2n, 'b']])
    expectRows(await over(trial, three, filter(nullOf(BOOLEAN))), [])
  },
  'rule/join inner': async (trial: Trial): Promise<void> => {
    const pairs: Row[] = [[2n, 'b', 2n, 'x'], [2n, 'b', 2n, 'y']] // prettier-ignore
    expectRows(await joined(trial, 'inner', false), pairs)
    expectRows(await joined(trial, 'inner', true), [[null, 'n', null, 'z'], ...pairs])
  },
  'rule/join left': async (trial: Trial): Promise<void> => {
    const rest: Row[] = [[1n, 'a', null, null], [2n, 'b', 2n, 'x'], [2n, 'b', 2n, 'y']] // prettier-ignore
    expectRows(await joined(trial, 'left', false), [[null, 'n', null, null], ...rest])
    expectRows(await joined(trial, 'left', true), [[null, 'n', null, 'z'], ...rest])
  },
  'rule/join full': async (trial: Trial): Promise<void> => {
    const rest: Row[] = [[1n, 'a', null, null], [2n, 'b', 2n, 'x'], [2n, 'b', 2n, 'y']] // prettier-ignore
    const open: Row[] = [[null, null, null, 'z'], [null, null, 4n, 'w'], [null, 'n', null, null]] // prettier-ignore
    expectRows(await joined(trial, 'full', false), [...open, ...rest])
    expectRows(await joined(trial, 'full', true), [[null, null, 4n, 'w'], [null, 'n', null, 'z'], ...rest]) // prettier-ignore
  },
  'rule/join semi': async (trial: Trial): Promise<void> => {
    expectRows(await joined(trial, 'semi', false), [[2n, 'b']])
    expectRows(await joined(trial, 'semi', true), [[null, 'n'], [2n, 'b']]) // prettier-ignore
  },
  'rule/join anti': async (trial: Trial): Promise<void> => {
    expectRows(await joined(trial, 'anti', false), [[null, 'n'], [1n, 'a']]) // prettier-ignore
    expectRows(await joined(trial, 'anti', true), [[1n, 'a']])
  },
  'rule/join on several keys, NULL-safe and not': async (trial: Trial): Promise<void> => {
    const left = rowsQuery('l', { a: STRING, b: STRING }, [['x', null], [null, 'y'], ['a|b', 'c']]) // prettier-ignore
    const right = rowsQuery('r', { a: STRING, b: STRING }, [['x', null], [null, 'y'], ['a', 'b|c']]) // prettier-ignore
    const on = [{ left: 'a', right: 'a', nullSafe: false }, { left: 'b', right: 'b', nullSafe: true }] // prettier-ignore
    const q = defineQuery('q', [
      fromQuery('l'),
      join('r', { type: 'inner', on, rightPrefix: 'r_' }),
    ])
    expectRows(await trial.read([left, right, q]), [['x', null, 'x', null]])
  },
  'rule/join without keys pairs every row': async (trial: Trial): Promise<void> => {
    const right = rowsQuery('r', { n: INTEGER }, [[1n], [2n]])
    const left = rowsQuery('l', { m: INTEGER }, [[7n], [8n]])
    const rules = [
      fromQuery('l'),
      join('r', { type: 'inner', on: [] }),
      sort(ascending(['m', 'n'])),
    ]
    const expected: Row[] = [[7n, 1n], [7n, 2n], [8n, 1n], [8n, 2n]] // prettier-ignore
    expectRows(await trial.read([left, right, defineQuery('q', rules)]), expected)
  },
  'rule/joins without keys one after the other': async (trial: Trial): Promise<void> => {
    const one = rowsQuery('one', { m: INTEGER }, [[7n]])
    const two = rowsQuery('two', { n: INTEGER }, [[1n], [2n]])
    const three = rowsQuery('three', { o: INTEGER }, [[3n]])
    const rules = [
      fromQuery('one'),
      join('two', { type: 'inner', on: [] }),
      join('three', { type: 'inner', on: [] }),
      sort(ascending('n')),
    ]
    expectRows(await trial.read([one, two, three, defineQuery('q', rules)]), [[7n, 1n, 3n], [7n, 2n, 3n]]) // prettier-ignore
  },
  'rule/aggregate by groups, NULL is one': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [[1n, 'a'], [2n, 'a'], [3n, null], [4n, null]] // prettier-ignore
    const rule = aggregate({
      groupBy: ['label'],
      measures: [measure('n', 'count'), measure('sum', 'sum', [id])],
    })
    expectRows(await over(trial, rows, rule, sort(ascending('label'))), [[null, 2n, 7n], ['a', 2n, 3n]]) // prettier-ignore
    expectRows(await over(trial, [], rule), [])
  },
  'rule/aggregate of no rows without groups is one row': async (trial: Trial): Promise<void> => {
    const measures = [
      measure('n', 'count'),
      measure('some', 'count', [id]),
      measure('sum', 'sum', [id]),
      measure('most', 'max', [label]),
      measure('all', 'collect', [label], ascending('label')),
    ]
    expectRows(await over(trial, [], aggregate({ groupBy: [], measures })), [
      [0n, 0n, null, null, '[]'],
    ])
  },
  'rule/aggregate as distinct groups': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [[1n, 'a'], [2n, 'a'], [3n, null]] // prettier-ignore
    const rule = aggregate({ groupBy: ['label'], measures: [] })
    expectRows(await over(trial, rows, rule, sort(ascending('label'))), [[null], ['a']])
  },
  'rule/window by partition, NULL is one': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [[1n, 'a'], [2n, 'a'], [3n, null], [4n, null]] // prettier-ignore
    const rule = window({
      partitionBy: ['label'],
      orderBy: descending('id'),
      columns: [
        windowColumn('n', 'row_number'),
        windowColumn('next', 'lead', [id]),
        windowColumn('sum', 'running_sum', [id]),
      ],
    })
    expectRows(await over(trial, rows, rule, sort(ascending('id'))), [
      [1n, 'a', 2n, null, 3n],
      [2n, 'a', 1n, 1n, 2n],
      [3n, null, 2n, null, 7n],
      [4n, null, 1n, 3n, 4n],
    ])
  },
  'rule/union keeps duplicates and matches by name': async (trial: Trial): Promise<void> => {
    const a = rowsQuery('a', { id: INTEGER, label: STRING }, [[1n, 'x']])
    const b = rowsQuery('b', { label: STRING, id: INTEGER }, [['x', 1n], ['y', 2n]]) // prettier-ignore
    const c = rowsQuery('c', { id: INTEGER, label: STRING }, [])
    const q = defineQuery('q', [
      fromQuery('a'),
      union(['b', 'c']),
      sort(ascending(['id', 'label'])),
    ])
    expectRows(await trial.read([a, b, c, q]), [[1n, 'x'], [1n, 'x'], [2n, 'y']]) // prettier-ignore
  },
  'rule/distinct, NULL equals NULL': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [[1n, 'a'], [1n, 'a'], [1n, 'A'], [null, null], [null, null]] // prettier-ignore
    expectRows(await over(trial, rows, distinct(), sort(ascending(['id', 'label']))), [[null, null], [1n, 'A'], [1n, 'a']]) // prettier-ignore
  },
  'rule/sort with NULLs first and last, both ways': async (trial: Trial): Promise<void> => {
    const [a, b, none] = three as [Row, Row, Row]
    expectRows(await over(trial, three, sort(ascending('label'))), [none, a, b])
    expectRows(await over(trial, three, sort(ascending('label', 'last'))), [a, b, none])
    expectRows(await over(trial, three, sort(descending('label'))), [none, b, a])
    expectRows(await over(trial, three, sort(descending('label', 'last'))), [b, a, none])
  },
  'rule/sort by the bytes of UTF-8': async (trial: Trial): Promise<void> => {
    // U+FFFF comes before U+1F600 in UTF-8, after it in UTF-16; e + U+0301 before é.
    const texts = [
      '',
      ' ',
      'A',
      'B',
      'a',
      'e\u0301',
      'z',
      '\u00e9',
      '\u00ff',
      '\ud7ff',
      '\uffff',
      '😀',
      '\u{10ffff}',
    ]
    const rows = texts.map((value, index): Row => [BigInt(index), value])
    expectRows(await over(trial, rows.toReversed(), sort(ascending('label'))), rows)
    await trial.seed(items, rows.toReversed())
    expectRows(
      await trial.read([defineQuery('q', [from('items'), sort(ascending('label'))])]),
      rows,
    )
  },
  'rule/sort by several columns': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [[1n, 'a'], [2n, 'a'], [1n, 'b']] // prettier-ignore
    const by = [...descending('label'), ...ascending('id')]
    expectRows(await over(trial, rows, sort(by)), [[1n, 'b'], [1n, 'a'], [2n, 'a']]) // prettier-ignore
  },
  'rule/limit after sort': async (trial: Trial): Promise<void> => {
    expectRows(await over(trial, three, sort(descending('id')), limit(2)), [[3n, null], [2n, 'b']]) // prettier-ignore
    expectRows(await over(trial, three, limit(0)), [])
    const chosen = over(
      trial,
      three,
      sort(descending('id')),
      limit(1),
      derive([named('id', integer(0))]),
    )
    expectRows(await chosen, [[0n, null]])
  },
  'rule/unnest of a JSON array': async (trial: Trial): Promise<void> => {
    const rows: Row[] = [
      [1n, '["a",2,null,true,{"b":[]}]'],
      [2n, '[]'],
      [3n, null],
      [4n, '["\\"\\\\\\u0001ü😀",1.50]'],
    ]
    const t = rowsQuery('t', { id: INTEGER, list: JSON_TYPE }, rows)
    const rules = [
      fromQuery('t'),
      unnest('list', 'item', 'place'),
      drop(['list']),
      sort(ascending(['id', 'place'])),
    ]
    const cells = select([
      named('id', id),
      named('item', column('item', JSON_TYPE)),
      named('place', column('place', INTEGER)),
    ])
    const q = defineQuery('q', [...rules, cells])
    expectRows(await trial.read([t, q]), [
      [1n, '"a"', 1n],
      [1n, '2', 2n],
      [1n, 'null', 3n],
      [1n, 'true', 4n],
      [1n, '{"b":[]}', 5n],
      [4n, '"\\"\\\\\\u0001ü😀"', 1n],
      [4n, '1.5', 2n],
    ])
  },
  'rule/many rules in a row': async (trial: Trial): Promise<void> => {
    const rules = Array.from({ length: 60 }, () =>
      derive([named('id', call('add', id, integer(1)))]),
    )
    expectRows(await over(trial, [[0n, 'a']], ...rules, filter(equal(id, integer(60)))), [
      [60n, 'a'],
    ])
  },
}
