import { AssertionError } from 'node:assert'

import { isQarionError } from '@qarion/core'

import type { Gap } from './gap.ts'

/** Registers a test under a name: `it` of vitest, jest, mocha, `test` of node:test. */
export type It = (name: string, body: () => Promise<void>) => unknown

/** One case to be registered. */
export interface SuiteCase<CaseName extends string> {
  readonly name: CaseName
  /** Added to the title where a case runs in several ways. */
  readonly variant?: string
  readonly run: () => Promise<void>
}

/**
 * Registers the cases; those with a gap are turned round. Throws at once if a gap names a case that does not exist,
 * or if a case has two.
 */
export function runSuite<CaseName extends string>(
  it: It,
  cases: readonly SuiteCase<CaseName>[],
  gaps: readonly Gap<CaseName>[],
): void {
  const byCase = new Map<string, Gap<CaseName>>()
  const names = new Set<string>(cases.map(({ name }) => name))
  for (const gap of gaps) {
    if (!names.has(gap.case))
      throw new Error(`A gap names the case "${gap.case}", which does not exist.`)
    if (byCase.has(gap.case)) throw new Error(`The case "${gap.case}" has two gaps.`)
    byCase.set(gap.case, gap)
  }
  for (const { name, variant, run } of cases) {
    const title = variant === undefined ? name : `${name} (${variant})`
    const gap = byCase.get(name)
    if (gap === undefined) it(title, run)
    else it(`${title} [${gap.kind}: ${gap.reason}]`, () => expectGap(gap, run))
  }
}

async function expectGap<CaseName extends string>(
  gap: Gap<CaseName>,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    if (gap.code === undefined || codesIn(thrown).includes(gap.code)) return
    throw new AssertionError({
      message: `The gap of "${gap.case}" should fail with ${gap.code}, but failed with: ${String(thrown)}`,
      actual: codesIn(thrown),
      expected: gap.code,
    })
  }
  throw new AssertionError({
    message: `"${gap.case}" passes now: remove its gap (${gap.kind}: ${gap.reason}).`,
  })
}

/** Codes of the error and of what it stands on: an assertion carries what was thrown as `actual` or `cause`. */
function codesIn(thrown: unknown): readonly string[] {
  if (isQarionError(thrown)) return [thrown.code]
  if (typeof thrown !== 'object' || thrown === null) return []
  const { actual, cause } = thrown as { readonly actual?: unknown; readonly cause?: unknown }
  return [actual, cause].filter(isQarionError).map(({ code }) => code)
}
