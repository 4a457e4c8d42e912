import type {
  TestDeliveryOutcome,
  TestExpectationOutcome,
  TestOutcome,
  TestResult,
} from '@qarion/sdk'

import { countOf, formatDuration } from './numbers.ts'
import { printable } from './printable.ts'
import { formatPlace, renderError } from './render-error.ts'
import { renderRowDifferences } from './render-row-differences.ts'
import type { Colors, Terminal } from './terminal.ts'

const SIGNS: Readonly<Record<TestOutcome['status'], (colors: Colors) => string>> = {
  passed: ({ green }) => green('✓'),
  failed: ({ red }) => red('✗'),
  written: ({ yellow }) => yellow('~'),
}

/** A line for the test, and below it what differs. */
export function renderTest(test: TestOutcome, terminal: Terminal): string {
  const { colors } = terminal.data
  const expectations = test.deliveries.flatMap((delivery) => delivery.expectations)
  const facts = [
    countOf(test.deliveryCount, 'delivery', 'deliveries'),
    countOf(expectations.length, 'dataset'),
    formatDuration(test.durationMs),
  ]
  const head = `${SIGNS[test.status](colors)} ${colors.bold(printable(test.name))}  ${colors.dim(facts.join(', '))}\n`
  const details = test.deliveries.map((delivery) => renderDelivery(delivery, terminal)).join('')
  const blank =
    test.isBlank && test.status === 'failed' && test.deliveries.every(({ error }) => !error)
      ? `    nothing is expected yet: \`qarion test ${test.name} --write\` writes what the run gives\n`
      : ''
  const written = test.written.map((file) => `    ${colors.dim('wrote')} ${printable(file)}\n`)
  return head + details + blank + written.join('')
}

function renderDelivery(delivery: TestDeliveryOutcome, terminal: Terminal): string {
  const { colors, width = 120 } = terminal.data
  const where = `  delivery ${delivery.delivery} of ${printable(delivery.flow)}`
  if (delivery.error !== undefined) {
    const error = renderError(delivery.error, { colors, width: width - 4, isVerbose: false })
    return `${where}  ${colors.dim(formatPlace(delivery.place))}\n${error.replaceAll(/^(?=.)/gm, '    ')}`
  }
  return delivery.expectations
    .filter(({ status }) => status === 'failed' || status === 'unknown')
    .map((expectation) => `${where}: ${renderExpectation(expectation, terminal)}`)
    .join('')
}

function renderExpectation(expectation: TestExpectationOutcome, { data }: Terminal): string {
  const { colors } = data
  const batch = expectation.batch === undefined ? '' : ` #${expectation.batch}`
  const head = `${colors.bold(printable(expectation.dataset))}${batch}  ${colors.dim(formatPlace(expectation.place))}\n`
  if (expectation.status === 'unknown') {
    return `${head}    no rows are expected yet; there are ${countOf(expectation.rowCount, 'row')}: \`qarion test --write\` writes them\n`
  }
  return head + renderRowDifferences(expectation, data)
}

/** How many passed, and on which engine. */
export function renderTestSummary(
  { engine, insteadOf, tests }: TestResult,
  colors: Colors,
): string {
  const count = (status: TestOutcome['status']): number =>
    tests.filter((test) => test.status === status).length
  const parts = [
    `${count('passed')} passed`,
    ...(count('failed') > 0 ? [colors.red(`${count('failed')} failed`)] : []),
    ...(count('written') > 0 ? [colors.yellow(`${count('written')} written`)] : []),
  ]
  const on =
    insteadOf === undefined
      ? `on ${engine}`
      : `on ${engine}, since ${insteadOf} is a server; the rows are the same`
  const time = formatDuration(tests.reduce((sum, { durationMs }) => sum + durationMs, 0))
  return `${countOf(tests.length, 'test')}: ${parts.join(', ')}  ${colors.dim(`${on}, ${time}`)}`
}
