import { DataTypes } from '@qarion/core'
import {
  explainAsMermaid,
  explainFlowPlan,
  explainInstruction,
  explainRule,
  named,
  integer,
  select,
} from '@qarion/plan'
import { expect, test } from 'vitest'

import { PLAN } from './plan-of-everything.ts'
import { makeColumn, makeDataset } from './support.ts'

test('a plan as a tree', () => {
  expect(explainFlowPlan(PLAN).join('\n')).toMatchSnapshot()
})

test('a plan that takes nothing back says so', () => {
  expect(explainFlowPlan({ ...PLAN, revert: undefined }).at(-1)).toMatch(/not possible/)
})

test('an instruction as a tree', () => {
  expect(explainInstruction(PLAN.revert![0]!)).toEqual([
    'revert',
    '├─ query current (evaluated once)',
    '│  ├─ from orders.landing (current batch)',
    '│  └─ drop tags',
    '└─ replace all rows of orders.state by current',
  ])
})

test('long lists are cut', () => {
  const rule = select(Array.from({ length: 12 }, (_, index) => named(`c${index}`, integer(index))))
  expect(explainRule(rule)).toBe(
    'select c0 = 0, c1 = 1, c2 = 2, c3 = 3, c4 = 4, c5 = 5, c6 = 6, c7 = 7 and 4 more',
  )
})

test('a plan as a flowchart', () => {
  expect(explainAsMermaid(PLAN)).toMatchSnapshot()
})

test('names cannot leave their label', () => {
  const dataset = makeDataset('a"]; click x "#b', [makeColumn('a', DataTypes.integer)])
  const chart = explainAsMermaid({
    datasets: [dataset],
    dag: { flow: 'f', nodes: [] },
    revert: undefined,
  })
  expect(chart).toBe(
    'flowchart LR\n  subgraph g0["f"]\n    n0[("a#quot;]; click x #quot;#35;b")]\n  end\n',
  )
})
