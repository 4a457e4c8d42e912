import { mkdir } from 'node:fs/promises'

import type { Engine, EngineCapabilities, EngineSession, Lease, LeaseOwner } from '@qarion/core'
import { acquireFileLock, classifyFileError } from '@qarion/kit-files'

import { STORED_TYPES } from './frame/dtypes.ts'
import { createMemoryLock } from './memory-lease.ts'
import { NATIVE_FORMATS } from './native/native-formats.ts'
import { createPolarsSession } from './polars-session.ts'
import { loadPolars } from './polars.ts'
import { createLocalStore, storagePaths, verifyParts } from './store/local-store.ts'
import { createMemoryStore } from './store/memory-store.ts'
import type { TableStore } from './store/table-store.ts'

const CAPABILITIES: EngineCapabilities = Object.freeze({
  isPersistent: true,
  maxDecimalPrecision: 38,
  nativeFormats: Object.freeze(Object.keys(NATIVE_FORMATS)),
  storedTypes: STORED_TYPES,
})

/** An engine over data frames of this process; they live as long as the engine. */
export function createPolarsMemoryEngine(): Engine {
  const store = createMemoryStore()
  return Object.freeze({
    capabilities: Object.freeze({ ...CAPABILITIES, isPersistent: false }),
    open: async (mode: 'read' | 'write'): Promise<EngineSession> =>
      createPolarsSession({ polars: await loadPolars(), store, mode, verify: async () => {} }),
    acquireLease: createMemoryLock(() => takeFence(store)),
  })
}

export interface PolarsLocalSettings {
  /** Absolute path of the folder. */
  readonly storageDirectory: string
}

/** An engine over a folder of Parquet files. Nothing is read or made before it is needed. */
export function createPolarsLocalEngine({ storageDirectory }: PolarsLocalSettings): Engine {
  return Object.freeze({
    capabilities: CAPABILITIES,
    open: async (mode: 'read' | 'write'): Promise<EngineSession> => {
      const polars = await loadPolars()
      const store = createLocalStore(storageDirectory, polars)
      // A manifest that is damaged is told at once, not by the first query.
      await store.read()
      return createPolarsSession({
        polars,
        store,
        mode,
        verify: async ({ tables }) =>
          verifyParts(
            storageDirectory,
            [...tables.values()].flatMap(({ parts }) => parts),
          ),
      })
    },
    acquireLease: async (owner: LeaseOwner): Promise<Lease> => {
      const { lock: path } = storagePaths(storageDirectory)
      await mkdir(storageDirectory, { recursive: true }).catch((thrown: unknown) => {
        throw classifyFileError(thrown, storageDirectory)
      })
      const lock = await acquireFileLock(path, owner)
      try {
        const store = createLocalStore(storageDirectory, await loadPolars())
        return { fence: await takeFence(store), release: () => lock.release() }
      } catch (thrown) {
        await lock.release()
        throw thrown
      }
    },
  })
}

/** Publishes the state with the next fence: leases with lower ones can commit no more. */
async function takeFence(store: TableStore): Promise<bigint> {
  const state = await store.read()
  const fence = state.fence + 1n
  await store.publish({ ...state, fence })
  return fence
}
