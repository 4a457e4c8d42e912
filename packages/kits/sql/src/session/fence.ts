import { DataTypes, type TableDefinition } from '@qarion/core'

import type { Dialect } from '../dialect/dialect.ts'
import { sqlError } from '../sql-errors.ts'
import { collectRows } from './rows.ts'
import type { SqlSession } from './sql-session.ts'

const INTEGER = DataTypes.integer

/** Holds one row: the number of the newest lease. */
const FENCE_TABLE: TableDefinition = {
  name: 'xt_fence',
  columns: [
    { name: 'id', type: INTEGER, required: true },
    { name: 'fence', type: INTEGER, required: true },
  ],
  key: ['id'],
  isUnique: true,
}

/** Takes the next fence number in a transaction of its own: leases with lower ones can commit no more. */
export async function takeFence(session: SqlSession, dialect: Dialect): Promise<bigint> {
  await session.begin()
  try {
    for (const sql of dialect.createTable(FENCE_TABLE))
      await session.execute({ sql, parameters: [] })
    const newest = await newestFence(session, dialect)
    const fence = (newest ?? 0n) + 1n
    const table = dialect.quoteIdentifier(FENCE_TABLE.name)
    const number = dialect.placeholder(1, INTEGER)
    const sql =
      newest === undefined
        ? `INSERT INTO ${table} (id, fence) VALUES (1, ${number})`
        : `UPDATE ${table} SET fence = ${number} WHERE id = 1`
    await session.execute({ sql, parameters: [{ value: fence, type: INTEGER }] })
    await session.commit()
    return fence
  } catch (thrown) {
    await session.rollback()
    throw thrown
  }
}

/** Throws QRN-SQL-003, reason `locked`, if `fence` is not the newest. Call it inside the transaction that writes. */
export async function checkFence(
  session: SqlSession,
  dialect: Dialect,
  fence: bigint,
): Promise<void> {
  const [table] = (await session.listTables(FENCE_TABLE.name)).filter(
    ({ name }) => name === FENCE_TABLE.name,
  )
  // Locked: nobody may take over between this look and the commit.
  const newest =
    table === undefined ? undefined : await newestFence(session, dialect, dialect.shareLock)
  if (newest === fence) return
  throw sqlError(
    'QRN-SQL-003',
    `Another runner has taken over the database: lease ${fence} is no longer the newest.`,
    { data: { fence: String(fence), newest: newest === undefined ? null : String(newest) } },
  )
}

async function newestFence(
  session: SqlSession,
  dialect: Dialect,
  lock = '',
): Promise<bigint | undefined> {
  const sql = `SELECT fence FROM ${dialect.quoteIdentifier(FENCE_TABLE.name)} WHERE id = 1${lock}`
  const [row] = await collectRows(session, { sql, parameters: [] }, [
    { name: 'fence', type: INTEGER },
  ])
  return row?.[0] === undefined ? undefined : (row[0] as bigint)
}
