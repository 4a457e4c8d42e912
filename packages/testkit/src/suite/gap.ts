import type { ErrorCode } from '@qarion/core'

/**
 * A case that a plugin does not pass, with the reason. The case still runs: it has to fail, with `code` where one is
 * given, so that a gap that has closed is noticed.
 * - `notYet`: ours to do.
 * - `upstream`: what the plugin builds on lacks it.
 * - `never`: refused on purpose, with this code.
 */
export type Gap<CaseName extends string> =
  | {
      readonly case: CaseName
      readonly kind: 'notYet' | 'upstream'
      readonly reason: string
      readonly code?: ErrorCode
    }
  | {
      readonly case: CaseName
      readonly kind: 'never'
      readonly reason: string
      readonly code: ErrorCode
    }

export interface SuiteOptions<CaseName extends string> {
  /** Cases that are known to fail, and why. */
  readonly gaps?: readonly Gap<CaseName>[]
}
