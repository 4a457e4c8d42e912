import { DataTypes, formatType, isSameType, type DataType, type Expression } from '@qarion/core'
import {
  aggregate,
  and,
  boolean,
  call,
  coalesce,
  column,
  defineQuery,
  derive,
  distinct,
  filter,
  from,
  fromQuery,
  integer,
  isIn,
  isNotNull,
  isNull,
  join,
  measure,
  not,
  or,
  parseExpression,
  select,
  suggestName,
} from '@qarion/plan'

import { keep, onColumns } from '../snapshot.ts'
import { constantOf, countOf, formOf, shown } from './check-values.ts'
import { newestVersion, type CheckedColumn, type CheckReader, type CheckTest } from './check.ts'

const valueOf = ({ name, type }: CheckedColumn): Expression => column(name, type)

/** A check that each column passes by itself where it holds a value: only completeness minds NULL. */
function eachColumn(
  { columns }: CheckReader,
  passes: (value: Expression) => Expression,
): CheckTest {
  return rowTest(or(...columns.map((one) => not(coalesce(passes(valueOf(one)), boolean(true))))))
}

function rowTest(fails: Expression): CheckTest {
  return { kind: 'row', looksAtOthers: false, make: () => ({ queries: [], rules: [], fails }) }
}

export function readCompleteness({ columns }: CheckReader): CheckTest {
  return rowTest(or(...columns.map((one) => isNull(valueOf(one)))))
}

export function readUniqueness({ columns }: CheckReader): CheckTest {
  const areThere = and(...columns.map((one) => isNotNull(valueOf(one))))
  return {
    kind: 'row',
    looksAtOthers: true,
    make: ({ rows, name }) => {
      const count = `${name}_count`
      return {
        queries: [
          defineQuery(`${name}_repeated`, [
            fromQuery(rows),
            filter(areThere),
            aggregate({
              groupBy: columns.map((one) => one.name),
              measures: [measure('xt_rows', 'count')],
            }),
            filter(call('greater', column('xt_rows', DataTypes.integer), integer(1))),
            select([
              ...columns.map(keep),
              { name: count, expression: column('xt_rows', DataTypes.integer) },
            ]),
          ]),
        ],
        rules: [
          join(`${name}_repeated`, {
            type: 'left',
            on: onColumns(columns),
            rightPrefix: `${name}_`,
          }),
        ],
        fails: isNotNull(column(`${name}_${count}`, DataTypes.integer)),
      }
    },
  }
}

export function readAcceptedValues(reader: CheckReader): CheckTest | undefined {
  const { values } = reader.config
  if (!Array.isArray(values) || values.length === 0) {
    reader.report('QRN-CHECK-005', 'config.values is not set', {
      hint: 'Add values = ["…", "…"] to config.',
      path: ['config', ...(values === undefined ? [] : ['values'])],
    })
    return undefined
  }
  const problemsBefore = new Set<number>()
  for (const { name, type } of reader.columns)
    for (const [index, value] of values.entries())
      if (constantOf(type, value) === undefined && !problemsBefore.has(index)) {
        problemsBefore.add(index)
        reader.report(
          'QRN-CHECK-005',
          `config.values holds what "${name}" cannot: "${shown(value)}"`,
          { hint: formOf(type), path: ['config', 'values', String(index)] },
        )
      }
  if (problemsBefore.size > 0) return undefined
  return rowTest(
    or(
      ...reader.columns.map((one) => {
        const items = values.map((value) => constantOf(one.type, value) as Expression)
        return not(coalesce(isIn(valueOf(one), items), boolean(true)))
      }),
    ),
  )
}

const ORDERED: ReadonlySet<DataType['kind']> = new Set([
  'integer',
  'decimal',
  'float',
  'date',
  'time',
  'timestamp',
])

export function readRange(reader: CheckReader): CheckTest | undefined {
  if (!areOf(reader, ORDERED, 'A range is of numbers, dates or times; length is for texts.'))
    return undefined
  const { min, max } = reader.config
  if (!needsOne(reader, ['min', 'max'])) return undefined
  let isFine = true
  for (const { name, type } of reader.columns)
    for (const [key, value] of Object.entries({ min, max }))
      if (value !== undefined && constantOf(type, value) === undefined) {
        isFine = false
        reader.report('QRN-CHECK-005', `config.${key} cannot be compared with "${name}"`, {
          hint: formOf(type),
          path: ['config', key],
        })
      }
  if (!isFine) return undefined
  return rowTest(
    or(
      ...reader.columns.map((one) => {
        const bounds = [
          ...(min === undefined
            ? []
            : [call('greater_or_equal', valueOf(one), constantOf(one.type, min) as Expression)]),
          ...(max === undefined
            ? []
            : [call('less_or_equal', valueOf(one), constantOf(one.type, max) as Expression)]),
        ]
        return not(coalesce(and(...bounds), boolean(true)))
      }),
    ),
  )
}

const TEXTS: ReadonlySet<DataType['kind']> = new Set(['string'])

export function readLength(reader: CheckReader): CheckTest | undefined {
  if (!areOf(reader, TEXTS, 'Only texts have a length.')) return undefined
  if (!needsOne(reader, ['min', 'max'])) return undefined
  const bounds = (['min', 'max'] as const).flatMap((key) => {
    const value = reader.config[key]
    if (value === undefined) return []
    const count = countOf(value)
    if (count === undefined)
      reader.report('QRN-CHECK-005', `config.${key} is no number of characters`, {
        hint: `Write ${key} = 10.`,
        path: ['config', key],
      })
    return [{ key, count }]
  })
  if (bounds.some(({ count }) => count === undefined)) return undefined
  return eachColumn(reader, (value) =>
    and(
      ...bounds.map(({ key, count }) =>
        call(
          key === 'min' ? 'greater_or_equal' : 'less_or_equal',
          call('length', value),
          integer(count as bigint),
        ),
      ),
    ),
  )
}

export function readPattern(reader: CheckReader): CheckTest | undefined {
  if (!areOf(reader, TEXTS, 'Only texts fit patterns.')) return undefined
  const { pattern } = reader.config
  if (typeof pattern !== 'string') {
    reader.report('QRN-CHECK-005', 'config.pattern is not set', {
      hint: "Add pattern = '^[A-Z]{2}-\\d+$' to config.",
      path: ['config', ...(pattern === undefined ? [] : ['pattern'])],
    })
    return undefined
  }
  try {
    return eachColumn(reader, (value) =>
      call('matches', value, constantOf(DataTypes.string, pattern) as Expression),
    )
  } catch (thrown) {
    reader.reportThrown(thrown, ['config', 'pattern'])
    return undefined
  }
}

export function readExpression(reader: CheckReader): CheckTest | undefined {
  const { expression } = reader.config
  if (typeof expression !== 'string') {
    reader.report('QRN-CHECK-005', 'config.expression is not set', {
      hint: 'Add expression = "amount >= 0" to config.',
      path: ['config', ...(expression === undefined ? [] : ['expression'])],
    })
    return undefined
  }
  try {
    const holds = parseExpression(expression, {
      columns: reader.known,
      expected: DataTypes.boolean,
    })
    return rowTest(not(coalesce(holds, boolean(true))))
  } catch (thrown) {
    reader.reportThrown(thrown, ['config', 'expression'])
    return undefined
  }
}

export function readForeignKey(reader: CheckReader): CheckTest | undefined {
  const { columns, config, sources } = reader
  const id = config['dataset_id']
  if (typeof id !== 'string') {
    reader.report('QRN-CHECK-005', 'config.dataset_id is not set', {
      hint: 'Add dataset_id = "customers.current" to config: the dataset that holds the keys.',
      path: ['config', ...(id === undefined ? [] : ['dataset_id'])],
    })
    return undefined
  }
  const dataset = sources.get(id)
  if (dataset === undefined) {
    reader.report('QRN-CHECK-005', `config.dataset_id names "${id}", which no flow has`, {
      hint: suggestName(id, [...sources.keys()], 'datasets'),
      path: ['config', 'dataset_id'],
    })
    return undefined
  }
  const names = config['columns'] ?? columns.map(({ name }) => name)
  if (!Array.isArray(names) || names.length !== columns.length) {
    reader.report('QRN-CHECK-005', 'config.columns does not name as many columns as the check', {
      hint: 'Name for each column of the check that of the other dataset, in the same order.',
      path: ['config', 'columns'],
    })
    return undefined
  }
  const known = dataset.columns.map(({ name }) => name)
  const referenced: CheckedColumn[] = []
  for (const [index, name] of names.entries()) {
    const found = dataset.columns.find((one) => one.name === name)
    const own = columns[index] as CheckedColumn
    const path = [
      'config',
      ...(config['columns'] === undefined ? ['dataset_id'] : ['columns', String(index)]),
    ]
    if (found === undefined)
      reader.report('QRN-CHECK-003', `"${id}" has no column "${shown(name)}"`, {
        hint: suggestName(shown(name), known, 'columns'),
        path,
      })
    else if (!isSameType(found.type, own.type))
      reader.report(
        'QRN-CHECK-004',
        `"${own.name}" is ${formatType(own.type)} and "${id}" has ${formatType(found.type)} in "${found.name}"`,
        { hint: 'Declare both with one type.', path },
      )
    else referenced.push(found)
  }
  if (referenced.length < columns.length) return undefined
  return {
    kind: 'row',
    looksAtOthers: true,
    make: ({ name }) => ({
      queries: [
        defineQuery(`${name}_keys`, [
          from(dataset.id, newestVersion(dataset)),
          select(
            columns.map((own, index) => ({
              name: own.name,
              expression: valueOf(referenced[index] as CheckedColumn),
            })),
          ),
          distinct(),
          derive([{ name: 'xt_found', expression: boolean(true) }]),
        ]),
      ],
      rules: [
        join(`${name}_keys`, { type: 'left', on: onColumns(columns), rightPrefix: `${name}_` }),
      ],
      fails: and(
        ...columns.map((one) => isNotNull(valueOf(one))),
        isNull(column(`${name}_xt_found`, DataTypes.boolean)),
      ),
    }),
  }
}

function areOf(
  { columns, report }: CheckReader,
  kinds: ReadonlySet<DataType['kind']>,
  hint: string,
): boolean {
  const unfit = columns.filter(({ type }) => !kinds.has(type.kind))
  for (const { name, type } of unfit)
    report('QRN-CHECK-004', `"${name}" is ${formatType(type)}`, { hint, path: ['columns'] })
  return unfit.length === 0
}

function needsOne({ config, report }: CheckReader, keys: readonly string[]): boolean {
  if (keys.some((key) => config[key] !== undefined)) return true
  report('QRN-CHECK-005', `config has none of ${keys.join(', ')}`, {
    hint: `Add ${keys[0]} = 1 to config.`,
    path: ['config'],
  })
  return false
}
