import type { Engine, EngineSession, Lease, LeaseOwner } from '@qarion/core'
import { createSqlEngineSession } from '@qarion/kit-sql'

import { STORED_TYPES } from './dialect/stored-type.ts'
import { acquireLease } from './lease/postgres-lease.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { postgresError } from './postgres-errors.ts'
import type { PostgresSettings } from './postgres-options.ts'
import { createPostgresSession } from './postgres-session.ts'

/**
 * An engine over one schema of a database. Asks for its settings, imports the driver and connects when something is
 * opened, so what is wrong with the connection is said then.
 */
export function createPostgresEngine(settings: () => PostgresSettings): Engine {
  return Object.freeze({
    capabilities: Object.freeze({
      isPersistent: true,
      maxDecimalPrecision: 38,
      speaksSql: true,
      nativeFormats: Object.freeze([]),
      storedTypes: STORED_TYPES,
    }),
    open: async (mode: 'read' | 'write'): Promise<EngineSession> => {
      const connection = createPostgresSession(settings(), mode)
      const session = createSqlEngineSession(connection, postgresDialect)
      return mode === 'read' ? { ...session, commit: refuseCommit } : session
    },
    acquireLease: async (owner: LeaseOwner): Promise<Lease> => acquireLease(settings(), owner),
  })
}

async function refuseCommit(): Promise<never> {
  throw postgresError('QRN-POSTGRES-010', 'This session only reads.')
}
