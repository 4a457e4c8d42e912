import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { generateDeliveries } from './generate.mjs'
import { runProcess } from './measure.mjs'
import { installProduct } from './product.mjs'

/** What the cases share: the installed product, deliveries, folders, and work that is done once for several cases. */
export function createContext(options) {
  const base = join(tmpdir(), 'qarion-bench')
  const workspace = join(base, `run-${process.pid}`)
  mkdirSync(workspace, { recursive: true })
  const product = installProduct(join(workspace, 'product'))
  const made = new Map()
  return {
    ...options,
    node: process.execPath,
    product,
    /** A path under the folder of this run; nothing is there yet or any more. */
    folder(name) {
      const path = join(workspace, name)
      rmSync(path, { recursive: true, force: true })
      return path
    },
    deliveries: (parameters) =>
      generateDeliveries({
        seed: options.seed,
        cacheDirectory: join(base, 'deliveries'),
        ...parameters,
      }),
    qarion: (words, settings) => runProcess(process.execPath, [product.bin, ...words], settings),
    once(key, work) {
      if (!made.has(key)) made.set(key, work())
      return made.get(key)
    },
    /** What earlier work has left to write does not fall on what is timed next. */
    settle() {
      if (process.platform !== 'win32') spawnSync('sync')
    },
    log: (text) => process.stderr.write(`${text}\n`),
    close: () => rmSync(workspace, { recursive: true, force: true }),
  }
}

/** The version of the sqlite3 shell, or `undefined` where there is none. */
export function sqliteShell() {
  const { status, stdout } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.split(' ')[0] : undefined
}
