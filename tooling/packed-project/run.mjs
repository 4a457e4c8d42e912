// Packs every public package, installs the tarballs with npm in an empty folder outside of the workspace, and runs the
// demo project there through the installed command. What passes here is what a stranger gets.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'qarion-packed-'))
const run = (command, args, cwd) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  })

try {
  const packages = JSON.parse(
    run('pnpm', ['ls', '--recursive', '--depth', '-1', '--json'], root),
  ).filter(({ name, private: isPrivate }) => name?.startsWith('@qarion/') && isPrivate !== true)
  for (const { path } of packages) run('pnpm', ['pack', '--pack-destination', folder], path)
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  if (tarballs.length !== packages.length) {
    throw new Error(`${packages.length} packages gave ${tarballs.length} tarballs`)
  }

  const project = join(folder, 'project')
  cpSync(join(root, 'examples/media-types'), project, {
    recursive: true,
    filter: (path) => !/node_modules|[\\/]data([\\/]|$)|\.qarion/.test(path.slice(root.length)),
  })
  const dependencies = Object.fromEntries(
    tarballs.map((name) => [nameOf(join(folder, name)), `file:../${name}`]),
  )
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'media-types', private: true, type: 'module', dependencies }, null, 2),
  )
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project)

  const qarion = (...args) =>
    run(
      process.execPath,
      [join(project, 'node_modules/@qarion/cli/bin/qarion.js'), ...args],
      project,
    )
  const expected = JSON.parse(readFileSync(join(project, 'expected-counts.json'), 'utf8'))
  const outputs = []
  for (const environment of [[], ['--env', 'duckdb'], ['--env', 'polars']]) {
    qarion('run', '--quiet', ...environment)
    const lines = qarion('show', 'media_types.change_feed', '--format', 'csv', ...environment)
    outputs.push(lines)
    const rows = lines.trimEnd().split('\n').length - 1
    const total = expected.reduce(
      (sum, counts) => sum + counts.new + counts.changed + counts.deleted + counts.reinserted,
      0,
    )
    if (rows !== total) throw new Error(`the feed has ${rows} rows, expected ${total}`)
  }
  if (new Set(outputs).size > 1) throw new Error('the engines gave different bytes')
  process.stdout.write(
    `${packages.length} packed packages, installed with npm, ran the demo project on ${outputs.length} engines\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function nameOf(tarball) {
  return JSON.parse(run('tar', ['-xOzf', tarball, 'package/package.json'], folder)).name
}
