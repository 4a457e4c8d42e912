import type { CommandName } from '../command-line/command-spec.ts'
import type { Execute } from '../session.ts'

const MODULES: Readonly<
  Record<Exclude<CommandName, 'completion' | 'help'>, () => Promise<{ readonly execute: Execute }>>
> = {
  init: () => import('./init.ts'),
  validate: () => import('./validate.ts'),
  test: () => import('./test.ts'),
  plan: () => import('./plan.ts'),
  run: () => import('./run.ts'),
  retry: () => import('./retry.ts'),
  revert: () => import('./revert.ts'),
  publish: () => import('./publish.ts'),
  show: () => import('./show.ts'),
  diff: () => import('./diff.ts'),
  lineage: () => import('./lineage.ts'),
  status: () => import('./status.ts'),
  runs: () => import('./runs.ts'),
  plugins: () => import('./plugins.ts'),
  doctor: () => import('./doctor.ts'),
}

/** The code of a command; that of the others stays unloaded. */
export async function loadCommand(name: CommandName): Promise<Execute> {
  const module = await MODULES[name as keyof typeof MODULES]()
  return module.execute
}
