// Runs a project through the sdk in this process and prints the seconds of its steps, batch by batch.
//
//   node steps-child.mjs <module of @qarion/sdk> <project>
import { pathToFileURL } from 'node:url'

const [sdk, projectDirectory] = process.argv.slice(2)
const { createQarion } = await import(pathToFileURL(sdk).href)

const steps = []
const qarion = createQarion({
  projectDirectory,
  env: process.env,
  onEvent: (event) => {
    if (event.type === 'step_finished')
      steps.push({ batch: event.batch, step: event.step, seconds: event.durationMs / 1000 })
  },
})
const { status, errors } = await qarion.run()
await qarion.close()
if (status !== 'succeeded') throw errors[0]?.error ?? new Error(`the run is ${status}`)
process.stdout.write(JSON.stringify(steps))
