import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { withScenario, type Scenario, type ScenarioOptions } from '../src/index.ts'

/** The change feed `t`, which tasks read. */
const ORDERS = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "customer", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 15, scale = 2 },
]
`

const ROWS = 'id,customer,amount\na,ann,1.50\nb,bob,2.25\nc,ann,9007199254740.01\n'

/** The file of the flow `s` with these tasks. */
export function taskFlow(tasks: string, more = '', type = 'standard'): string {
  return `id = "s"\nname = "S"\nflow_type = "${type}"\nnamespace = "raw"\n${more}\n${tasks}`
}

/** One of `[[tasks]]`. */
export function task(id: string, type: string, properties: string, more = ''): string {
  return `\n[[tasks]]\nid = "${id}"\ntype = "${type}"\n${more}\n[tasks.properties]\n${properties}\n`
}

/** A project with the change feed `t` over a delivery of three rows; names with a point are files, others are flows. */
export async function withTasks(
  files: Readonly<Record<string, string>>,
  use: (scenario: Scenario) => Promise<void>,
  options: Partial<ScenarioOptions> = {},
): Promise<void> {
  const flows = Object.entries(files).filter(([name]) => !name.includes('.'))
  const scenarioOptions = {
    engine: 'sqlite' as const,
    flow: ORDERS,
    otherFlows: Object.fromEntries(flows),
    ...options,
  }
  await withScenario(scenarioOptions, async (scenario) => {
    for (const [name, text] of Object.entries(files)) {
      if (name.includes('.')) await writeProjectFile(scenario, name, text)
    }
    await scenario.deliver('d1.csv', ROWS)
    await use(scenario)
  })
}

export async function writeProjectFile(
  { directory }: Scenario,
  name: string,
  text: string,
): Promise<void> {
  const path = join(directory, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** What came of the tasks of `s`. */
export function resultsOf(
  scenario: Scenario,
  columns: readonly string[] = ['task', 'status', 'value', 'branch'],
): Promise<string[]> {
  return scenario.rows('s.results', columns)
}
