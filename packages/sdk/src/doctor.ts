import { release } from 'node:os'

import { toQarionError, type QarionError } from '@qarion/core'
import { readState } from '@qarion/runtime'

import { openRegistry, type OpenProject } from './open-project.ts'
import type { DoctorCheck, QarionOptions } from './qarion.ts'

/** Looks at Node, plugins, project and engine one after the other; a failed check never hides the next ones. */
export async function runDoctor(
  options: QarionOptions,
  project: () => Promise<OpenProject>,
): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [
    {
      check: 'node',
      status: 'ok',
      message: `Node ${process.versions.node} on ${process.platform} ${release()}`,
    },
  ]
  await attempt(checks, 'plugins', async () => {
    const { registry } = await openRegistry(options)
    const report = registry.doctor()
    for (const core of report.cores)
      checks.push({
        check: 'core',
        status: 'ok',
        message: `@qarion/core ${core.version} in ${core.directory}`,
      })
    for (const rejection of report.rejections) {
      checks.push({
        check: 'plugins',
        status: 'warning',
        message: rejection.error.message,
        ...(rejection.error.hint === undefined ? {} : { hint: rejection.error.hint }),
      })
    }
    const ready = report.records.filter(({ status }) => status === 'ready')
    for (const record of report.records) {
      if (record.status !== 'ready')
        checks.push({
          check: 'plugins',
          status: 'warning',
          message: `${record.kind} ${record.id} of ${record.package}: ${record.reason}`,
        })
    }
    return `${ready.length} plugins are ready: ${ready.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`
  })
  await attempt(checks, 'project', async () => {
    const { loaded } = await project()
    return `${loaded.project.name}, environment ${loaded.project.environment}, ${loaded.flows.length} flows`
  })
  await attempt(checks, 'engine', async () => {
    const opened = await project()
    const session = await (await opened.engine()).open('read')
    try {
      const state = await readState(session)
      return `${opened.loaded.project.engine.id}: readable, ${state.batches.length} batches`
    } finally {
      await session.close()
    }
  })
  return checks
}

async function attempt(
  checks: DoctorCheck[],
  check: string,
  work: () => Promise<string>,
): Promise<void> {
  try {
    checks.push({ check, status: 'ok', message: await work() })
  } catch (thrown) {
    const error: QarionError = toQarionError(thrown)
    const problems = error.problems.length === 0 ? [error] : error.problems
    for (const { message, hint } of problems)
      checks.push({ check, status: 'failed', message, ...(hint === undefined ? {} : { hint }) })
  }
}
