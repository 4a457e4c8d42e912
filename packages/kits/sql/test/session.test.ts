import { DataTypes, type CommitUnit, type Dataset } from '@qarion/core'
import {
  append,
  column,
  defineInstruction,
  defineQuery,
  from,
  integer,
  merge,
  named,
  overwrite,
  replaceKeys,
  values,
} from '@qarion/plan'
import { expect, it } from 'vitest'

import {
  checkFence,
  createSqlEngineSession,
  executionErrorIn,
  temporaryTable,
  type Dialect,
  type SqlSession,
} from '../src/index.ts'
import { fakeDialect } from './fake-dialect.ts'

const INTEGER = DataTypes.integer
const target: Dataset = {
  id: 'f.t',
  table: 't',
  storage: { kind: 'table' },
  columns: [
    { name: 'id', type: INTEGER, required: true },
    { name: 'v', type: INTEGER, required: false },
  ],
  key: ['id'],
  sortKey: ['id'],
  isInternal: false,
}

/** `explain` needs no database. */
const session = createSqlEngineSession({} as SqlSession, fakeDialect)

function unitOf(operations: CommitUnit['operations']): CommitUnit {
  return {
    operations,
    catalog: { datasets: new Map([[target.id, target]]), batches: new Map() },
    parameters: { batch_id: 3n },
    acceptedGuards: [],
    lease: { fence: 1n, release: async () => {} },
    signal: new AbortController().signal,
  }
}

const rows = defineQuery('q', [
  values(
    [
      { name: 'id', type: INTEGER },
      { name: 'v', type: INTEGER },
    ],
    [[integer(1), integer(2)]],
  ),
])

it('explains every operation', () => {
  const table = { name: 't', columns: target.columns, key: ['id'], isUnique: true }
  const set = [named('id', column('source_id', INTEGER)), named('v', column('source_v', INTEGER))]
  const instruction = defineInstruction(
    'i',
    [rows, defineQuery('all', [from(target.id)])],
    [
      overwrite('q', target.id),
      append('all', target.id),
      replaceKeys('q', target.id, ['id']),
      merge('q', target.id, {
        on: ['id'],
        branches: [
          {
            when: 'matched',
            action: { kind: 'update', set: [named('v', column('source_v', INTEGER))] },
          },
          { when: 'not_matched', action: { kind: 'insert', set } },
          { when: 'not_matched_by_source', action: { kind: 'delete' } },
        ],
      }),
    ],
  )
  const source = { batches: async function* () {} }
  const { catalog } = unitOf([])
  const statements = session.explain?.(
    unitOf([
      { kind: 'create_table', table },
      { kind: 'load', table, source, count: 'n' },
      { kind: 'instruction', instruction },
      { kind: 'create_view', name: 'view', queries: [rows], catalog },
      { kind: 'drop_table', table: 't' },
    ]),
  )
  expect(statements?.join('\n')).toMatchSnapshot()
})

it('keeps identities of rows in the type that the dialect has for them', () => {
  const rowIdType = 'TID'
  const dialect: Dialect = {
    ...fakeDialect,
    rowIdType,
    createTemporaryTable: temporaryTable({ ...fakeDialect, rowIdType }),
  }
  const set = [named('v', column('source_v', INTEGER))]
  const instruction = defineInstruction(
    'i',
    [rows],
    [
      merge('q', target.id, {
        on: ['id'],
        branches: [{ when: 'matched', action: { kind: 'update', set } }],
      }),
    ],
  )
  const statements = createSqlEngineSession({} as SqlSession, dialect).explain?.(
    unitOf([{ kind: 'instruction', instruction }]),
  )
  expect(statements).toContain('CREATE TEMPORARY TABLE "xt_stage_2" ("xt_row" TID, "v" INTEGER)')
})

it('locks the row of the fence where the dialect says how', async () => {
  const seen: string[] = []
  const recording = {
    listTables: async () => [{ name: 'xt_fence', kind: 'table', columns: ['id', 'fence'] }],
    async *query({ sql }: { readonly sql: string }) {
      seen.push(sql)
      yield {
        rowCount: 1,
        columns: [{ layout: 'int64', values: BigInt64Array.of(4n) }],
      }
    },
  } as unknown as SqlSession
  await checkFence(recording, { ...fakeDialect, shareLock: ' FOR SHARE' }, 4n)
  await expect(checkFence(recording, fakeDialect, 3n)).rejects.toMatchObject({ reason: 'locked' })
  const select = 'SELECT fence FROM "xt_fence" WHERE id = 1'
  expect(seen).toEqual([`${select} FOR SHARE`, select])
})

it('finds the failure that a dialect raised in a message', () => {
  expect(executionErrorIn('Invalid Input Error: QRN-EXEC-002!')).toMatchObject({
    code: 'QRN-EXEC-002',
    reason: 'execution',
    message: 'Division by zero.',
  })
  expect(executionErrorIn('QRN-EXEC-999')).toBeUndefined()
})
