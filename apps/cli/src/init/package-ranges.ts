import { ownManifest } from '../own-package.ts'

/** What a new project installs: the command, the schemas for editors, and one plugin of each kind it uses. */
const PACKAGES = [
  '@qarion/cli',
  '@qarion/config',
  '@qarion/engine-sqlite',
  '@qarion/flows',
  '@qarion/loader-csv',
  '@qarion/repository-local',
] as const

const VERSION = /^\d+\.\d+\.\d+/

/**
 * The packages with ranges that fit this version of the command. Publishing writes the versions that were tested
 * together into the manifest's devDependencies; in the repository, where they say `workspace:`, all go by the
 * command's own.
 */
export function packageRanges(): Record<string, string> {
  const { devDependencies = {}, version } = ownManifest()
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const tested = devDependencies[name] ?? ''
      return [name, `^${VERSION.test(tested) ? tested : version}`]
    }),
  )
}
