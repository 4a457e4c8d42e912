/**
 * Bundles the package in the working directory, or with `--all` every package of the repository, from what the compiler
 * made of it: `node tooling/bundle/src/main.ts [--all]`.
 */
import { globSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { bundlePackage } from './bundle-package.ts'

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } })
const root = resolve(import.meta.dirname, '../../..')
const directories = values.all
  ? globSync(['packages/*/package.json', 'packages/*/*/package.json', 'apps/*/package.json'], {
      cwd: root,
    }).map((file) => resolve(root, dirname(file)))
  : [process.cwd()]

for (const directory of directories) await bundlePackage(directory)
