import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createFolder, linkPackages, runBin, type Outcome } from './run-bin.ts'

export const ENGINES = ['sqlite', 'duckdb'] as const

export type EngineName = (typeof ENGINES)[number]

/** A project as `qarion init` leaves it, with the workspace's packages installed and an environment per engine. */
export interface Project {
  readonly path: string
  /** `qarion …` in the project, with the engine's environment. */
  qarion(...words: readonly string[]): Promise<Outcome>
  /** The document that `qarion … --json` prints. */
  // eslint-disable-next-line typescript/no-explicit-any -- tests say what must be in it
  json(...words: readonly string[]): Promise<any>
  write(file: string, text: string): void
  read(file: string): string
  exists(file: string): boolean
  deliver(day: string, text: string): void
  remove(): void
}

export const HEADER = 'customer_id,name,email,city,credit_limit,is_active\n'

export async function createProject(engine: EngineName): Promise<Project> {
  const folder = createFolder()
  const path = folder.path
  const options = engine === 'sqlite' ? [] : ['--env', engine]
  const made = await runBin(['init', '--yes'], { cwd: path })
  if (made.exitCode !== 0) throw new Error(made.stderr)
  linkPackages(path)
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  manifest.devDependencies['@qarion/engine-duckdb'] = '*'
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest))
  appendFileSync(
    join(path, 'qarion.toml'),
    '\n[environments.duckdb.engine]\nname = "duckdb"\n\n[environments.duckdb.engine.config]\npath = "data/test.duckdb"\n',
  )
  const qarion = (...words: readonly string[]): Promise<Outcome> =>
    runBin([...words, ...options], { cwd: path })
  return {
    path,
    qarion,
    json: async (...words) => {
      const outcome = await qarion(...words, '--json')
      return JSON.parse(outcome.stdout)
    },
    write: (file, text) => writeFileSync(join(path, file), text),
    read: (file) => readFileSync(join(path, file), 'utf8'),
    exists: (file) => existsSync(join(path, file)),
    deliver: (day, text) =>
      writeFileSync(join(path, `data/customers/customers_${day}.csv`), HEADER + text),
    remove: () => folder.remove(),
  }
}
