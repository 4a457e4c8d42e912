import { join } from 'node:path'

import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Child processes and worker threads of tests inherit it: an engine's worker that finds its modules compiled
// needs about a third less CPU.
process.env['NODE_COMPILE_CACHE'] ??= join(
  import.meta.dirname,
  'node_modules/.cache/node-compile-cache',
)

// One config, no projects: one server and one pool for all packages is faster, and
// `vitest run packages/core` already picks a package.
const roots = ['packages/*', 'packages/*/*', 'apps/*', 'tooling/*']

const promises = { branches: 90, functions: 90, lines: 90, statements: 90 }
const machinery = { branches: 85, functions: 85, lines: 85, statements: 85 }

/** Files that take a minute or more come first: begun last, one of them would run alone at the end. */
const LONG = /(kill|laws)\.test\.ts$/

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG.test(moduleId)
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    include: roots.map((root) => `${root}/test/**/*.test.ts`),
    exclude: ['**/node_modules/**', '**/dist/**', '**/lib/**', '**/fixtures/**'],
    // A focused test left behind would hide all others.
    allowOnly: false,
    // Files on disk are shared by no two tests, so files run side by side.
    fileParallelism: true,
    // One per core: most of them wait for databases, child processes and disks in turn.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts', 'packages/*/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      // Each group for itself: a well-tested kit does not make up for an untested core.
      thresholds: {
        'packages/{core,plan,flows}/src/**': promises,
        'packages/kits/*/src/**': machinery,
        'packages/engines/*/src/**': machinery,
        'packages/runtime/src/**': machinery,
      },
    },
  },
})
