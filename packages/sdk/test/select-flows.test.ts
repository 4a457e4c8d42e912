import { isQarionError } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import type { FlowSelection } from '../src/qarion.ts'
import { findFlow, selectFlows, type SelectableFlow } from '../src/select-flows.ts'

function flow(
  id: string,
  sources: readonly SelectableFlow[] = [],
  tags: readonly string[] = [],
): SelectableFlow {
  return { definition: { id, tags }, sources }
}

const orders = flow('orders', [], ['daily', 'core'])
const customers = flow('customers', [], ['daily'])
const history = flow('orders_history', [orders], ['slow'])
const joined = flow('joined', [history, customers])
const exported = flow('joined_export', [joined], ['slow'])
const FLOWS = [orders, customers, history, joined, exported]
const ALL = 'orders customers orders_history joined joined_export'

function select(typed: string, exclude = ''): string {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  return selectFlows(FLOWS, { flows: words(typed), exclude: words(exclude) })
    .map(({ definition }) => definition.id)
    .join(' ')
}

function refusalOf(selection: FlowSelection, flows: readonly SelectableFlow[] = FLOWS) {
  try {
    selectFlows(flows, selection)
  } catch (thrown) {
    if (isQarionError(thrown)) return `${thrown.code} ${thrown.message} ${thrown.hint}`
    throw thrown
  }
  return 'selected'
}

describe('a selection', () => {
  it.each([
    ['', '', ALL],
    ['orders', '', 'orders'],
    ['joined orders', '', 'orders joined'],
    ['ord*', '', 'orders orders_history'],
    ['*_export', '', 'joined_export'],
    ['order?', '', 'orders'],
    ['*', '', ALL],
    ['tag:daily', '', 'orders customers'],
    ['tag:d*', '', 'orders customers'],
    ['orders+', '', 'orders orders_history joined joined_export'],
    ['orders+1', '', 'orders orders_history'],
    ['orders+0', '', 'orders'],
    ['+joined', '', 'orders customers orders_history joined'],
    ['1+joined', '', 'customers orders_history joined'],
    ['+orders_history+', '', 'orders orders_history joined joined_export'],
    ['1+joined+1', '', 'customers orders_history joined joined_export'],
    ['+tag:slow', '', ALL],
    ['tag:core+', '', 'orders orders_history joined joined_export'],
    ['tag:daily,orders+', '', 'orders'],
    ['tag:slow,orders+ customers', '', 'customers orders_history joined_export'],
    ['', 'tag:slow', 'orders customers joined'],
    ['orders+', 'orders', 'orders_history joined joined_export'],
    ['+joined', 'customers+ tag:core', 'orders_history'],
  ])('%s without "%s" is %s', (typed, exclude, ids) => {
    expect(select(typed, exclude)).toBe(ids)
  })

  it.each([
    [{ flows: ['ordrs'] }, 'QRN-RUN-001', 'Did you mean `orders`?'],
    [{ flows: ['+custmers'] }, 'QRN-RUN-001', 'Did you mean `customers`?'],
    [{ flows: ['zzzzzzzz'] }, 'QRN-RUN-001', 'It has: orders, customers'],
    [{ exclude: ['ordrs'] }, 'QRN-RUN-001', 'Did you mean `orders`?'],
    [{ flows: ['x*'] }, 'QRN-RUN-015', 'no flow is called like `x*`'],
    [{ flows: ['tag:dayly'] }, 'QRN-RUN-015', 'Did you mean `daily`?'],
    [{ exclude: ['tag:none_such'] }, 'QRN-RUN-015', 'no flow has the tag `none_such`'],
    [{ flows: ['tag:core,tag:slow'] }, 'QRN-RUN-015', 'in every part of `tag:core,tag:slow`'],
    [{ flows: ['orders'], exclude: ['tag:daily'] }, 'QRN-RUN-015', 'nothing is left of `orders`'],
    [{ exclude: ['*'] }, 'QRN-RUN-015', 'nothing is left of all flows'],
    [{ flows: ['path:flows'] }, 'QRN-RUN-017', '`path:`'],
    [{ flows: ['+'] }, 'QRN-RUN-017', 'Write `orders`'],
    [{ flows: ['orders,'] }, 'QRN-RUN-017', '`orders,`'],
    [{ flows: ['a+b'] }, 'QRN-RUN-017', '`a+b`'],
  ])('%o is refused', (selection, code, text) => {
    const refusal = refusalOf(selection)
    expect(refusal).toContain(code)
    expect(refusal).toContain(text)
  })

  it('of a project without flows is empty, unless a flow is named', () => {
    expect(selectFlows([], {})).toEqual([])
    expect(refusalOf({ flows: ['orders'] }, [])).toContain('It has no flows yet.')
  })

  it('takes signs of a pattern as they are', () => {
    expect(refusalOf({ flows: ['order.*'] })).toContain('QRN-RUN-015')
  })
})

it('one flow is found by its id alone', () => {
  expect(findFlow(FLOWS, 'joined')).toBe(joined)
  expect(() => findFlow(FLOWS, 'ord*')).toThrow('no flow "ord*"')
})
