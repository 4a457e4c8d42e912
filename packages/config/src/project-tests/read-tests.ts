import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'

import { QarionError, type ErrorCode } from '@qarion/core'

import { CONFIG_ERRORS } from '../config-errors.ts'
import { suggest } from '../nearest.ts'
import { parseToml } from '../parse-toml.ts'
import { createProblemList, projectError, type ProblemList } from '../problem-list.ts'
import { listTomlFiles, readSource } from '../read-files.ts'
import { createQuickChecker, createSchemaChecker } from '../schema-check.ts'
import { arrayIn, textIn, type TomlArray, type TomlScalar, type TomlTable } from '../toml-node.ts'
import { csvOfFile, csvOfText, type CsvTable } from './csv-table.ts'
import type { Named, ProjectTest, TestDelivery, TestExpectation } from './project-test.ts'
import { testSchema } from './test-schema.ts'

const FOLDER = 'tests'

/**
 * The tests of a project: the files under `tests/`, or those that are named (`orders`, `ord*`). Throws QRN-CONFIG-052
 * where there are none of that name, and one QRN-CONFIG-002 with everything that is wrong in them.
 */
export async function readTests(
  projectDirectory: string,
  names: readonly string[] = [],
): Promise<readonly ProjectTest[]> {
  const problems = createProblemList()
  const files = chooseFiles(listTomlFiles(projectDirectory, FOLDER, problems), names)
  const tests: ProjectTest[] = []
  for (const file of files) {
    const test = await readTest(projectDirectory, file, problems)
    if (test !== undefined) tests.push(test)
  }
  if (problems.count > 0) throw projectError(problems.errors())
  return tests
}

function chooseFiles(files: readonly string[], names: readonly string[]): readonly string[] {
  if (files.length === 0) throw noTest('the project has no tests', undefined)
  if (names.length === 0) return files
  const known = files.map(nameOf)
  const chosen = new Set<string>()
  for (const name of names) {
    const fits = fitting(name.replace(/^tests\//, '').replace(/\.toml$/, ''))
    const found = files.filter((file) => fits(nameOf(file)))
    if (found.length === 0)
      throw noTest(`there is no test \`${name.slice(0, 120)}\``, suggest(name, known))
    for (const file of found) chosen.add(file)
  }
  return files.filter((file) => chosen.has(file))
}

function nameOf(file: string): string {
  return file.slice(FOLDER.length + 1).replace(/\.toml$/, '')
}

function fitting(pattern: string): (name: string) => boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`)
  return (name) => expression.test(name)
}

function noTest(message: string, hint: string | undefined): QarionError {
  const code = 'QRN-CONFIG-052' satisfies ErrorCode
  return new QarionError(code, 'usage', message, { hint: hint ?? CONFIG_ERRORS[code].cure })
}

async function readTest(
  projectDirectory: string,
  file: string,
  problems: ProblemList,
): Promise<ProjectTest | undefined> {
  const before = problems.count
  const source = readSource(projectDirectory, file, problems)
  const root = source && parseToml(source, problems)
  if (root === undefined) return undefined
  await checkShape(root, problems)
  const csv = csvReader(projectDirectory, file, problems)
  const deliveries = tablesOf(arrayIn(root, 'deliveries')).flatMap((table) => {
    const delivery = readDelivery(table, root, csv, problems)
    return delivery === undefined ? [] : [delivery]
  })
  if (deliveries.length === 0 && problems.count === before) {
    problems.add({
      code: 'QRN-CONFIG-008',
      message: 'the test has no deliveries',
      hint: 'Add [[deliveries]] with `csv` or `file`.',
      at: root.entries.get('deliveries')?.key ?? root,
    })
  }
  if (problems.count > before) return undefined
  const description = textIn(root, 'description')
  return {
    name: nameOf(file),
    file,
    ...(description === undefined ? {} : { description }),
    deliveries,
  }
}

/** What fits is told so without the validator, which takes longer to load than a test to run. */
async function checkShape(root: TomlTable, problems: ProblemList): Promise<void> {
  const quick = createProblemList()
  createQuickChecker().check('test', testSchema, root, quick)
  if (quick.count === 0) return
  const checker = await createSchemaChecker(() => undefined)
  checker.check('test', testSchema, root, problems)
}

function readDelivery(
  table: TomlTable,
  root: TomlTable,
  csv: CsvReader,
  problems: ProblemList,
): TestDelivery | undefined {
  const flow = namedIn(table, 'flow') ?? namedIn(root, 'flow')
  if (flow === undefined) {
    problems.add({
      code: 'QRN-CONFIG-008',
      message: 'the delivery does not say which flow gets it',
      hint: 'Add `flow` here, or above the first delivery for all of them.',
      at: table,
    })
  }
  const { rows } = csv(table)
  const hasRows = table.entries.has('csv') || table.entries.has('file')
  if (!hasRows) {
    problems.add({
      code: 'QRN-CONFIG-008',
      message: 'the delivery has no rows',
      hint: 'Add `csv` with a header and rows, or `file` with the name of a CSV file.',
      at: table,
    })
  }
  const expect = tablesOf(arrayIn(table, 'expect')).map((inner) =>
    readExpectation(inner, csv, problems),
  )
  if (flow === undefined || rows === undefined) return undefined
  return {
    flow,
    ...optional('time', namedIn(table, 'time')),
    rows,
    accept: (arrayIn(table, 'accept')?.items ?? []).flatMap((item) =>
      item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
    ),
    ...optional('fails', namedIn(table, 'fails')),
    expect,
    table,
  }
}

function readExpectation(table: TomlTable, csv: CsvReader, problems: ProblemList): TestExpectation {
  const batch = scalarIn(table, 'batch')
  // The schema lets references pass, which tests have none of.
  if (typeof batch?.value === 'string' && batch.value.startsWith('${')) {
    problems.add({
      code: 'QRN-CONFIG-009',
      message: '`batch` takes the number of a batch',
      hint: 'Remove the quotes.',
      at: batch,
    })
  }
  const { file, rows } = csv(table)
  return {
    // The schema asks for it.
    dataset: namedIn(table, 'dataset') as Named,
    ...(typeof batch?.value === 'number' ? { batch: batch.value } : {}),
    ...optional('where', namedIn(table, 'where')),
    ...optional('rows', rows),
    ...optional('file', file),
    table,
  }
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)
}

type CsvReader = (table: TomlTable) => { readonly rows?: CsvTable; readonly file?: string }

/** Reads `csv` or the file that `file` names; what is wrong goes to `problems`. */
function csvReader(projectDirectory: string, testFile: string, problems: ProblemList): CsvReader {
  return (table) => {
    const text = namedIn(table, 'csv')
    const name = namedIn(table, 'file')
    if (text !== undefined && name !== undefined) {
      problems.add({
        code: 'QRN-CONFIG-010',
        message: '`csv` and `file` exclude each other',
        hint: 'Remove one of them.',
        at: name.at,
      })
      return {}
    }
    if (text !== undefined) return optional('rows', csvOfText(text.text, text.at, problems))
    if (name === undefined) return {}
    const file = posix.join(posix.dirname(testFile), name.text)
    if (!isInProject(projectDirectory, file)) {
      problems.add({
        code: 'QRN-CONFIG-021',
        message: `the path \`${name.text.slice(0, 200)}\` leaves the project`,
        at: name.at,
      })
      return {}
    }
    // A file that is to be written is not there yet.
    if (!exists(join(projectDirectory, file)) && table.entries.has('dataset')) return { file }
    const missing = createProblemList()
    const source = readSource(projectDirectory, file, missing)
    if (source === undefined) {
      problems.add({
        code: 'QRN-CONFIG-003',
        message: missing.errors()[0]?.message ?? `${file} cannot be read`,
        hint: 'Paths are relative to the folder of the test file.',
        at: name.at,
      })
      return { file }
    }
    return { file, ...optional('rows', csvOfFile(source, problems)) }
  }
}

/** Links are followed: what a test reads and writes lies in the project. */
function isInProject(projectDirectory: string, file: string): boolean {
  const root = realpathSync(projectDirectory)
  let path = resolve(root, file)
  if (relative(root, path).startsWith('..')) return false
  while (!exists(path)) path = dirname(path)
  return `${realpathSync(path)}${sep}`.startsWith(`${root}${sep}`)
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function tablesOf(array: TomlArray | undefined): readonly TomlTable[] {
  return (array?.items ?? []).flatMap((item) => (item.kind === 'table' ? [item] : []))
}

function scalarIn(table: TomlTable, key: string): TomlScalar | undefined {
  const node = table.entries.get(key)?.node
  return node?.kind === 'scalar' ? node : undefined
}

function namedIn(table: TomlTable, key: string): Named | undefined {
  const node = scalarIn(table, key)
  return node && typeof node.value === 'string' ? { text: node.value, at: node } : undefined
}
