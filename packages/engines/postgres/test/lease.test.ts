import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { DataTypes, type LeaseOwner } from '@qarion/core'
import { serverUrl } from '@qarion/postgres-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createPostgresEngine, type PostgresSettings } from '../src/index.ts'
import { ask, dropSchema, EMPTY_CATALOG, NEVER, newSchema, testSettings } from './support.ts'

const HOLDER = fileURLToPath(new URL('./fixtures/holder.mjs', import.meta.url))

let settings: PostgresSettings
beforeEach(async () => {
  settings = await testSettings(newSchema())
})
afterEach(() => dropSchema(settings))

function ownerOf(description: string, waitMs = 0): LeaseOwner {
  return { description, waitMs, signal: NEVER }
}

/** Another process that holds the lease. */
async function startHolder(): Promise<ReturnType<typeof spawn>> {
  const child = spawn(process.execPath, [HOLDER, settings.schema], {
    env: { ...process.env, HOLDER_URL: await serverUrl() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  return child
}

async function leaseRow(): Promise<Record<string, string | null>> {
  const names = ['fence', 'description', 'pid', 'released_at', 'session_pid']
  const [row = []] = await ask(settings, `SELECT ${names.join(', ')} FROM xt_lease`)
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))
}

describe('a lease', () => {
  it('signs its row, and says in it that it was released', async () => {
    const engine = createPostgresEngine(() => settings)
    const lease = await engine.acquireLease(ownerOf('qarion run orders'))
    expect(await leaseRow()).toMatchObject({
      fence: String(lease.fence),
      description: 'qarion run orders',
      pid: String(process.pid),
      released_at: null,
    })
    await lease.release()
    await lease.release()
    expect((await leaseRow())['released_at']).not.toBeNull()
  })

  it('of another process is named with its process and host', async () => {
    const child = await startHolder()
    const engine = createPostgresEngine(() => settings)
    await expect(engine.acquireLease(ownerOf('second'))).rejects.toMatchObject({
      code: 'QRN-POSTGRES-012',
      reason: 'locked',
      isRetryable: true,
      message: expect.stringMatching(
        new RegExp(`^holder of a test \\(process ${child.pid} on .*\\) writes`),
      ),
    })
    child.kill('SIGKILL')
  })

  it('of a process that was killed is free at once', async () => {
    const child = await startHolder()
    const before = BigInt((await leaseRow())['fence'] ?? 0)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    const lease = await createPostgresEngine(() => settings).acquireLease(ownerOf('second'))
    expect(lease.fence).toBeGreaterThan(before)
    await lease.release()
  })

  it('of a machine that has been silent for a minute is taken over, and the old one cannot commit', async () => {
    const engine = createPostgresEngine(() => settings)
    const first = await engine.acquireLease(ownerOf('first'))
    const session = await engine.open('write')
    await ask(
      settings,
      "UPDATE xt_lease SET machine = 'elsewhere', heartbeat_at = clock_timestamp() - interval '61 seconds'",
    )
    const second = await engine.acquireLease(ownerOf('second'))
    expect(second.fence).toBeGreaterThan(first.fence)
    const table = {
      name: 't',
      columns: [{ name: 'id', type: DataTypes.integer, required: false }],
      key: [],
      isUnique: false,
    }
    const unit = {
      operations: [{ kind: 'create_table' as const, table }],
      catalog: EMPTY_CATALOG,
      parameters: {},
      acceptedGuards: [],
      signal: NEVER,
    }
    await expect(session.commit({ ...unit, lease: first })).rejects.toMatchObject({
      reason: 'locked',
    })
    await session.commit({ ...unit, lease: second })
    // The session of the first is gone; letting go of it does not touch the second.
    await first.release()
    expect((await leaseRow())['released_at']).toBeNull()
    await session.close()
    await second.release()
  })

  it('waits for a transaction that has looked at the fence', async () => {
    const engine = createPostgresEngine(() => settings)
    const first = await engine.acquireLease(ownerOf('first'))
    const session = await engine.open('write')
    let taken: Promise<unknown> | undefined
    let isTaken = false
    const source = {
      async *batches() {
        await first.release()
        taken = engine.acquireLease(ownerOf('second')).then((lease) => {
          isTaken = true
          return lease.release()
        })
        await new Promise((resolve) => setTimeout(resolve, 300))
        expect(isTaken).toBe(false)
        yield { rowCount: 0, columns: [{ layout: 'int64', values: new BigInt64Array() }] as const }
      },
    }
    const table = {
      name: 't',
      columns: [{ name: 'id', type: DataTypes.integer, required: false }],
      key: [],
      isUnique: false,
    }
    await session.commit({
      operations: [
        { kind: 'create_table', table },
        { kind: 'load', table, source, count: 'rows' },
      ],
      catalog: EMPTY_CATALOG,
      parameters: {},
      acceptedGuards: [],
      lease: first,
      signal: NEVER,
    })
    await taken
    expect(isTaken).toBe(true)
    await session.close()
  })

  it('of one schema says nothing about another one', async () => {
    const other = await testSettings(newSchema())
    const first = await createPostgresEngine(() => settings).acquireLease(ownerOf('first'))
    const second = await createPostgresEngine(() => other).acquireLease(ownerOf('second'))
    expect([first.fence, second.fence]).toEqual([1n, 1n])
    await first.release()
    await second.release()
    await dropSchema(other)
  })

  it('is taken by one of many at a time', async () => {
    const engine = createPostgresEngine(() => settings)
    let holders = 0
    const fences = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const lease = await engine.acquireLease(ownerOf(`runner ${index}`, 15_000))
        holders += 1
        expect(holders).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        holders -= 1
        await lease.release()
        return lease.fence
      }),
    )
    expect(new Set(fences).size).toBe(8)
  })
})
