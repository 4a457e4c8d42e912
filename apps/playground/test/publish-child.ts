import { createQarion } from '@qarion/sdk'

import { ALL_PLUGINS } from '../src/index.ts'

/** Publishes the events of the project in the folder of the first argument. */
const qarion = createQarion({
  projectDirectory: process.argv[2] as string,
  env: process.env,
  discover: false,
  plugins: ALL_PLUGINS,
})
const { status, flows } = await qarion.publish()
await qarion.close()
if (status !== 'succeeded' && status !== 'nothing_to_do')
  throw flows[0]?.error ?? new Error(`publishing ended as ${status}`)
