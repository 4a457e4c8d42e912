import { createQarion } from '@qarion/sdk'

import { ALL_PLUGINS } from '../src/index.ts'

/** Runs the project in the folder of the first argument and kills itself at the event of the second, if there is one. */
const [, , projectDirectory, killAt] = process.argv
let events = 0
const qarion = createQarion({
  projectDirectory: projectDirectory as string,
  env: process.env,
  discover: false,
  plugins: ALL_PLUGINS,
  onEvent: () => {
    if (killAt !== undefined && events === Number(killAt)) process.kill(process.pid, 'SIGKILL')
    events += 1
  },
})
const result = await qarion.run()
await qarion.close()
const [failed] = result.errors
if (failed !== undefined) throw failed.error
process.stdout.write(`${events}`)
