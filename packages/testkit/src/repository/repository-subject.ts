import type { Repository } from '@qarion/core'

/** A repository over a store that nobody else uses and that holds nothing. */
export interface RepositorySubject {
  readonly repository: Repository
  /** Another repository over the same store, as another process would open it; absent where nothing is kept. */
  reopen?(): Promise<Repository>
  /** Closes every repository and removes the store. */
  close(): Promise<void>
}

export type MakeRepository = () => Promise<RepositorySubject>
