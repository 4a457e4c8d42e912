import { DataTypes } from '@qarion/core'
import {
  and,
  bindParameters,
  checkFlowPlan,
  childrenOf,
  coalesce,
  column,
  deepFreeze,
  expressionsOfInstruction,
  integer,
  nearestName,
  or,
  parseExpression,
  PLAN_ERRORS,
  EXPRESSION_ERRORS,
  printExpression,
  referencedColumns,
  referencedDatasets,
  referencedParameters,
  referencedQueries,
  suggestName,
  transformExpression,
  visitRules,
  writtenDatasets,
} from '@qarion/plan'
import type { RuleVisitor } from '@qarion/plan'
import { expect, test } from 'vitest'

import { EVERY_RULE, PLAN } from './plan-of-everything.ts'
import { makeDataset, makeColumn, problemOf, thrownBy } from './support.ts'

const APPLY = PLAN.dag.nodes.flatMap((node) =>
  node.kind === 'transform' ? [node.instruction] : [],
)[0]!

test('the plan of everything makes sense', () => {
  const problem = problemOf(() =>
    checkFlowPlan(PLAN, [makeDataset('other.table', [makeColumn('a', DataTypes.integer)])]),
  )
  expect(problem).toBeUndefined()
})

test('references', () => {
  expect(referencedDatasets(APPLY)).toEqual(['orders.landing'])
  expect(writtenDatasets(APPLY)).toEqual(['orders.change_feed', 'orders.state'])
  expect(EVERY_RULE.map(referencedQueries)).toEqual([
    [],
    [],
    ['current', 'tags'],
    ['joined'],
    [],
    ['current'],
    ['current'],
    ['constants'],
  ])
  const parameters = [...referencedParameters(APPLY)].map(([name, type]) => `${name} ${type.kind}`)
  expect(parameters).toEqual(['to date', 'batch_id integer'])
  expect([...referencedParameters(EVERY_RULE).keys()]).toEqual(['to', 'batch_id'])
  const columns = ['a', 'b', 'c'].map((name) => ({ name, type: DataTypes.integer }))
  const expression = parseExpression('case when a in (1) then b + a else cast(c as integer) end', {
    columns,
  })
  expect(referencedColumns(expression)).toEqual(['a', 'b', 'c'])
  expect(referencedParameters(expression).size).toBe(0)
  expect(childrenOf(expression)).toHaveLength(3)
})

test('expressions of an instruction are those of its queries and its merges', () => {
  const printed = expressionsOfInstruction(APPLY).map(printExpression)
  expect(printed).toContain("status in ('new', 'paid') or amount > 0")
  expect(printed).toContain('amount is distinct from source_amount')
  expect(printed).toContain('source_order_id')
})

test('a transformation replaces leaves and keeps what did not change', () => {
  const columns = ['a', 'b'].map((name) => ({ name, type: DataTypes.integer }))
  const text = 'case when a in (1, 2) then -b else cast(cast(a as string) as integer) end'
  const changed = transformExpression(parseExpression(text, { columns }), (node) =>
    node.kind === 'column' && node.name === 'a' ? column('x', node.type) : node,
  )
  expect(printExpression(changed)).toBe(text.replaceAll('a as', 'x as').replace('when a', 'when x'))
})

test('rules are visited by operation, in order', () => {
  const visitor = Object.fromEntries(
    [
      'from',
      'values',
      'series',
      'select',
      'derive',
      'rename',
      'drop',
      'filter',
      'join',
      'aggregate',
      'window',
      'union',
      'distinct',
      'sort',
      'limit',
      'unnest',
      'assert',
    ].map((operation) => [
      operation,
      (rule: { operation: string }, query: { name: string }) => `${query.name}.${rule.operation}`,
    ]),
  ) as unknown as RuleVisitor<string>
  const visited = visitRules(EVERY_RULE, visitor)
  expect(visited.slice(0, 3)).toEqual(['current.from', 'current.drop', 'tags.from'])
  expect(visited).toHaveLength(EVERY_RULE.flatMap(({ rules }) => rules).length)
})

test('short builders', () => {
  const a = parseExpression('true', { columns: [] })
  expect(and(a)).toBe(a)
  expect(printExpression(and())).toBe('true')
  expect(printExpression(or())).toBe('false')
  expect(coalesce(a)).toBe(a)
  expect(thrownBy(() => and(integer(1))).code).toBe('QRN-PLAN-002')
})

test('what is frozen stays as it is', () => {
  const data = { list: [{ a: 1 }], none: null }
  expect(deepFreeze(deepFreeze(data))).toBe(data)
  expect(Object.isFrozen(data.list[0])).toBe(true)
})

test('suggestions', () => {
  expect(nearestName('amuont', ['status', 'amount'])).toBe('amount')
  expect(nearestName('xyz', ['status', 'amount'])).toBeUndefined()
  expect(suggestName('x', [], 'columns')).toBe('There are no columns.')
  expect(
    suggestName(
      'zzzz',
      Array.from({ length: 30 }, (_, index) => `column_${index}`),
      'columns',
    ),
  ).toMatch(/^Columns: .*, …\.$/)
})

test('every code says title, cause and cure', () => {
  for (const [code, entry] of Object.entries({ ...PLAN_ERRORS, ...EXPRESSION_ERRORS })) {
    expect(code).toMatch(/^QRN-(PLAN|EXPR)-\d{3}$/)
    expect(Object.values(entry).every((text) => text.length > 3)).toBe(true)
  }
})

test('constants in the place of parameters', () => {
  const bound = bindParameters(EVERY_RULE, { to: '2024-05-31', other: '1' })
  expect([...referencedParameters(bound).keys()]).toEqual(['batch_id'])
  expect(bindParameters(bound, { to: '2024-05-31' })).toBe(bound)
  expect(JSON.stringify(bound)).toContain('"text":"2024-05-31"')
  const unbound = JSON.parse(
    JSON.stringify(bound, (_key, value: { kind?: unknown; text?: unknown } | null) =>
      value?.kind === 'literal' && value.text === '2024-05-31' ? 'to' : value,
    ),
  ) as unknown
  const named = JSON.parse(
    JSON.stringify(EVERY_RULE, (_key, value: { kind?: unknown; name?: unknown } | null) =>
      value?.kind === 'parameter' && value.name === 'to' ? 'to' : value,
    ),
  ) as unknown
  expect(unbound).toEqual(named)
})
