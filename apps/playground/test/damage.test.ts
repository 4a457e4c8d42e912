import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { isQarionError, type QarionError, type RunEvent } from '@qarion/core'
import { afterEach, describe, expect, it } from 'vitest'

import {
  createScenario,
  ENGINE_IDS,
  FILE_ENGINE_IDS,
  type EngineId,
  type FileStore,
  type Scenario,
  type ServerStore,
} from '../src/index.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

let scenario: Scenario
afterEach(() => scenario.close())

async function errorOfRun(): Promise<QarionError> {
  try {
    const result = await scenario.run()
    return result.errors[0]?.error as QarionError
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown
  }
}

describe.each(FILE_ENGINE_IDS)('%s', (engine) => {
  const store = (): string => join(scenario.directory, (scenario.store as FileStore).path)

  it('a file that is no database is refused and left as it is', async () => {
    scenario = await createScenario({ engine })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await mkdir(join(scenario.directory, 'store'))
    const garbage = Buffer.alloc(20_000, 'this is no database ')
    await writeFile(store(), garbage)
    expect(await errorOfRun()).toMatchObject({ reason: 'corrupt' })
    expect(await readFile(store())).toEqual(garbage)
  })

  it('a disk that takes no more: an error, every target as it was, and the next run finishes', async () => {
    scenario = await createScenario({ engine })
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,2\n')
    await scenario.runOk()
    const feed = await scenario.rows('change_feed')
    const rows = Array.from({ length: 60_000 }, (_, index) => `key-${index * 7919},${index}`)
    await scenario.deliver('d2.csv', `id,v\na,1\nb,2\n${rows.join('\n')}\n`)
    await scenario.restart()
    // Files may grow to so many blocks of 512 bytes; writing on fails as it does on a full disk.
    const blocks = engine === 'polars_local' ? 128 : 2048
    const limited = spawnSync(
      'sh',
      [
        '-c',
        `trap "" XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`,
        process.execPath,
        CHILD,
        scenario.directory,
      ],
      { encoding: 'utf8' },
    )
    expect(limited.status).toBe(1)
    expect(limited.stderr).toMatch(/reason: '(resource|file_system)'/)
    expect(await scenario.rows('change_feed')).toEqual(feed)
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|2'])
    await scenario.runOk()
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(60_002)
    expect((await scenario.qarion.show({ dataset: 't.change_feed' })).totalRows).toBe(60_002)
  })

  it('reading a project that was never run makes no file', async () => {
    scenario = await createScenario({ engine })
    expect(await scenario.rows('current')).toEqual([])
    await expect(readFile(store())).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('postgres', () => {
  const store = (): ServerStore => scenario.store as ServerStore

  /** Runs while the server ends the sessions that make `table`, the first `times` of them. */
  async function runWhileEnding(table: string, times: number): Promise<QarionError | undefined> {
    const { schema } = store()
    for (const sql of [
      `CREATE SCHEMA IF NOT EXISTS ${schema}`,
      `CREATE SEQUENCE ${schema}.ended`,
      `CREATE FUNCTION ${schema}.end_session() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
         IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = '${schema}.${table}')
           AND nextval('${schema}.ended') <= ${times}
         THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; END $$`,
      `CREATE EVENT TRIGGER end_${schema} ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
         EXECUTE FUNCTION ${schema}.end_session()`,
    ])
      await store().ask(sql)
    try {
      return await errorOfRun()
    } finally {
      await store().ask(`DROP EVENT TRIGGER end_${schema}`)
    }
  }

  const delivery = (rows: number): string =>
    `id,v\n${Array.from({ length: rows }, (_, index) => `key-${index * 7919},${index}`).join('\n')}\n`

  it('a session that the server ends in a load: the step is tried again', async () => {
    const retried: RunEvent[] = []
    scenario = await createScenario({
      engine: 'postgres',
      onEvent: (event) => {
        if (event.type === 'step_retried') retried.push(event)
      },
    })
    await scenario.deliver('d1.csv', delivery(1000))
    expect(await runWhileEnding('raw_t_landing__b1', 1)).toBeUndefined()
    expect(retried).toMatchObject([{ error: { reason: 'connection', retryable: true } }])
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(1000)
    expect((await scenario.qarion.show({ dataset: 't.change_feed' })).totalRows).toBe(1000)
  })

  it('a server that ends every session: retryable, every target as it was, and the next run finishes', async () => {
    scenario = await createScenario({ engine: 'postgres' })
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,2\n')
    await scenario.runOk()
    const feed = await scenario.rows('change_feed')
    await scenario.deliver('d2.csv', delivery(1000))
    const error = await runWhileEnding('raw_t_landing__b2', 100)
    expect(error).toMatchObject({ reason: 'connection', isRetryable: true })
    expect(await scenario.rows('change_feed')).toEqual(feed)
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|2'])
    await scenario.runOk()
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(1000)
  })

  it('a table that somebody dropped is named, and nothing is written', async () => {
    scenario = await createScenario({ engine: 'postgres' })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk()
    await store().ask(`DROP TABLE ${store().schema}.raw_t_change_feed CASCADE`)
    await store().ask(
      `CREATE TABLE ${store().schema}.raw_t_change_feed (id INTEGER NOT NULL CHECK (id > 0))`,
    )
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    await scenario.restart()
    const error = await errorOfRun()
    expect(error).toMatchObject({ reason: 'corrupt' })
    expect(await store().ask(`SELECT * FROM ${store().schema}.raw_t_change_feed`)).toEqual([])
  })

  it('reading a project that was never run makes no schema', async () => {
    scenario = await createScenario({ engine: 'postgres' })
    expect(await scenario.rows('current')).toEqual([])
    const schemas = await store().ask(
      `SELECT nspname FROM pg_namespace WHERE nspname = '${store().schema}'`,
    )
    expect(schemas).toEqual([])
  })

  it('closing gives back the sessions of what was shown and never read', async () => {
    scenario = await createScenario({ engine: 'postgres' })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk()
    const mark = store().schema
    const sessions = (): Promise<readonly unknown[]> =>
      store().ask(
        `SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%${mark}%' AND pid <> pg_backend_pid()`,
      )
    await scenario.qarion.show({ dataset: 't.current', where: `v = '${mark}'` })
    expect(await sessions()).toHaveLength(1)
    await scenario.restart()
    await expect.poll(sessions).toHaveLength(0)
  })

  it('a wrong password is in no error, event, history or file', async () => {
    const events: RunEvent[] = []
    scenario = await createScenario({
      engine: 'postgres',
      onEvent: (event) => void events.push(event),
    })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    const password = `wrong-${store().schema}`
    const url = new URL(process.env['QARION_PLAYGROUND_POSTGRES_URL'] as string)
    url.password = password
    process.env['QARION_TEST_WRONG_URL'] = url.href
    const project = join(scenario.directory, 'qarion.toml')
    const text = await readFile(project, 'utf8')
    await writeFile(
      project,
      text.replace('QARION_PLAYGROUND_POSTGRES_URL', 'QARION_TEST_WRONG_URL'),
    )
    await scenario.restart()
    const error = await errorOfRun()
    expect(error).toMatchObject({ reason: 'authentication', isRetryable: false })
    const doctor = await scenario.qarion.doctor()
    const files = await readdir(scenario.directory, { recursive: true, withFileTypes: true })
    const contents = await Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
    )
    const everything = inspect([error, events, doctor, contents], { depth: 20, showHidden: true })
    expect(everything).not.toContain(password)
    await writeFile(project, text)
    await scenario.restart()
    await scenario.runOk()
  })

  it('another runner is named to the second one', async () => {
    scenario = await createScenario({ engine: 'postgres' })
    await scenario.deliver('d1.csv', delivery(100_000))
    const first = scenario.run()
    await expect
      .poll(
        () =>
          store().ask(
            `SELECT FROM pg_tables WHERE schemaname = '${store().schema}' AND tablename = 'xt_fence'`,
          ),
        { interval: 5, timeout: 10_000 },
      )
      .toHaveLength(1)
    const second = spawnSync(process.execPath, [CHILD, scenario.directory], { encoding: 'utf8' })
    expect(second.stderr).toContain('QRN-POSTGRES-012')
    expect(second.stderr).toContain(`process ${process.pid}`)
    expect((await first).errors).toEqual([])
  })
})

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('a delivery that is a link out of the project is refused', async () => {
    scenario = await createScenario({ engine })
    const outside = await mkdtemp(join(tmpdir(), 'qarion-outside-'))
    try {
      await writeFile(join(outside, 'd.csv'), 'id,v\na,1\n')
      await symlink(join(outside, 'd.csv'), join(scenario.directory, 'data', 'd1.csv'))
      const error = await errorOfRun()
      expect(error.reason).toBe('configuration')
      expect(error.hint).toContain('allowed_paths')
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })

  it('a source folder that is missing is named', async () => {
    scenario = await createScenario({ engine })
    await rm(join(scenario.directory, 'data'), { recursive: true })
    const error = await errorOfRun()
    expect(error.code).toMatch(/^QRN-FILE-/)
    expect(error.message).toContain('data')
  })

  it('reading a project that was never run shows no rows', async () => {
    scenario = await createScenario({ engine })
    expect(await scenario.rows('change_feed')).toEqual([])
    expect(await scenario.rows('current')).toEqual([])
    const [status] = await scenario.qarion.status()
    expect(status).toMatchObject({ flow: 't', waiting: [], rejectedRows: 0 })
  })
})
