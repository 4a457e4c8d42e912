import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join, resolve } from 'node:path'

import { sqliteShell } from './context.mjs'
import { memoryMethod } from './measure.mjs'

const ROOT = resolve(import.meta.dirname, '..')

/** What the figures were seen on. */
export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    duckdb: versionOf('packages/engines/duckdb', '@duckdb/node-api'),
    betterSqlite3: versionOf('packages/engines/sqlite', 'better-sqlite3'),
    sqliteShell: sqliteShell() ?? null,
    memoryMethod,
  }
}

function versionOf(from, name) {
  const paths = createRequire(join(ROOT, from, 'package.json')).resolve.paths(name) ?? []
  for (const path of paths) {
    try {
      return JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')).version
    } catch {
      // It is further up.
    }
  }
  return null
}
