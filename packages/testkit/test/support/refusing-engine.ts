import { DataTypes, QarionError, type Engine, type EngineSession } from '@qarion/core'
import type { EngineSubject } from '@qarion/testkit'

/** An engine that takes everything and does nothing: rows are gone, faults go unseen, leases are given to all. */
export async function refusingEngine(): Promise<EngineSubject> {
  const session: EngineSession = {
    listTables: async () => {
      throw new QarionError('QRN-TEST-001', 'internal', 'There are no tables.')
    },
    commit: async () => ({ rowCounts: {}, acceptedGuards: ['everything'] }),
    read: async function* () {
      yield { rowCount: 1, columns: [{ layout: 'text', values: ['nothing'] }] }
    },
    checkpoint: async () => {},
    close: async () => {},
  }
  const kinds = Object.keys(DataTypes)
  const engine: Engine = {
    capabilities: {
      isPersistent: true,
      maxDecimalPrecision: 38,
      nativeFormats: [],
      storedTypes: Object.fromEntries([...kinds, 'decimal'].map((kind) => [kind, 'none'])) as never,
    },
    open: async () => session,
    acquireLease: async () => ({ fence: 1n, release: async () => {} }),
  }
  return { engine, close: async () => {} }
}
