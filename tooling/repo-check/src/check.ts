import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { checkEdges } from './edges.ts'
import { manifestGaps, manifestOf } from './manifest.ts'
import { checkSources } from './sources.ts'
import { readJson, readText, readTree, toText, type Problem } from './tree.ts'
import { solutionReferences, tsconfigOf } from './tsconfig.ts'

export interface Outcome {
  readonly problems: readonly Problem[]
  /** Files that differed from what they should be; with `write`, they no longer do. */
  readonly stale: readonly string[]
}

export interface CheckOptions {
  readonly root: string
  readonly write: boolean
  /** Packages to write, by folder; empty means all. Others are still checked. */
  readonly only?: readonly string[]
}

/** The one version of Node is said twice, since pnpm reads the setting before the catalog. */
function checkNodeVersion(root: string): Problem[] {
  const path = 'pnpm-workspace.yaml'
  const text = readText(root, path) ?? ''
  const setting = /^nodeVersion: (\S+)$/m.exec(text)?.[1]
  const catalog = /^ {2}node: (\S+)$/m.exec(text)?.[1]
  return setting === catalog
    ? []
    : [{ path, message: `nodeVersion is ${setting}, the catalog's node is ${catalog}` }]
}

export function checkRepository({ root, write, only = [] }: CheckOptions): Outcome {
  const tree = readTree(root)
  const problems: Problem[] = tree.strays.map((path) => ({
    path,
    message: 'no package belongs here: see tooling/repo-check/src/layout.ts',
  }))
  const stale: string[] = []
  const unknown = only.filter((dir) => !tree.packages.some((pkg) => pkg.place.dir === dir))
  problems.push(...unknown.map((path) => ({ path, message: 'there is no such package' })))
  const expect = (path: string, text: string, dir?: string): void => {
    if (readText(root, path) === text) return
    const isOurs = dir === undefined || only.length === 0 || only.includes(dir)
    if (write && !isOurs) return
    stale.push(path)
    if (write) writeFileSync(join(root, path), text)
  }

  const manifests = new Map(tree.packages.map((pkg) => [pkg, manifestOf(pkg)]))
  for (const [pkg, manifest] of manifests) {
    const { dir } = pkg.place
    const tsconfig = readJson(root, `${dir}/tsconfig.json`)
    expect(`${dir}/package.json`, toText(manifest), dir)
    expect(`${dir}/tsconfig.json`, toText(tsconfigOf(pkg, tsconfig, manifest, tree.packages)), dir)
    for (const message of manifestGaps(pkg, manifest))
      problems.push({ path: `${dir}/package.json`, message })
  }
  const references = solutionReferences(root, tree.packages)
  expect('tsconfig.build.json', toText({ files: [], references }))
  // Tests and scripts: under the name by which editors and the linter find the project of a file.
  const tests = readJson(root, 'tsconfig.json')
  if (tests !== undefined) expect('tsconfig.json', toText({ ...tests, references }))

  problems.push(...checkNodeVersion(root), ...checkEdges(tree, manifests), ...checkSources(tree))
  return { problems, stale }
}
