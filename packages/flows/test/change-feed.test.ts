import { DataTypes, decimalType, isQarionError, type FlowDefinition } from '@qarion/core'
import { changeFeed } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(12, 2), required: false },
  { name: 'status', type: DataTypes.string, required: false },
  { name: 'region', type: DataTypes.string, required: false, description: 'where' },
]

const definition = (
  properties: FlowDefinition['properties'],
  primaryKey: readonly string[] = ['id'],
): FlowDefinition => ({
  id: 'orders',
  name: 'Orders',
  flowType: 'change_feed',
  namespace: 'raw',
  input: { primaryKey, columns: COLUMNS },
  properties,
  file: 'flows/orders.toml',
})

function problemsOf(
  properties: FlowDefinition['properties'],
  primaryKey?: readonly string[],
): string[] {
  try {
    changeFeed.plan(definition(properties, primaryKey))
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return (thrown.problems.length === 0 ? [thrown] : thrown.problems).map(({ code }) => code)
  }
  return []
}

describe('definitions that cannot become a change feed', () => {
  it.each<[string, FlowDefinition['properties'], string[]]>([
    ['an unknown column', { change_detection_columns: ['nope'] }, ['QRN-FEED-002']],
    [
      'both lists',
      { change_detection_columns: ['amount'], change_detection_exclude: ['status'] },
      ['QRN-FEED-003'],
    ],
    ['a compared key', { change_detection_columns: ['id'] }, ['QRN-FEED-003']],
    ['last without an order', { on_duplicate_key: 'last' }, ['QRN-FEED-003']],
    ['partial with a scope', { extract: 'partial', extract_scope: ['region'] }, ['QRN-FEED-003']],
    ['compare of an unknown column', { compare: { nope: { trim: true } } }, ['QRN-FEED-002']],
    ['compare with an unknown word', { compare: { status: { upper: true } } }, ['QRN-FEED-004']],
    ['trim of a decimal', { compare: { amount: { trim: true } } }, ['QRN-FEED-004']],
    ['scale of a string', { compare: { status: { scale: 1 } } }, ['QRN-FEED-004']],
    ['a scale beyond the column', { compare: { amount: { scale: 3 } } }, ['QRN-FEED-004']],
    ['a condition with an unknown column', { deleted_when: "op = 'D'" }, ['QRN-EXPR-006']],
    ['all at once', { sequence_by: ['a'], extract_scope: ['b'] }, ['QRN-FEED-002', 'QRN-FEED-002']],
  ])('%s', (_, properties, codes) => {
    const found = problemsOf(properties)
    expect(found.map((code) => code.slice(0, 9))).toEqual(codes.map((code) => code.slice(0, 9)))
    if (codes[0]?.startsWith('QRN-FEED')) expect(found).toEqual(codes)
  })

  it('no key', () => {
    expect(problemsOf({}, [])).toEqual(['QRN-FEED-001'])
  })
})

describe('plans', () => {
  it.each<FlowDefinition['properties']>([
    {},
    { extract: 'partial', deleted_when: "status = 'D'" },
    { extract_scope: ['region'], on_empty: 'skip' },
    { on_duplicate_key: 'reject', on_empty: 'accept', before_image: true, include_unchanged: true },
    { sequence_by: ['amount'], on_duplicate_key: 'first', max_deleted_fraction: 0.3 },
    {
      baseline_on_add: true,
      compare: { status: { trim: true, casefold: true }, amount: { scale: 1 } },
    },
    { change_detection_exclude: ['amount', 'status', 'region'] },
  ])('%j is sound, and the same after serialise and parse', (properties) => {
    const plan = changeFeed.plan(definition(properties))
    checkFlowPlan(plan)
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.map(({ table }) => table)).toContain('raw_orders_change_feed')
  })
})
