import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { listFiles, readText, type Problem, type Tree } from './tree.ts'

const forbidden: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /(?<![\w.@$}~-])\/(?:root|work|home\/[\w.-]+|Users\/[\w.-]+)\/(?=[\w.])/,
    what: 'the path of a machine',
  },
  { pattern: /\b[A-Z]:\\Users\\/, what: 'the path of a machine' },
  {
    pattern: /\b(?:registry\.(?:npmjs|yarnpkg|npmmirror)|npm\.pkg\.github)\b/,
    what: 'the host of a registry',
  },
]

const largestTextBytes = 2 * 1024 * 1024

function checkText(root: string, path: string): Problem[] {
  const bytes = readFileSync(join(root, path))
  if (bytes.length > largestTextBytes || bytes.includes(0)) return []
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line, index) =>
      forbidden
        .filter(({ pattern }) => pattern.test(line))
        .map(({ what }) => ({ path: `${path}:${index + 1}`, message: `contains ${what}` })),
    )
}

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/
const vagueName =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|interface|type|enum) (\w*(?:Manager|Helper|Utils)\w*)/gm

function checkNames(tree: Tree): Problem[] {
  return tree.packages.flatMap(({ place, sources, tests }) =>
    [...sources, ...tests].flatMap((file) => {
      const path = `${place.dir}/${file}`
      const problems: Problem[] = []
      if (!file.split('/').every((part) => kebabCase.test(part)))
        problems.push({ path, message: 'files and folders are named in kebab-case' })
      if (!file.startsWith('src/')) return problems
      for (const match of (readText(tree.root, path) ?? '').matchAll(vagueName))
        problems.push({ path, message: `${match[1]} does not say what it is for` })
      return problems
    }),
  )
}

function checkLockFile(root: string): Problem[] {
  const path = 'pnpm-lock.yaml'
  return (readText(root, path) ?? '').split('\n').flatMap((line, index) =>
    /\btarball:|resolution:.*https?:/.test(line)
      ? [
          {
            path: `${path}:${index + 1}`,
            message: 'names a host; install with the plain registry',
          },
        ]
      : [],
  )
}

export function checkSources(tree: Tree): Problem[] {
  return [
    ...listFiles(tree.root).flatMap((path) => checkText(tree.root, path)),
    ...checkNames(tree),
    ...checkLockFile(tree.root),
  ]
}
