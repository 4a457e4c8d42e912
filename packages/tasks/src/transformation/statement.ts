import {
  type Column,
  type DataType,
  type Dataset,
  type NativePiece,
  type NativeStatement,
  type TaskDefinition,
  type TaskSurroundings,
} from '@qarion/core'
import { parseExpression, suggestName } from '@qarion/plan'

import { datasetId, requireDataset } from '../task-datasets.ts'
import { settingError } from '../task-errors.ts'
import { parametersOf, tableTextsIn } from './rule-reader.ts'

/** Name by which a statement may call the dataset that the task reads. */
const SOURCE = 'source_dataset'

/** Texts, names and comments of SQL, in which nothing is filled in; then what is, and what may not be there. */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|\{\{\s*(?<dataset>[^{}]*?)\s*\}\}|::|:(?<parameter>[A-Za-z_]\w*)|(?<end>;)/g

const PATH = ['properties', 'sql']

/** Datasets that a statement names, but for the one that the task reads. */
export function datasetsOfStatement({ properties }: TaskDefinition): readonly string[] {
  const { sql } = properties
  if (typeof sql !== 'string') return []
  return [...sql.matchAll(TOKENS)].flatMap(({ groups }) =>
    groups?.['dataset'] === undefined || groups['dataset'] === SOURCE ? [] : [groups['dataset']],
  )
}

/** The statement in pieces, with what it names checked. Throws QRN-TASK-002, -003. */
export function readStatement(
  { properties }: TaskDefinition,
  { flow, datasets }: TaskSurroundings,
  source: Dataset | undefined,
): NativeStatement {
  const sql = properties['sql']
  if (typeof sql !== 'string' || sql.trim() === '')
    throw settingError('QRN-TASK-002', '`sql` is the text of a SELECT', PATH)
  const parameters = parametersOf(flow)
  const pieces: NativePiece[] = []
  let end = 0
  const text = (until: number): void => {
    if (until > end) pieces.push({ kind: 'text', text: sql.slice(end, until) })
  }
  // One semicolon at the end is what people are used to.
  const whole = sql.replace(/[\s;]+$/, '')
  for (const match of whole.matchAll(TOKENS)) {
    const { dataset, parameter, end: semicolon } = match.groups ?? {}
    if (semicolon !== undefined)
      throw settingError('QRN-TASK-002', '`sql` holds more than one statement', PATH)
    if (dataset === undefined && parameter === undefined) continue
    text(match.index)
    end = match.index + match[0].length
    pieces.push(
      parameter === undefined
        ? {
            kind: 'dataset',
            dataset: datasetNamed(dataset ?? '', { flow, datasets, source }),
          }
        : { kind: 'parameter', name: parameter, type: typeOf(parameter, parameters) },
    )
  }
  if (whole.length > end) pieces.push({ kind: 'text', text: whole.slice(end) })
  return { pieces }
}

function datasetNamed(
  name: string,
  {
    flow,
    datasets,
    source,
  }: Pick<TaskSurroundings, 'flow' | 'datasets'> & { readonly source: Dataset | undefined },
): string {
  if (name === SOURCE && source !== undefined) return source.id
  if (Object.hasOwn(flow.variables ?? {}, name)) {
    throw settingError(
      'QRN-TASK-002',
      `variables are not pasted into statements`,
      PATH,
      `Write :${name}: the value is bound, whatever it holds.`,
    )
  }
  return requireDataset(datasetId(flow, name), datasets, PATH).id
}

function typeOf(name: string, parameters: ReadonlyMap<string, DataType>): DataType {
  const type = parameters.get(name)
  // Engines hold decimals in forms of their own: compared with a column of another scale, a bound one could mean another
  // number.
  if (type?.kind === 'decimal') {
    throw settingError(
      'QRN-TASK-002',
      `the variable "${name}" is a number, which statements cannot name`,
      PATH,
      'Declare it as an integer, or as a string and cast it in the statement.',
    )
  }
  if (type !== undefined) return type
  throw settingError(
    'QRN-TASK-002',
    `there is no variable "${name}"`,
    PATH,
    suggestName(name, [...parameters.keys()], 'variables'),
  )
}

/** `columns`: the types that the rows of the statement have. Throws QRN-TASK-001, -002. */
export function statementColumns({ properties }: TaskDefinition): readonly Column[] {
  const path = ['properties']
  if (properties['columns'] === undefined) {
    throw settingError(
      'QRN-TASK-001',
      'nothing says which columns the statement gives',
      path,
      'Add columns = { region = "string", total = "decimal(12,2)" }.',
    )
  }
  return tableTextsIn(properties, 'columns', path).map(([name, text]) => ({
    name,
    type: typeNamed(name, text),
    required: false,
  }))
}

function typeNamed(name: string, text: string): DataType {
  // What a type looks like is known to the language of expressions.
  return parseExpression(`cast(null as ${text})`, { columns: [{ name, type: { kind: 'string' } }] })
    .type
}
