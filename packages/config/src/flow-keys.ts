import type { DataTypeKind, OptionDescriptor } from '@qarion/core'
import { MAX_DECIMAL_PRECISION } from '@qarion/core'

/** Every type a column can have. */
export const SCHEMA_TYPES: readonly DataTypeKind[] = [
  'boolean',
  'integer',
  'decimal',
  'float',
  'string',
  'date',
  'time',
  'timestamp',
  'json',
  'binary',
]

/** Words of other tools, answered with ours. */
export const SCHEMA_TYPE_SYNONYMS: ReadonlyMap<string, DataTypeKind> = new Map([
  ['bool', 'boolean'],
  ['int', 'integer'],
  ['int32', 'integer'],
  ['int64', 'integer'],
  ['smallint', 'integer'],
  ['bigint', 'integer'],
  ['long', 'integer'],
  ['numeric', 'decimal'],
  ['number', 'decimal'],
  ['money', 'decimal'],
  ['double', 'float'],
  ['real', 'float'],
  ['float32', 'float'],
  ['float64', 'float'],
  ['str', 'string'],
  ['text', 'string'],
  ['char', 'string'],
  ['varchar', 'string'],
  ['uuid', 'string'],
  ['datetime', 'timestamp'],
  ['timestamptz', 'timestamp'],
  ['timestamp_tz', 'timestamp'],
  ['object', 'json'],
  ['jsonb', 'json'],
  ['struct', 'json'],
  ['map', 'json'],
  ['bytes', 'binary'],
  ['blob', 'binary'],
  ['bytea', 'binary'],
])

/** Keys of a flow file above the first table. */
export const FLOW_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'id',
    type: 'string',
    isRequired: true,
    description: 'Id of the flow: a letter, then letters, digits, `_`, `-`.',
  },
  { name: 'name', type: 'string', description: 'Name for people; the id if absent.' },
  {
    name: 'flow_type',
    type: 'string',
    isRequired: true,
    description: 'What the flow makes of its input, for instance change_feed.',
  },
  {
    name: 'namespace',
    type: 'string',
    isRequired: true,
    description: 'First part of table names: <namespace>_<flow>_<dataset>.',
  },
  { name: 'description', type: 'string', description: 'What the flow is for.' },
  {
    name: 'tags',
    type: 'strings',
    description: 'Words by which flows are selected, as in `qarion run tag:daily`.',
  },
]

/** One entry of `[input] columns`. */
export const COLUMN_KEYS: readonly OptionDescriptor[] = [
  { name: 'name', type: 'string', isRequired: true, description: 'Name of the column.' },
  {
    name: 'schema_type',
    type: 'choice',
    choices: SCHEMA_TYPES,
    isRequired: true,
    description: 'Type of its values.',
  },
  {
    name: 'required',
    type: 'boolean',
    default: false,
    description: 'Whether a row without a value is a reject.',
  },
  {
    name: 'precision',
    type: 'integer',
    minimum: 1,
    maximum: MAX_DECIMAL_PRECISION,
    description: 'Digits of a decimal in all.',
  },
  {
    name: 'scale',
    type: 'integer',
    minimum: 0,
    maximum: MAX_DECIMAL_PRECISION,
    description: 'Digits of a decimal after the point.',
  },
  { name: 'source_name', type: 'string', description: 'Name in the file, if another.' },
  {
    name: 'format',
    type: 'string',
    description: 'How dates, times or timestamps are written, for instance dd.MM.yyyy.',
  },
  {
    name: 'decimal_separator',
    type: 'string',
    description: 'Character before the decimals, if not a point.',
  },
  {
    name: 'group_separator',
    type: 'string',
    description: 'Character between groups of digits, if any.',
  },
  {
    name: 'null_values',
    type: 'strings',
    description: 'Texts that mean NULL besides the empty one.',
  },
  {
    name: 'default',
    type: 'json',
    description: 'What the column reads as in rows stored before it was declared; else NULL.',
  },
  { name: 'description', type: 'string', description: 'What the column holds.' },
]

/** `[properties.load]` whatever the format. */
export const LOAD_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'source_path',
    type: 'path',
    isRequired: true,
    description: 'Folder or file of the deliveries, within the project.',
  },
  {
    name: 'file_pattern',
    type: 'string',
    description: 'Pattern of file names; {batch_time:yyyyMMdd} and {name} capture.',
  },
  { name: 'format', type: 'string', isRequired: true, description: 'Format, for instance csv.' },
  {
    name: 'batch_by',
    type: 'string',
    default: 'file',
    description:
      'What makes a batch: each new file (file), all new ones (run), or a capture of the pattern.',
  },
  {
    name: 'file_order',
    type: 'choice',
    choices: ['natural', 'name', 'batch_time'],
    default: 'natural',
    description: 'Order of the deliveries; natural: 2 before 10.',
  },
  {
    name: 'on_changed_file',
    type: 'choice',
    choices: ['new_batch', 'fail', 'reload'],
    description:
      'What a loaded file with new content is; if absent, new_batch for a literal path and fail for a pattern.',
  },
  {
    name: 'ready_file',
    type: 'string',
    isAdvanced: true,
    description: 'Name of a file that says a delivery is complete.',
  },
  {
    name: 'min_age',
    type: 'duration',
    default: '0s',
    isAdvanced: true,
    description: 'Files younger than this are left for the next run.',
  },
  {
    name: 'timezone',
    type: 'string',
    description: 'Time zone of timestamps without an offset; that of the project if absent.',
  },
  {
    name: 'ambiguous_time',
    type: 'choice',
    choices: ['earlier', 'later', 'reject'],
    default: 'earlier',
    isAdvanced: true,
    description: 'Which instant a local time means that happens twice.',
  },
  {
    name: 'batch_time_column',
    type: 'column',
    description: 'Column that holds the time of the delivery.',
  },
  {
    name: 'max_rejects',
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'More rejected rows than this fail the load.',
  },
  {
    name: 'on_unreadable_key',
    type: 'choice',
    choices: ['fail', 'suspend_deletions'],
    default: 'fail',
    description: 'What happens when the key of a rejected row cannot be read.',
  },
  {
    name: 'on_extra_column',
    type: 'choice',
    choices: ['fail', 'ignore'],
    default: 'fail',
    description: 'What happens when the file has a column that is not declared.',
  },
  {
    name: 'empty_string',
    type: 'choice',
    choices: ['null', 'quoted'],
    default: 'null',
    description: 'quoted: "" in quotes is the empty string, not NULL.',
  },
  {
    name: 'null_values',
    type: 'strings',
    description: 'Texts that mean NULL besides the empty one.',
  },
]

/** `[properties.load.retention]` */
export const RETENTION_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'landing_batches',
    type: 'integer',
    minimum: 2,
    default: 2,
    isAdvanced: true,
    description: 'Batches whose landing rows are kept.',
  },
]

/** `[properties.export]` whatever the format. */
export const EXPORT_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'source_dataset_id',
    type: 'string',
    isRequired: true,
    description: 'Dataset whose rows are written, for instance orders.change_feed.',
  },
  {
    name: 'file_path',
    type: 'path',
    isRequired: true,
    description:
      'File that is written, within the project; {batch_id} and {batch_time:yyyyMMdd} are filled in.',
  },
  {
    name: 'export_mode',
    type: 'choice',
    choices: ['full', 'batch', 'incremental', 'changes_only'],
    default: 'full',
    description:
      'Which rows: all that the dataset holds now (full), or per batch all of it (batch), what was added or changed (incremental), what was deleted as well (changes_only).',
  },
  { name: 'format', type: 'string', isRequired: true, description: 'Format, for instance csv.' },
  {
    name: 'batch_id',
    type: 'integer',
    minimum: 1,
    description: 'Only this batch; not with export_mode full.',
  },
  {
    name: 'partition_by',
    type: 'strings',
    description: 'Columns whose values become folders: region=EU/orders.csv.',
  },
  {
    name: 'on_existing',
    type: 'choice',
    choices: ['fail', 'replace'],
    default: 'fail',
    description: 'What happens when a file is there that the flow did not write.',
  },
]

/** `[properties.publish]` whatever the publisher. */
export const PUBLISH_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'publisher',
    type: 'string',
    isRequired: true,
    description: 'What delivers the events, for instance webhook.',
  },
  {
    name: 'on_dead',
    type: 'choice',
    choices: ['block_key', 'continue'],
    default: 'block_key',
    description:
      'Whether an event that is given up holds back the later ones of its key (block_key) or not (continue).',
  },
]

/** `[properties.publish.retry]` */
export const RETRY_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'max_attempts',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 10,
    description: 'An event that was sent so often is given up.',
  },
  {
    name: 'initial_delay',
    type: 'duration',
    default: '5s',
    description: 'Longest wait after the first attempt; it doubles with each.',
  },
  {
    name: 'max_delay',
    type: 'duration',
    default: '1h',
    description: 'Longest wait between two attempts.',
  },
]

/** One of `[[tasks]]`, besides its tables. */
export const TASK_KEYS: readonly OptionDescriptor[] = [
  {
    name: 'id',
    type: 'string',
    isRequired: true,
    description: 'Id of the task: a letter, then letters, digits, `_`, `-`.',
  },
  { name: 'name', type: 'string', description: 'Name for people; the id if absent.' },
  {
    name: 'type',
    type: 'string',
    isRequired: true,
    description: 'What the task does, for instance script.',
  },
  { name: 'description', type: 'string', description: 'What the task is for.' },
  {
    name: 'dependencies',
    type: 'strings',
    description: 'Ids of the tasks that come before it.',
  },
  {
    name: 'source_dataset_id',
    type: 'string',
    description:
      'Dataset that it reads, for instance orders.current; of the flow itself without a point.',
  },
  {
    name: 'target_dataset_id',
    type: 'string',
    description: 'Dataset of the flow that it writes.',
  },
  {
    name: 'retries',
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 0,
    description: 'How often it is tried again before it has failed.',
  },
  {
    name: 'retry_wait',
    type: 'duration',
    default: '1s',
    isAdvanced: true,
    description:
      'How long is waited before the first try again; twice as long before each next one.',
  },
]

/** Tables of a flow file that belong to flow types and runners this version does not have. */
export const OPEN_FLOW_KEYS: Readonly<Record<string, string>> = {
  triggers: 'What starts the flow.',
}
