import type { ProblemList } from './problem-list.ts'
import type { Templates } from './templates.ts'

/** What values are resolved against. */
export interface ResolveContext {
  readonly problems: ProblemList
  readonly env: Readonly<Record<string, string | undefined>>
  readonly projectDirectory: string
  /** Absolute folders besides the project's. */
  readonly allowedPaths: readonly string[]
  /** Ids of `[[credentials]]`; none declared: any id may be named. */
  readonly credentialIds: readonly string[]
  /** Names that `connection` and `environment` options may take; absent: any. */
  readonly connectionNames?: readonly string[]
  readonly environmentNames?: readonly string[]
  /** Columns that `column` options may name; absent outside flows. */
  readonly columnNames?: readonly string[]
  /** Fills `{{ name }}` in; absent outside flows, where such a text is taken as it is. */
  readonly templates?: Templates
  /** Names whose placeholders stay as they are: they are filled in when a batch is written. */
  readonly laterNames?: readonly string[]
}
