import type { PluginStatus } from '@qarion/sdk'

import { EXIT_DONE, EXIT_WRONG } from '../exit-codes.ts'
import { countOf } from '../output/numbers.ts'
import { printable } from '../output/printable.ts'
import { renderTable } from '../output/table.ts'
import type { Session } from '../session.ts'

const COLUMNS = [
  { title: 'kind', side: 'left', canCut: false },
  { title: 'id', side: 'left', canCut: false },
  { title: 'status', side: 'left', canCut: false },
  { title: 'package', side: 'left', canCut: true },
  { title: 'version', side: 'left', canCut: false },
  { title: 'contract', side: 'right', canCut: false },
] as const

/** `qarion plugins [list|doctor]` */
export async function execute(session: Session): Promise<number> {
  const { line, terminal } = session
  const isDoctor = line.arguments[0] === 'doctor'
  const qarion = await session.open()
  const all = await qarion.plugins()
  const plugins = isDoctor ? all.filter((plugin) => !isReady(plugin)) : all
  const exitCode = isDoctor && plugins.length > 0 ? EXIT_WRONG : EXIT_DONE
  if (terminal.isJson) {
    await session.printDocument({ plugins })
    return exitCode
  }
  if (isDoctor && plugins.length === 0) {
    await terminal.data.write(`${countOf(all.length, 'plugin')}, all ready\n`)
    return exitCode
  }
  const rows = plugins.map(({ kind, id, status, package: name, version, contract }) => [
    kind,
    id,
    status.replaceAll('_', ' '),
    name,
    version,
    String(contract),
  ])
  await terminal.data.write(renderTable(COLUMNS, rows, terminal.data).text)
  for (const { kind, id, reason } of plugins) {
    if (reason) await terminal.data.write(`${kind} ${id}: ${printable(reason)}\n`)
  }
  return exitCode
}

function isReady({ status }: PluginStatus): boolean {
  return status === 'ready'
}
