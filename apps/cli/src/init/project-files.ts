import { flowFile } from './flow-file.ts'
import { readmeFile } from './readme-file.ts'
import { FIRST_DELIVERY, SECOND_DELIVERY } from './sample-deliveries.ts'
import { testFile } from './test-file.ts'

export interface ProjectFile {
  /** Relative to the project, with `/`. */
  readonly path: string
  readonly text: string
}

export interface ProjectChoices {
  readonly name: string
  /** Packages of the project with their version ranges. */
  readonly packages: Readonly<Record<string, string>>
}

/** Everything that `init` writes. */
export function projectFiles(choices: ProjectChoices): readonly ProjectFile[] {
  return [
    { path: 'package.json', text: manifestFile(choices) },
    { path: 'qarion.toml', text: settingsFile(choices) },
    { path: 'flows/customers.toml', text: flowFile() },
    { path: 'tests/customers.toml', text: testFile() },
    { path: 'data/customers/customers_2024-01-01.csv', text: FIRST_DELIVERY },
    { path: 'data/customers/customers_2024-01-02.csv', text: SECOND_DELIVERY },
    { path: '.gitignore', text: 'node_modules/\n.qarion/\ndata/*.db\ndata/*.db-*\n' },
    { path: 'README.md', text: readmeFile(choices.name) },
  ]
}

function manifestFile({ name, packages }: ProjectChoices): string {
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      plan: 'qarion plan',
      start: 'qarion run',
      test: 'qarion test',
      validate: 'qarion validate',
    },
    devDependencies: packages,
    engines: { node: '>=22.18' },
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

function settingsFile({ name }: ProjectChoices): string {
  return `#:schema ./node_modules/@qarion/config/schemas/project.schema.json

[project]
name = "${name}"
timezone = "UTC"

# Where the data lives and is transformed.
[engine]
name = "sqlite"

[engine.config]
path = "data/${name}.db"

# The same flows elsewhere: \`npm install --save-dev @qarion/engine-duckdb\`, then \`qarion run --env duckdb\`.
# [environments.duckdb.engine]
# name = "duckdb"
#
# [environments.duckdb.engine.config]
# path = "data/${name}.duckdb"
`
}
