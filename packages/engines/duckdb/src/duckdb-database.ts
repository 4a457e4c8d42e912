import { mkdir, open, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

import type { DuckdbDriver } from './duckdb-driver.ts'
import { classifyDuckdbError, duckdbError } from './duckdb-errors.ts'
import type { DuckdbSettings } from './duckdb-options.ts'

export type OpenMode = 'read' | 'write'

/** A share of the one instance that this process has of a database file. */
export interface DatabaseShare {
  /** A new connection; whoever takes one closes it with `disconnect`. */
  connect(): Promise<DuckDBConnection>
  disconnect(connection: DuckDBConnection): void
  /** False once the connection is gone, since the file was opened anew for writing. */
  isCurrent(connection: DuckDBConnection): boolean
  /** Says that something runs on a connection, or that rows are still to be taken from it. */
  markBusy(connection: DuckDBConnection, isBusy: boolean): void
  /** Gives the share back; the last one closes the file. */
  release(): Promise<void>
}

interface SharedInstance {
  mode: OpenMode
  instance: DuckDBInstance
  shares: number
  readonly connections: Set<DuckDBConnection>
  /** Connections on which something runs or rows are still to be taken. */
  readonly busy: Set<DuckDBConnection>
}

/**
 * By real path. Two instances of one file in a process would each keep their own picture of it, and closing one would
 * drop the file lock of the other, so a process has one.
 */
const INSTANCES = new Map<string, SharedInstance>()

/** Opening and closing of one path never overlap. */
const TURNS = new Map<string, Promise<unknown>>()

async function inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  const turn = (TURNS.get(key) ?? Promise.resolve()).then(work, work)
  TURNS.set(key, turn)
  try {
    return await turn
  } finally {
    if (TURNS.get(key) === turn) TURNS.delete(key)
  }
}

/**
 * Opens the file, or shares the instance that is open. A share for writing makes a read-only instance a writing one.
 * A file that does not exist is made for `write`; for `read` it is an empty database in memory.
 */
export async function openDatabase(
  settings: DuckdbSettings,
  mode: OpenMode,
  driver: DuckdbDriver,
): Promise<DatabaseShare> {
  if (mode === 'write') await mkdir(dirname(settings.path), { recursive: true })
  const key = await keyOf(settings.path)
  return inTurn(key, async () => {
    const shared = INSTANCES.get(key)
    if (shared !== undefined && mode === 'write' && shared.mode === 'read')
      await reopen(shared, settings, driver)
    if (shared !== undefined) return share(key, shared)
    if (!(await requireDatabase(settings.path)) && mode === 'read')
      return share(undefined, await createShared(':memory:', mode, LOCAL_ONLY, driver))
    const made = await createShared(settings.path, mode, configOf(settings, mode), driver)
    INSTANCES.set(key, made)
    return share(key, made)
  })
}

async function createShared(
  path: string,
  mode: OpenMode,
  config: Record<string, string>,
  driver: DuckdbDriver,
): Promise<SharedInstance> {
  try {
    const instance = await driver.api.DuckDBInstance.create(path, config)
    return { mode, instance, shares: 0, connections: new Set(), busy: new Set() }
  } catch (cause) {
    throw classifyDuckdbError(cause)
  }
}

function share(key: string | undefined, shared: SharedInstance): DatabaseShare {
  shared.shares += 1
  let isReleased = false
  const close = async (): Promise<void> => {
    shared.shares -= 1
    if (shared.shares > 0) return
    if (key !== undefined) INSTANCES.delete(key)
    for (const connection of shared.connections) connection.closeSync()
    shared.connections.clear()
    shared.instance.closeSync()
  }
  return {
    connect: async () => {
      const connection = await shared.instance.connect()
      shared.connections.add(connection)
      return connection
    },
    disconnect: (connection) => {
      if (shared.connections.delete(connection)) connection.closeSync()
    },
    isCurrent: (connection) => shared.connections.has(connection),
    markBusy: (connection, isBusy) => {
      if (isBusy) shared.busy.add(connection)
      else shared.busy.delete(connection)
    },
    release: async () => {
      if (isReleased) return
      isReleased = true
      await (key === undefined ? close() : inTurn(key, close))
    },
  }
}

const REOPEN_WAIT_MS = 5000

/** Readers of this process go on with the new instance when they next ask something. */
async function reopen(
  shared: SharedInstance,
  settings: DuckdbSettings,
  driver: DuckdbDriver,
): Promise<void> {
  const deadline = Date.now() + REOPEN_WAIT_MS
  while (shared.busy.size > 0) {
    if (Date.now() > deadline) {
      throw duckdbError('QRN-DUCKDB-001', `This process is still reading ${settings.path}.`, {
        hint: 'Take all rows of a read, or end it, before writing.',
      })
    }
    await sleep(10)
  }
  for (const connection of shared.connections) connection.closeSync()
  shared.connections.clear()
  shared.instance.closeSync()
  shared.instance = (
    await createShared(settings.path, 'write', configOf(settings, 'write'), driver)
  ).instance
  shared.mode = 'write'
}

/** Nothing is fetched from the network, whatever a file looks like. */
const LOCAL_ONLY = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' }

function configOf(
  { memoryLimitBytes, threads }: DuckdbSettings,
  mode: OpenMode,
): Record<string, string> {
  return {
    access_mode: mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
    ...LOCAL_ONLY,
    ...(memoryLimitBytes === undefined ? {} : { memory_limit: `${memoryLimitBytes}B` }),
    ...(threads === undefined ? {} : { threads: String(threads) }),
  }
}

/** DuckDB writes these bytes at offset 8. */
const MAGIC = 'DUCK'

/** Whether the file is there. Throws QRN-DUCKDB-002 if it is something else: DuckDB would look for an extension. */
async function requireDatabase(path: string): Promise<boolean> {
  let head: Buffer
  try {
    if ((await stat(path)).isDirectory())
      throw duckdbError('QRN-DUCKDB-002', `${path} is a folder.`)
    const file = await open(path)
    try {
      head = (await file.read(Buffer.alloc(12), 0, 12, 0)).buffer
    } finally {
      await file.close()
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw classifyDuckdbError(cause)
  }
  if (head.toString('latin1', 8, 12) === MAGIC) return true
  throw duckdbError('QRN-DUCKDB-002', `${path} is not a DuckDB database.`)
}

async function keyOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    try {
      return join(await realpath(dirname(path)), basename(path))
    } catch {
      return path
    }
  }
}
