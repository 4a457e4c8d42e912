import type { ArgumentSpec, CommandSpec, OptionSpec } from './command-spec.ts'

const FLOWS: ArgumentSpec = {
  name: 'flow',
  summary:
    'flows: an id, `ord*`, `tag:daily`; `orders+` with all that read it, `+orders` with all that it reads (default: all)',
  isRepeatable: true,
}

const SELECTION: readonly OptionSpec[] = [
  {
    name: 'select',
    short: 's',
    type: 'words',
    placeholder: 'FLOW…',
    summary: 'these flows; the same as naming them without an option',
  },
  {
    name: 'exclude',
    type: 'words',
    placeholder: 'FLOW…',
    summary: 'all but these, written in the same ways',
  },
]

const BATCHES: OptionSpec = {
  name: 'batch',
  type: 'batches',
  placeholder: 'N|A..B',
  summary: 'only this batch, or the batches A to B',
}

const ACCEPT: readonly OptionSpec[] = [
  {
    name: 'accept',
    type: 'texts',
    placeholder: 'GUARD',
    summary: 'let this guard pass once, for instance mass_delete; needs --reason',
  },
  {
    name: 'reason',
    type: 'texts',
    placeholder: 'TEXT',
    summary: 'why the guard may pass; kept with the run',
  },
]

const VAR: OptionSpec = {
  name: 'var',
  type: 'assignments',
  placeholder: 'NAME=VALUE',
  summary: 'value of a variable that the flows declare; may be given several times',
}

const WAIT: OptionSpec = {
  name: 'wait',
  type: 'duration',
  placeholder: 'D',
  summary: 'wait this long for another runner to finish, for instance 10m',
}

const JOBS: OptionSpec = {
  name: 'jobs',
  type: 'count',
  minimum: 1,
  placeholder: 'N',
  summary: 'most flows at the same time; the engines there are take one',
}

const LIMIT: OptionSpec = {
  name: 'limit',
  type: 'count',
  minimum: 0,
  placeholder: 'N',
  summary: 'at most N rows',
}

/**
 * The command line of Qarion as data. It imports nothing but types, so that help and completion start as fast as
 * Node does.
 */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'init',
    group: 'Start',
    summary: 'make a project that runs at once',
    description:
      'Writes a project with one flow and two sample deliveries. No file that is there is overwritten.',
    arguments: [{ name: 'dir', summary: 'folder of the project (default: the current folder)' }],
    options: [],
    examples: [{ command: 'qarion init shop', meaning: 'make the project shop in a new folder' }],
  },
  {
    name: 'validate',
    group: 'Work',
    summary: 'check project, flows and plans; touches no data',
    description: 'Says everything that is wrong at once. Ends with 2 if anything is.',
    arguments: [],
    options: [],
    examples: [{ command: 'qarion validate --env prod', meaning: 'check what prod would run' }],
  },
  {
    name: 'test',
    group: 'Work',
    summary: 'run the tests of the project; touches no data',
    description:
      'A test is a file tests/NAME.toml: deliveries one after the other, and the rows that datasets have after each. It runs in a place of its own. Ends with 1 if rows differ.',
    arguments: [
      {
        name: 'name',
        summary: 'tests: a name or `ord*` (default: all)',
        isRepeatable: true,
      },
    ],
    options: [
      {
        name: 'write',
        type: 'flag',
        summary:
          'write the rows that the run gives into the tests, where others or none are expected',
      },
    ],
    examples: [
      { command: 'qarion test', meaning: 'all tests' },
      { command: 'qarion test customers --write', meaning: 'make or renew what one test expects' },
    ],
  },
  {
    name: 'plan',
    group: 'Work',
    summary: 'show what a run would do; writes nothing',
    arguments: [FLOWS],
    options: [
      ...SELECTION,
      VAR,
      { name: 'sql', type: 'flag', summary: 'add the statements that the engine would run' },
      {
        name: 'format',
        type: 'choice',
        placeholder: 'FORMAT',
        choices: ['tree', 'mermaid', 'json'],
        summary: 'how steps and datasets of all these flows are shown (default: tree)',
      },
      {
        name: 'out',
        type: 'text',
        placeholder: 'FILE',
        summary: 'keep the plan for `qarion run --plan FILE`; with --format mermaid, the chart',
      },
    ],
    examples: [
      {
        command: 'qarion plan',
        meaning: 'which batches would be loaded and exported, in which steps',
      },
      { command: 'qarion plan orders --sql', meaning: 'with the statements of the engine' },
      {
        command: 'qarion plan orders+ --format mermaid --out orders.mmd',
        meaning: 'a flow and all that read it, as a chart',
      },
    ],
  },
  {
    name: 'run',
    group: 'Work',
    summary: 'load what is new, work out what changed, export it',
    description:
      'Deliveries that were loaded before are not loaded again, batches that were exported are not exported again. What a failed run left open is finished first.',
    arguments: [FLOWS],
    options: [
      ...SELECTION,
      BATCHES,
      {
        name: 'file',
        type: 'text',
        placeholder: 'FILE',
        summary: 'only this delivery',
      },
      {
        name: 'batch-time',
        type: 'time',
        placeholder: 'TIME',
        summary: 'time of the new batch, ISO 8601',
      },
      { name: 'full-refresh', type: 'flag', summary: 'build the flows anew from all deliveries' },
      { name: 'cascade', type: 'flag', summary: 'redo later batches where an earlier one changes' },
      VAR,
      ...ACCEPT,
      {
        name: 'plan',
        type: 'text',
        placeholder: 'FILE',
        summary: 'run exactly the plan that `qarion plan --out FILE` kept',
      },
      WAIT,
      JOBS,
    ],
    examples: [
      { command: 'qarion run', meaning: 'every flow, every new delivery' },
      { command: 'qarion run orders+', meaning: 'a flow and all that read it' },
      { command: 'qarion run --exclude tag:slow', meaning: 'every flow but some' },
      { command: 'qarion run orders --batch 2..5', meaning: 'batches 2 to 5 of one flow' },
      { command: 'qarion run orders --var region=EU', meaning: 'with a value for a variable' },
      {
        command: 'qarion run orders_export --batch 3',
        meaning: 'write the file of batch 3 again',
      },
      {
        command: 'qarion run orders --accept mass_delete --reason "shop closed in Spain"',
        meaning: 'let one guard pass, once',
      },
    ],
  },
  {
    name: 'retry',
    group: 'Work',
    summary: 'go on where the newest run stopped',
    description:
      'Runs the flows of the newest run that did not get through, with the options it had. Accepted guards are not carried over.',
    arguments: [],
    options: [...ACCEPT, WAIT, JOBS],
    examples: [{ command: 'qarion retry --wait 10m', meaning: 'once the other runner is done' }],
  },
  {
    name: 'revert',
    group: 'Work',
    summary: 'take the newest batch of a flow back',
    arguments: [{ name: 'flow', summary: 'id of the flow', isRequired: true }],
    options: [],
    examples: [
      { command: 'qarion revert orders', meaning: 'orders is as it was before its newest batch' },
    ],
  },
  {
    name: 'publish',
    group: 'Work',
    summary: 'send the events of outboxes that are due',
    description:
      'Events of one key are sent one after the other, in order. What is not taken is tried again by a later call once it is due; what is refused is dead. Ends with 3 if some were taken and some were not, with 1 if none was.',
    arguments: [FLOWS],
    options: [
      ...SELECTION,
      { ...LIMIT, summary: 'at most N events of each flow' },
      { name: 'retry-dead', type: 'flag', summary: 'send dead events again, in their order' },
      WAIT,
    ],
    examples: [
      { command: 'qarion publish', meaning: 'all flows that say who gets their events' },
      {
        command: 'qarion publish order_events --retry-dead',
        meaning: 'once the receiver takes what it refused',
      },
    ],
  },
  {
    name: 'show',
    group: 'Look',
    summary: 'print the rows of a dataset',
    description:
      'A table holds the first 20 rows, the other formats all of them. CSV bytes are the same from every engine.',
    arguments: [
      {
        name: 'dataset',
        summary: '`orders.change_feed`, or `orders` for its main dataset',
        isRequired: true,
      },
    ],
    options: [
      {
        name: 'batch',
        type: 'batch',
        placeholder: 'N',
        summary: 'only rows of this batch',
      },
      {
        name: 'where',
        type: 'text',
        placeholder: 'EXPR',
        summary: 'only rows for which the expression is true',
      },
      {
        name: 'columns',
        type: 'names',
        placeholder: 'A,B',
        summary: 'only these columns, in this order',
      },
      LIMIT,
      {
        name: 'format',
        type: 'choice',
        placeholder: 'FORMAT',
        choices: ['table', 'csv', 'json', 'ndjson'],
        summary: 'how rows are printed (default: table)',
      },
    ],
    examples: [
      { command: 'qarion show orders.current', meaning: 'the first rows of the current state' },
      {
        command: `qarion show orders --where "status = 'open'" --format csv > open.csv`,
        meaning: 'rows that meet a condition, as CSV',
      },
    ],
  },
  {
    name: 'diff',
    group: 'Look',
    summary: 'show what changed in a flow, old → new',
    arguments: [{ name: 'flow', summary: 'id of the flow', isRequired: true }],
    options: [
      { ...BATCHES, summary: 'only this batch, or the batches A to B (default: the newest)' },
      { ...LIMIT, summary: 'at most N rows of each kind and batch (default: 5)' },
    ],
    examples: [{ command: 'qarion diff orders --batch 2..4', meaning: 'batch by batch' }],
  },
  {
    name: 'lineage',
    group: 'Look',
    summary: 'show what a dataset or column is made of, or what is made of it',
    description:
      'Goes by the definitions of the flows, through all their steps, from the columns of deliveries to those of exported files. It looks at no data. What only decides over values or rows (conditions, joins, filters) is named, not followed.',
    arguments: [
      {
        name: 'dataset',
        summary:
          '`orders.change_feed.amount`, `orders.change_feed`, or `orders` for its main dataset or the files that it exports',
        isRequired: true,
      },
    ],
    options: [
      { name: 'upstream', type: 'flag', summary: 'what it is made of (default)' },
      { name: 'downstream', type: 'flag', summary: 'what is made of it' },
      {
        name: 'format',
        type: 'choice',
        placeholder: 'FORMAT',
        choices: ['tree', 'mermaid', 'json'],
        summary: 'how lineage is shown (default: tree)',
      },
    ],
    examples: [
      {
        command: 'qarion lineage orders.change_feed.amount',
        meaning: 'from the column back to the files',
      },
      {
        command: 'qarion lineage orders.landing.amount --downstream',
        meaning: 'what changes if this column does',
      },
      {
        command: 'qarion lineage orders --format mermaid > orders.mmd',
        meaning: 'all columns of the main dataset, as a chart',
      },
    ],
  },
  {
    name: 'status',
    group: 'Look',
    summary: 'waiting files, newest batches, last runs, what to do next',
    arguments: [FLOWS],
    options: SELECTION,
    examples: [
      { command: 'qarion status', meaning: 'all flows at a glance' },
      { command: 'qarion status tag:daily', meaning: 'those with a tag' },
    ],
  },
  {
    name: 'runs',
    group: 'Look',
    summary: 'list past runs, or show one',
    arguments: [{ name: 'id', summary: 'id of a run, or how it begins' }],
    options: [{ ...LIMIT, summary: 'at most N runs (default: 20)' }],
    examples: [{ command: 'qarion runs --limit 5', meaning: 'the five newest runs' }],
  },
  {
    name: 'plugins',
    group: 'Care',
    summary: 'list the plugins of the project, or check them',
    arguments: [
      {
        name: 'action',
        summary: 'list (default) or doctor: only what is wrong',
        choices: ['list', 'doctor'],
      },
    ],
    options: [],
    examples: [{ command: 'qarion plugins doctor', meaning: 'why a plugin is not used' }],
  },
  {
    name: 'doctor',
    group: 'Care',
    summary: 'check the installation and the project',
    arguments: [],
    options: [],
    examples: [{ command: 'qarion doctor --json', meaning: 'for a report' }],
  },
  {
    name: 'completion',
    group: 'Care',
    summary: 'print a completion script for a shell',
    arguments: [
      {
        name: 'shell',
        summary: 'bash, zsh or fish',
        isRequired: true,
        choices: ['bash', 'zsh', 'fish'],
      },
    ],
    options: [],
    examples: [
      { command: 'source <(qarion completion bash)', meaning: 'complete in this shell' },
      {
        command: 'qarion completion fish > ~/.config/fish/completions/qarion.fish',
        meaning: 'for good, in fish',
      },
    ],
  },
  {
    name: 'help',
    group: 'Care',
    summary: 'help for a command',
    arguments: [{ name: 'command', summary: 'name of a command' }],
    options: [],
    examples: [{ command: 'qarion help run', meaning: 'the options of run' }],
  },
]

export function findCommand(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name)
}
