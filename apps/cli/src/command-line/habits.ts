/** Words that other tools have for what Qarion does, with the words that do it here. */
export interface Habit {
  /** The command to type, without `qarion`. */
  readonly use: string
  readonly why: string
}

const LOADS = 'it loads what is new and works out what changed'

/** Commands typed from habit. */
export const COMMAND_HABITS: Readonly<Record<string, Habit>> = {
  apply: { use: 'run', why: `${LOADS}; with --plan FILE, exactly what was planned` },
  backfill: { use: 'run --batch A..B', why: 'it loads these batches again' },
  build: { use: 'run', why: LOADS },
  check: { use: 'validate', why: 'it says everything that is wrong at once' },
  compile: { use: 'plan --sql', why: 'it shows the statements and writes nothing' },
  create: { use: 'init', why: 'it makes a project that runs at once' },
  debug: { use: 'doctor', why: 'it checks the installation and the project' },
  dag: { use: 'plan --format mermaid', why: 'it draws steps and datasets of all flows' },
  deploy: { use: 'run --env NAME', why: 'there is nothing to deploy: an environment is run' },
  exec: { use: 'run', why: LOADS },
  execute: { use: 'run', why: LOADS },
  docs: { use: 'lineage DATASET', why: 'it says what each column is made of' },
  explain: { use: 'plan --sql', why: 'it shows steps and statements and writes nothing' },
  history: { use: 'runs', why: 'it lists past runs' },
  ingest: { use: 'run', why: LOADS },
  lint: { use: 'validate', why: 'it says everything that is wrong at once' },
  list: { use: 'status', why: 'it lists the flows and what waits for them' },
  load: { use: 'run', why: LOADS },
  log: { use: 'runs', why: 'it lists past runs' },
  logs: { use: 'runs', why: 'it lists past runs' },
  ls: { use: 'status', why: 'it lists the flows and what waits for them' },
  materialize: { use: 'run', why: LOADS },
  graph: { use: 'plan --format mermaid', why: 'it draws steps and datasets of all flows' },
  migrate: { use: 'plan', why: 'it says what a changed definition asks for; `qarion run` does it' },
  new: { use: 'init', why: 'it makes a project that runs at once' },
  'new-project': { use: 'init', why: 'it makes a project that runs at once' },
  parse: { use: 'validate', why: 'it says everything that is wrong at once' },
  preview: { use: 'show DATASET', why: 'it prints the rows of a dataset' },
  render: { use: 'plan --sql', why: 'it shows the statements and writes nothing' },
  resume: { use: 'retry', why: 'it goes on where the newest run stopped' },
  rollback: { use: 'revert FLOW', why: 'it takes the newest batch of a flow back' },
  seed: { use: 'run', why: LOADS },
  select: { use: 'show DATASET', why: 'it prints the rows of a dataset' },
  snapshot: { use: 'run', why: LOADS },
  start: { use: 'run', why: LOADS },
  sync: { use: 'run', why: LOADS },
  undo: { use: 'revert FLOW', why: 'it takes the newest batch of a flow back' },
  update: { use: 'run', why: LOADS },
  upgrade: { use: 'plan', why: 'it says what a changed definition asks for; `qarion run` does it' },
  version: { use: '--version', why: 'it prints the version' },
}

const NAMED = 'flows are named without an option'
const ENVIRONMENT = 'an environment is a table under [environments]'

/** Options typed from habit, as typed. `use` stands after `qarion` and the command, unless it names a command itself. */
export const OPTION_HABITS: Readonly<Record<string, Habit & { readonly isCommand?: boolean }>> = {
  '--dry-run': {
    use: 'plan',
    why: 'it shows what a run would do and writes nothing',
    isCommand: true,
  },
  '-n': { use: 'plan', why: 'it shows what a run would do and writes nothing', isCommand: true },
  '--explain': { use: 'plan --sql', why: 'it shows the statements', isCommand: true },
  '--empty': { use: 'plan', why: 'it shows what a run would do', isCommand: true },
  '--resume': { use: 'retry', why: 'it goes on where the newest run stopped', isCommand: true },
  '--models': { use: 'FLOW…', why: NAMED },
  '--model': { use: 'FLOW…', why: NAMED },
  '-m': { use: 'FLOW…', why: NAMED },
  '--flow': { use: 'FLOW…', why: NAMED },
  '--target': { use: '--env NAME', why: ENVIRONMENT },
  '-t': { use: '--env NAME', why: ENVIRONMENT },
  '--profile': { use: '--env NAME', why: ENVIRONMENT },
  '--environment': { use: '--env NAME', why: ENVIRONMENT },
  '-e': { use: '--env NAME', why: ENVIRONMENT },
  '--project-dir': { use: '--project DIR', why: 'the folder of qarion.toml' },
  '-C': { use: '--project DIR', why: 'the folder of qarion.toml' },
  '--threads': { use: '--jobs N', why: 'flows that run side by side' },
  '-j': { use: '--jobs N', why: 'flows that run side by side' },
  '--force': { use: '--accept GUARD --reason TEXT', why: 'one guard passes, once, with a reason' },
  '-f': { use: '--full-refresh', why: 'everything is built anew' },
  '--output': { use: '--format FORMAT', why: 'or --json for one JSON document' },
  '-o': { use: '--format FORMAT', why: 'or --json for one JSON document' },
  '--no-color': { use: 'NO_COLOR=1', why: 'set it in the environment' },
  '-V': { use: '--version', why: 'it prints the version' },
}
