import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { onTestFinished } from 'vitest'

export type Files = Readonly<Record<string, string>>

/** A folder with these files, gone when the test is. */
export function makeTree(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'repo-check-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

export const core: Files = {
  'packages/core/package.json': JSON.stringify({ description: 'Contracts.' }),
  'packages/core/src/index.ts': 'export const one: number = 1\n',
}

export const plan: Files = {
  'packages/plan/package.json': JSON.stringify({
    description: 'Plans.',
    dependencies: { '@qarion/core': 'workspace:^' },
  }),
  'packages/plan/src/index.ts': "export { one } from '@qarion/core'\n",
}

export function engine(id: string, manifest: object = {}, source = ''): Files {
  return {
    [`packages/engines/${id}/package.json`]: JSON.stringify({ description: id, ...manifest }),
    [`packages/engines/${id}/src/index.ts`]: source,
    [`packages/engines/${id}/src/plugin.ts`]: 'export default {}\n',
  }
}
