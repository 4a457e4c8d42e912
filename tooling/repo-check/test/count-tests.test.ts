import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'

import { expect, it } from 'vitest'

import { makeTree } from './fixture.ts'

const script = resolve(import.meta.dirname, '../../../.ci/count-tests.mjs')

function count(report: string, allowed = ''): string {
  const root = makeTree({ 'report.json': report, 'allowed.txt': allowed })
  const paths = [join(root, 'report.json'), join(root, 'allowed.txt')]
  return execFileSync(process.execPath, [script, ...paths], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}

function reportOf(status: string, tests: readonly string[]): string {
  const assertionResults = tests.map((test, index) => ({ status: test, fullName: `t${index}` }))
  return JSON.stringify({ testResults: [{ name: 'a', status, assertionResults }] })
}

it.each([
  ['passed tests', reportOf('passed', ['passed', 'passed']), '', '2 0'],
  ['a failed test', reportOf('failed', ['passed', 'failed']), '', '1 1'],
  ['a skipped test, as failed', reportOf('passed', ['passed', 'skipped']), '', '1 1'],
  [
    'a skipped test that is listed, not at all',
    reportOf('passed', ['passed', 'skipped']),
    't1',
    '1 0',
  ],
  ['a file that does not load', reportOf('failed', []), '', '0 1'],
  ['no test at all', '{"testResults":[]}', '', '0 1'],
  ['a report that is not there', 'not json', '', '0 1'],
])('counts %s', (_, report, allowed, counts) => {
  expect(count(report, allowed)).toBe(counts)
})
