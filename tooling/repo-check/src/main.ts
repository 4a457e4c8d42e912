import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { checkRepository } from './check.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    root: { type: 'string', default: resolve(import.meta.dirname, '../../..') },
  },
})

if (values.check === values.write) {
  console.error('usage: repo-check --check | --write [--root <folder>] [<package folder> …]')
  process.exit(2)
}

const { problems, stale } = checkRepository({
  root: values.root,
  write: values.write,
  only: positionals.map((path) => path.replace(/^\.\//, '').replace(/\/$/, '')),
})
for (const path of stale)
  console.log(
    values.write ? `written ${path}` : `${path}: is not as it should be; run \`pnpm fix:repo\``,
  )
for (const { path, message } of problems) console.error(`${path}: ${message}`)
process.exitCode = problems.length > 0 || (values.check && stale.length > 0) ? 1 : 0
