import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { rolldown } from 'rolldown'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string>>
}

/**
 * Makes `lib` of what the compiler left in `dist`: one file per entry of a package and what they share, since hundreds
 * of small modules take longer to find and link than to run. Other packages stay outside. Gives false for packages that
 * nobody installs.
 */
export async function bundlePackage(directory: string): Promise<boolean> {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  if (manifest.private === true) return false
  const built = await rolldown({
    input: Object.fromEntries(
      entriesOf(directory, manifest).map((entry) => [
        entry,
        join(directory, 'dist', `${entry}.js`),
      ]),
    ),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:[/\\]/.test(id),
    // Nothing is left out: what a package exports is decided by its entries.
    treeshake: false,
  })
  rmSync(join(directory, 'lib'), { recursive: true, force: true })
  await built.write({
    dir: join(directory, 'lib'),
    format: 'esm',
    // Beside the entries, so that paths relative to a module lead to the same place.
    chunkFileNames: '[name]-[hash].js',
  })
  await built.close()
  return true
}

/** What is loaded by its path: exported modules, the command, and code of threads. Without `src/` and the ending. */
function entriesOf(directory: string, { exports = {} }: Manifest): string[] {
  const exported = Object.values(exports).filter((path) => /^\.\/src\/.*\.ts$/.test(path))
  const others = ['src/bin.ts', ...globSync('src/**/worker.ts', { cwd: directory })]
  return [...exported.map((path) => path.slice(2)), ...others]
    .filter((path) => existsSync(join(directory, path)))
    .map((path) => path.replaceAll('\\', '/').replace(/^src\/(.*)\.ts$/, '$1'))
}
