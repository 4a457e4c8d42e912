import { DataTypes, QarionError, type AssertRule, type ErrorCode } from '@qarion/core'

import { sqlError } from '../sql-errors.ts'
import { collectRows, formatRows } from './rows.ts'
import type { SqlColumn, SqlSession } from './sql-session.ts'
import type { Step } from './steps.ts'

/** What running steps adds up to. */
export interface Tally {
  readonly rowCounts: Record<string, number>
  /** Guards that had violations and were accepted. */
  readonly acceptedGuards: Set<string>
}

/** Runs steps in order. Throws the error of a failed assert, or what a statement throws. */
export async function runSteps(
  steps: readonly Step[],
  session: SqlSession,
  accepted: readonly string[],
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  for (const step of steps) {
    throwIfAborted(signal)
    switch (step.kind) {
      case 'execute': {
        const count = await session.execute(step.statement, signal)
        if (step.counts !== undefined) {
          tally.rowCounts[step.counts] = (tally.rowCounts[step.counts] ?? 0) + count
        }
        break
      }
      case 'assert':
        await runAssert(step, session, accepted, signal, tally)
        break
      case 'require_unique': {
        const rows = formatRows(
          await collectRows(session, step.duplicates, step.columns, signal),
          step.columns,
        )
        if (rows.length > 0) {
          throw sqlError(
            'QRN-SQL-004',
            `The merge into ${step.dataset} was given several rows with one key.`,
            {
              data: { columns: namesOf(step.columns), sample: rows },
            },
          )
        }
      }
    }
  }
}

/** Throws QRN-SQL-007 once the run is cancelled. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw sqlError('QRN-SQL-007', 'The run was cancelled.', { cause: signal.reason })
}

const COUNT_COLUMNS: readonly SqlColumn[] = [{ name: 'count', type: DataTypes.integer }]

async function runAssert(
  step: Extract<Step, { kind: 'assert' }>,
  session: SqlSession,
  accepted: readonly string[],
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  const { rule, columns } = step
  const [counted] = await collectRows(session, step.count, COUNT_COLUMNS, signal)
  const count = Number(counted?.[0] ?? 0)
  if (count === 0) return
  if (rule.canBeAccepted && accepted.includes(rule.guard)) {
    tally.acceptedGuards.add(rule.guard)
    return
  }
  const sample = formatRows(await collectRows(session, step.sample, columns, signal), columns)
  throw guardError(rule, count, namesOf(columns), sample)
}

function guardError(
  { code, message, hint, guard }: AssertRule,
  count: number,
  columns: readonly string[],
  sample: readonly (readonly (string | null)[])[],
): QarionError {
  return new QarionError(code as ErrorCode, 'guard', message.replaceAll('{count}', String(count)), {
    hint,
    data: { guard, count, columns, sample },
  })
}

function namesOf(columns: readonly SqlColumn[]): readonly string[] {
  return columns.map(({ name }) => name)
}
