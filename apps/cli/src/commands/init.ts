import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { fileError, usageError } from '../cli-errors.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { packageRanges } from '../init/package-ranges.ts'
import { projectFiles, type ProjectFile } from '../init/project-files.ts'
import type { Session } from '../session.ts'

/** `qarion init [dir]` */
export async function execute(session: Session): Promise<number> {
  const { line, projectDirectory, terminal } = session
  const directory = resolve(projectDirectory, line.arguments[0] ?? '.')
  const packages = packageRanges()
  const files = projectFiles({ name: projectName(directory), packages })
  refuseToOverwrite(directory, files)
  for (const file of files) await writeNew(directory, file)

  const missing = Object.keys(packages).filter((name) => !canResolve(directory, name))
  if (terminal.isJson) {
    const paths = files.map(({ path }) => path)
    await session.printDocument({ directory, files: paths, missingPackages: missing })
    return EXIT_DONE
  }
  const { bold, cyan, dim, green } = terminal.notes.colors
  const place = relative(process.cwd(), directory)
  terminal.note(`${green('made')} ${bold(place === '' ? 'a project here' : place)}`)
  for (const { path } of files) terminal.note(`  ${dim(path)}`)
  const steps = [
    ...(place === '' ? [] : [`cd ${place}`]),
    ...(missing.length > 0 ? [`${packageTool()} install`] : []),
    'npx qarion run',
    'npx qarion diff customers',
  ]
  terminal.note(`\nnext:\n${steps.map((step) => `  ${cyan(step)}`).join('\n')}`)
  return EXIT_DONE
}

function refuseToOverwrite(directory: string, files: readonly ProjectFile[]): void {
  const inTheWay = files.map(({ path }) => path).filter((path) => existsSync(join(directory, path)))
  if (inTheWay.length === 0) return
  throw usageError('QRN-CLI-007', `In ${directory} there is already ${inTheWay.join(', ')}.`, {
    hint: 'Choose another folder: `qarion init DIR`. Nothing was written.',
    data: { files: inTheWay },
  })
}

async function writeNew(directory: string, { path, text }: ProjectFile): Promise<void> {
  const file = join(directory, path)
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  } catch (cause) {
    throw fileError('write', file, cause)
  }
}

/** The folder's name as npm and TOML take it. */
function projectName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[-_]+|-+$/g, '')
  return name === '' ? 'project' : name
}

function canResolve(directory: string, name: string): boolean {
  try {
    return findPackageJSON(name, pathToFileURL(join(directory, 'package.json'))) !== undefined
  } catch {
    return false
  }
}

/** The package manager that started this process, or npm. */
function packageTool(): string {
  const agent = process.env['npm_config_user_agent'] ?? ''
  return /^(pnpm|yarn|bun)\//.exec(agent)?.[1] ?? 'npm'
}
