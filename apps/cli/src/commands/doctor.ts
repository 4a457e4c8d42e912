import { toQarionError } from '@qarion/core'
import type { DoctorCheck } from '@qarion/sdk'

import { EXIT_DONE, EXIT_WRONG } from '../exit-codes.ts'
import { printable } from '../output/printable.ts'
import type { Colors } from '../output/terminal.ts'
import { ownFolder, ownVersion } from '../own-package.ts'
import type { Session } from '../session.ts'

/** `qarion doctor` */
export async function execute(session: Session): Promise<number> {
  const { terminal } = session
  const checks = [...ownChecks(), ...(await projectChecks(session))]
  const isWrong = checks.some(({ status }) => status === 'failed')
  if (terminal.isJson) await session.printDocument({ checks })
  else {
    await terminal.data.write(
      checks.map((check) => renderCheck(check, terminal.data.colors)).join(''),
    )
  }
  return isWrong ? EXIT_WRONG : EXIT_DONE
}

function ownChecks(): DoctorCheck[] {
  return [
    { check: 'qarion', status: 'ok', message: `version ${ownVersion()} in ${ownFolder()}` },
    {
      check: 'node',
      status: 'ok',
      message: `${process.version} on ${process.platform} ${process.arch}`,
    },
  ]
}

/** A project that cannot even be opened is a finding like any other. */
async function projectChecks(session: Session): Promise<readonly DoctorCheck[]> {
  try {
    const qarion = await session.open()
    return await qarion.doctor()
  } catch (thrown) {
    const { code, hint, message, problems } = toQarionError(thrown)
    const lines = problems.length === 0 ? [message] : problems.map((problem) => problem.message)
    return [
      {
        check: 'project',
        status: 'failed',
        message: `${code} ${lines.join(' ')}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]
  }
}

const SIGNS = { ok: '✓', warning: '!', failed: '✗' } as const
const PAINTS = { ok: 'green', warning: 'yellow', failed: 'red' } as const

function renderCheck({ check, hint, message, status }: DoctorCheck, colors: Colors): string {
  const line = `${colors[PAINTS[status]](SIGNS[status])} ${colors.bold(check)}  ${printable(message)}\n`
  return hint === undefined ? line : `${line}    ${colors.cyan('hint:')} ${printable(hint)}\n`
}
