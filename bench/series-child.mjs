// Loads deliveries one by one through the sdk in this process and prints how long each took and what is stored then.
//
//   node series-child.mjs <module of @qarion/sdk> <project> <folder of deliveries> <names as JSON>
import { linkSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [sdk, projectDirectory, source, names] = process.argv.slice(2)
const { createQarion } = await import(pathToFileURL(sdk).href)

const measured = []
for (const name of JSON.parse(names)) {
  linkSync(join(source, name), join(projectDirectory, 'deliveries', name))
  const startedAt = performance.now()
  const qarion = createQarion({ projectDirectory })
  const { status, errors } = await qarion.run()
  await qarion.close()
  const seconds = (performance.now() - startedAt) / 1000
  if (status !== 'succeeded') throw errors[0]?.error ?? new Error(`the run of ${name} is ${status}`)
  measured.push({ seconds, bytes: storedBytes(join(projectDirectory, 'data')) })
}
process.stdout.write(JSON.stringify(measured))

function storedBytes(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
