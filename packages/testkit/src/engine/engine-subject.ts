import type { Engine } from '@qarion/core'

/** An engine over a store that nobody else uses and that holds nothing. */
export interface EngineSubject {
  readonly engine: Engine
  /** Whether anything has been stored, a file for instance. Asked of engines that are persistent. */
  exists?(): Promise<boolean>
  /** Size of the store in bytes, after a checkpoint. Asked of engines that are persistent. */
  storageBytes?(): Promise<number>
  /** Removes the store. Sessions and leases are closed before. */
  close(): Promise<void>
}

export type MakeEngine = () => Promise<EngineSubject>
