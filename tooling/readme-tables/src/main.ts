/**
 * Writes the tables of options and limits into the READMEs of plugin packages:
 * `node tooling/readme-tables/src/main.ts [--check] [--root <folder>]`. With `--check` nothing is written, and the
 * exit code is 1 if a README is not up to date.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { updateReadmes } from './readme-tables.ts'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    root: { type: 'string', default: resolve(import.meta.dirname, '../../..') },
  },
})

const { stale, problems } = await updateReadmes(values.root, { write: !values.check })
for (const path of stale)
  console.log(
    values.check
      ? `${path}: is not what its plugins say; run \`node tooling/readme-tables/src/main.ts\``
      : `written ${path}`,
  )
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 || (values.check && stale.length > 0) ? 1 : 0
