import {
  nearest,
  projectError,
  toPlace,
  type CsvField,
  type CsvTable,
  type Named,
  type ProjectTest,
  type Spot,
  type TestDelivery,
  type TestExpectation,
} from '@qarion/config'
import {
  formatValue,
  isQarionError,
  isValueProblem,
  parseValue,
  type Column,
  type Dataset,
  type QarionError,
} from '@qarion/core'
import { parseBatchTime, type RunnableFlow } from '@qarion/runtime'

import type { TextRow } from './compare-rows.ts'
import { testError, type TEST_ERRORS } from './test-errors.ts'

/** A test whose names and values were found to be those of the project. */
export interface ResolvedTest {
  readonly test: ProjectTest
  readonly deliveries: readonly ResolvedDelivery[]
}

export interface ResolvedDelivery {
  readonly delivery: TestDelivery
  readonly flow: RunnableFlow
  /** Microseconds; absent: what the flow takes from a column of its own. */
  readonly batchTime: bigint | undefined
  readonly expect: readonly ResolvedExpectation[]
}

export interface ResolvedExpectation {
  readonly expectation: TestExpectation
  readonly flow: RunnableFlow
  readonly dataset: Dataset
  /** What is compared, in the order of the header; all columns where no rows are known yet. */
  readonly columns: readonly Column[]
  readonly rows: readonly TextRow[] | undefined
}

/** Finds what tests name. Throws one error with all problems of all of them. */
export function resolveTests(
  tests: readonly ProjectTest[],
  flows: readonly RunnableFlow[],
): readonly ResolvedTest[] {
  const problems: QarionError[] = []
  const resolved = tests.map((test) => {
    let previousTime = FIRST_TIME - DAY_MICROSECONDS
    const deliveries = test.deliveries.flatMap((delivery) => {
      try {
        const found = resolveDelivery(delivery, { flows, previousTime, problems })
        previousTime = found.batchTime ?? previousTime
        return [found]
      } catch (thrown) {
        if (!isQarionError(thrown)) throw thrown
        problems.push(thrown)
        return []
      }
    })
    return { test, deliveries }
  })
  if (problems.length > 0) throw projectError(withoutRepeats(problems))
  return resolved
}

/** The flow of a whole file is looked up for each of its deliveries. */
function withoutRepeats(problems: readonly QarionError[]): readonly QarionError[] {
  return [
    ...new Map(
      problems.map((problem) => [
        JSON.stringify([problem.code, problem.message, problem.place]),
        problem,
      ]),
    ).values(),
  ]
}

function resolveDelivery(
  delivery: TestDelivery,
  { flows, previousTime, problems }: Surroundings,
): ResolvedDelivery {
  const ids = flows.map(({ definition }) => definition.id)
  const flow = flows.find(({ definition }) => definition.id === delivery.flow.text)
  if (flow === undefined) {
    throw unknown(`the project has no flow \`${delivery.flow.text}\``, delivery.flow, ids)
  }
  if (flow.definition.load === undefined) {
    throw problemAt(
      'QRN-TEST-002',
      `the flow \`${flow.definition.id}\` takes no deliveries`,
      delivery.flow.at,
    )
  }
  const inputs = flow.definition.input.columns.map(({ name }) => name)
  for (const field of delivery.rows.header) {
    if (inputs.includes(field.text ?? '')) continue
    problems.push(unknown(`the flow has no column \`${field.text ?? ''}\``, named(field), inputs))
  }
  return {
    delivery,
    flow,
    batchTime: timeOf(delivery, flow, previousTime, problems),
    expect: delivery.expect.flatMap((expectation) => {
      const found = resolveExpectation(expectation, flow, flows, problems)
      return found === undefined ? [] : [found]
    }),
  }
}

interface Surroundings {
  readonly flows: readonly RunnableFlow[]
  /** Batch time of the delivery before. */
  readonly previousTime: bigint
  /** Takes what is wrong. */
  readonly problems: QarionError[]
}

const FIRST_TIME = BigInt(Date.UTC(2024, 0, 1)) * 1000n
const DAY_MICROSECONDS = 86_400_000_000n

function timeOf(
  { time }: TestDelivery,
  flow: RunnableFlow,
  previousTime: bigint,
  problems: QarionError[],
): bigint | undefined {
  if (time === undefined) {
    return flow.definition.load?.batchTimeColumn === undefined
      ? previousTime + DAY_MICROSECONDS
      : undefined
  }
  try {
    return parseBatchTime(time.text, 'time')
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    problems.push(
      problemAt(
        'QRN-TEST-003',
        thrown.message,
        time.at,
        'Write it as ISO 8601, for instance 2024-05-01T06:00:00Z.',
      ),
    )
    return undefined
  }
}

function resolveExpectation(
  expectation: TestExpectation,
  own: RunnableFlow,
  flows: readonly RunnableFlow[],
  problems: QarionError[],
): ResolvedExpectation | undefined {
  const { text } = expectation.dataset
  const id = text.includes('.') ? text : `${own.definition.id}.${text}`
  const flow = flows.find(({ plan }) => plan.datasets.some((dataset) => dataset.id === id))
  const dataset = flow?.plan.datasets.find((candidate) => candidate.id === id)
  if (flow === undefined || dataset === undefined) {
    const known = flows.flatMap(({ definition, plan }) =>
      plan.datasets
        .filter(({ isInternal }) => !isInternal)
        .map((each) =>
          definition.id === own.definition.id && !text.includes('.')
            ? each.id.slice(definition.id.length + 1)
            : each.id,
        ),
    )
    problems.push(unknown(`there is no dataset \`${text}\``, expectation.dataset, known))
    return undefined
  }
  if (expectation.batch !== undefined && !dataset.columns.some(isBatchColumn)) {
    problems.push(
      problemAt(
        'QRN-TEST-001',
        `the dataset \`${id}\` is not kept by batch`,
        expectation.dataset.at,
        'Remove `batch`.',
      ),
    )
  }
  const { rows } = expectation
  if (rows === undefined)
    return { expectation, flow, dataset, columns: dataset.columns, rows: undefined }
  const columns = columnsOf(rows, dataset, problems)
  return { expectation, flow, dataset, columns, rows: valuesOf(rows, columns, problems) }
}

export function isBatchColumn({ name }: Column): boolean {
  return name === 'xt_batch_id'
}

function columnsOf(
  { header }: CsvTable,
  { columns, id }: Dataset,
  problems: QarionError[],
): readonly Column[] {
  const names = columns.map(({ name }) => name)
  return header.flatMap((field) => {
    const column = columns.find(({ name }) => name === field.text)
    if (column !== undefined) return [column]
    problems.push(
      unknown(`the dataset \`${id}\` has no column \`${field.text ?? ''}\``, named(field), names),
    )
    return []
  })
}

/** Each value in the one form in which it is printed: `1.5` as `1.50` where the column has two places. */
function valuesOf(
  { header, records }: CsvTable,
  columns: readonly Column[],
  problems: QarionError[],
): readonly TextRow[] {
  if (columns.length < header.length) return []
  return records.map(({ fields }) =>
    fields.map(({ at, text }, index) => {
      const type = columns[index]?.type
      if (text === null || type === undefined) return null
      const value = parseValue(type, text)
      if (!isValueProblem(value)) return formatValue(type, value)
      problems.push(
        problemAt('QRN-TEST-003', `column \`${columns[index]?.name ?? ''}\`: ${value.reason}`, at),
      )
      return null
    }),
  )
}

function named({ at, text }: CsvField): Named {
  return { at, text: text ?? '' }
}

function unknown(message: string, { at, text }: Named, known: readonly string[]): QarionError {
  const near = nearest(text, known)
  const hint =
    near === undefined
      ? `There are: ${known.slice(0, 20).join(', ')}.`
      : `Did you mean \`${near}\`?`
  return problemAt('QRN-TEST-001', message, at, hint)
}

function problemAt(
  code: keyof typeof TEST_ERRORS,
  message: string,
  at: Spot,
  hint?: string,
): QarionError {
  return testError(code, 'configuration', message, {
    place: toPlace(at),
    ...(hint === undefined ? {} : { hint }),
  })
}
