import { definePlugin, type EnginePlugin, type EngineSession } from '@qarion/core'
import { createQarion } from '@qarion/sdk'

import { ALL_PLUGINS } from '../src/index.ts'

/**
 * Runs the flow `x` of the project in the folder of the first argument. With a second one it kills itself: `event 3`,
 * or right before or after a commit: `before 2`, `after 2`.
 */
const [, , projectDirectory, killAt, place] = process.argv
let events = 0
let commits = 0

function die(when: string, count: number): void {
  if (killAt === when && count === Number(place)) process.kill(process.pid, 'SIGKILL')
}

function countingCommits(session: EngineSession): EngineSession {
  return {
    listTables: (prefix) => session.listTables(prefix),
    read: (request) => session.read(request),
    checkpoint: () => session.checkpoint(),
    close: () => session.close(),
    async commit(unit) {
      die('before', commits)
      const result = await session.commit(unit)
      die('after', commits)
      commits += 1
      return result
    },
  }
}

const qarion = createQarion({
  projectDirectory: projectDirectory as string,
  discover: false,
  plugins: ALL_PLUGINS.map((plugin) =>
    plugin.kind === 'engine' ? withCommitsCounted(plugin as EnginePlugin) : plugin,
  ),
  onEvent: () => {
    die('event', events)
    events += 1
  },
})

function withCommitsCounted(plugin: EnginePlugin): EnginePlugin {
  return definePlugin({
    ...plugin,
    create: async (host, options) => {
      const engine = await plugin.create(host, options)
      return {
        capabilities: engine.capabilities,
        acquireLease: (owner) => engine.acquireLease(owner),
        open: async (mode) => countingCommits(await engine.open(mode)),
      }
    },
  } satisfies EnginePlugin)
}

const result = await qarion.run({ flows: ['x'] })
await qarion.close()
const [failed] = result.errors
if (failed !== undefined) throw failed.error
process.stdout.write(`${events} ${commits}`)
