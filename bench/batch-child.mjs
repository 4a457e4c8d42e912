// Runs a project through the sdk in this process and prints how long the newest batch of one flow took, opening and
// closing included: `{ seconds, cpuSeconds }`.
//
//   node batch-child.mjs <module of @qarion/sdk> <project> <folder of deliveries> <names as JSON> <flow>
//
// The deliveries but the last are applied by all flows first; of the last one only the other flows.
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [sdk, projectDirectory, source, names, flow] = process.argv.slice(2)
const { createQarion } = await import(pathToFileURL(sdk).href)

async function run(request) {
  const qarion = createQarion({ projectDirectory })
  const { status, errors } = await qarion.run(request)
  await qarion.close()
  if (status !== 'succeeded') throw errors[0]?.error ?? new Error(`the run is ${status}`)
}

const deliveries = JSON.parse(names)
for (const [index, name] of deliveries.entries()) {
  linkSync(join(source, name), join(projectDirectory, 'deliveries', name))
  if (index < deliveries.length - 1) await run({})
}
if (flow !== 'orders') await run({ flows: ['orders'] })
const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
await run({ flows: [flow] })
const { user, system } = process.cpuUsage(cpuBefore)
process.stdout.write(
  JSON.stringify({
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
  }),
)
