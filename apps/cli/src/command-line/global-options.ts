import type { OptionSpec } from './command-spec.ts'

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'project',
    type: 'text',
    placeholder: 'DIR',
    summary: 'folder of qarion.toml, or one below it (default: the current folder)',
  },
  {
    name: 'env',
    type: 'text',
    placeholder: 'NAME',
    summary: 'environment, a table under [environments]',
  },
  { name: 'json', type: 'flag', summary: 'one JSON document on stdout, errors included' },
  {
    name: 'events',
    type: 'text',
    placeholder: 'FILE',
    summary: 'write the events of a run as they happen, a JSON document a line',
  },
  { name: 'quiet', short: 'q', type: 'flag', summary: 'no progress and no notes, only errors' },
  { name: 'verbose', short: 'v', type: 'flag', summary: 'steps as they end, causes of errors' },
  { name: 'yes', short: 'y', type: 'flag', summary: 'answer every question with yes' },
  { name: 'help', short: 'h', type: 'flag', summary: 'help for the command' },
  { name: 'version', type: 'flag', summary: 'the version of qarion' },
]
