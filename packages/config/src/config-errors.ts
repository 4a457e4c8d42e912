/** Codes of this package: what each means and what helps; from 101 on they are warnings. */
export const CONFIG_ERRORS = {
  'QRN-CONFIG-001': {
    title: 'No project here',
    cause: 'Neither this folder nor one above it has a qarion.toml (or qarion-etl.toml).',
    cure: 'Change into the project, name it with --project, or make one with `qarion init`.',
  },
  'QRN-CONFIG-002': {
    title: 'The project has problems',
    cause: 'One or more project files are wrong; `problems` lists all of them.',
    cure: 'Correct what is listed; `qarion validate` checks again without running anything.',
  },
  'QRN-CONFIG-003': {
    title: 'A project file cannot be read',
    cause: 'The operating system refused to open or list it.',
    cure: 'Check that the file exists and that you may read it.',
  },
  'QRN-CONFIG-004': {
    title: 'A project file is not UTF-8',
    cause: 'The file holds bytes that are not UTF-8 text.',
    cure: 'Save the file as UTF-8.',
  },
  'QRN-CONFIG-005': {
    title: 'A project file is too large',
    cause: 'Project files are limited to 4 MiB.',
    cure: 'Check that this is a project file; split a long one into several flows.',
  },
  'QRN-CONFIG-006': {
    title: 'Not TOML',
    cause: 'The text breaks the syntax of TOML, or defines a key twice.',
    cure: 'Correct the line shown; texts need quotes, lists need commas.',
  },
  'QRN-CONFIG-007': {
    title: 'Unknown key',
    cause: 'The table has no key of this name.',
    cure: 'Correct the spelling or remove the key.',
  },
  'QRN-CONFIG-008': {
    title: 'Missing key',
    cause: 'A required key is absent.',
    cure: 'Add the key.',
  },
  'QRN-CONFIG-009': {
    title: 'Wrong type of value',
    cause: 'The value is of another type than the key takes.',
    cure: 'Write a value of the type named.',
  },
  'QRN-CONFIG-010': {
    title: 'Value not admitted',
    cause: 'The value is of the right type but not one that the key admits.',
    cure: 'Use one of the values named.',
  },
  'QRN-CONFIG-011': {
    title: 'Nothing provides this',
    cause: 'No installed plugin provides the engine, flow type or format named.',
    cure: 'Correct the name or install the package that provides it.',
  },
  'QRN-CONFIG-012': {
    title: 'Not a valid name',
    cause:
      'Ids, namespaces and environments start with an ASCII letter and go on with letters, digits, `_` and `-`, 63 at most; column names hold no control characters and no blanks at either end.',
    cure: 'Choose a name that follows the rule.',
  },
  'QRN-CONFIG-013': {
    title: 'Reserved column name',
    cause: 'Names that start with `xt_` belong to system columns.',
    cure: 'Rename the column; `source_name` still says what it is called in the file.',
  },
  'QRN-CONFIG-014': {
    title: 'Column declared twice',
    cause:
      'Two columns have one name, or names that differ in case only; some engines hold these equal.',
    cure: 'Rename one of them; `source_name` still says what it is called in the file.',
  },
  'QRN-CONFIG-015': {
    title: 'Column not declared',
    cause: 'A column is named that [input] columns does not declare.',
    cure: 'Correct the name or declare the column in [input] columns.',
  },
  'QRN-CONFIG-016': {
    title: 'Name too long',
    cause:
      'Tables and columns have at most 63 bytes; a table also needs 13 for the suffix of a batch.',
    cure: 'Shorten the namespace, the id of the flow or the column.',
  },
  'QRN-CONFIG-017': {
    title: 'Two datasets, one table',
    cause: 'Tables are named <namespace>_<flow>_<dataset>; two datasets come to the same name.',
    cure: 'Change the namespace or the id of one of the flows.',
  },
  'QRN-CONFIG-018': {
    title: 'Unknown schema_type',
    cause: 'The type is none of the ten types of Qarion.',
    cure: 'Use one of boolean, integer, decimal, float, string, date, time, timestamp, json, binary.',
  },
  'QRN-CONFIG-019': {
    title: 'Decimal without valid precision and scale',
    cause:
      'A decimal needs precision (1 to 38 digits in all) and scale (0 to precision); no other type has them.',
    cure: 'Write for instance `precision = 12, scale = 2`.',
  },
  'QRN-CONFIG-020': {
    title: 'Not a duration or size',
    cause:
      'Durations are numbers with ms, s, m, h or d; sizes are numbers with B, KB, MB, GB, KiB, MiB or GiB.',
    cure: 'Write for instance "30m" or "256MB".',
  },
  'QRN-CONFIG-021': {
    title: 'Path outside the project',
    cause: 'The path leaves the folder of the project.',
    cure: 'Move the file into the project, or name its folder in `allowed_paths` under [project].',
  },
  'QRN-CONFIG-022': {
    title: 'Environment variable not set',
    cause: 'A reference ${env:NAME} names a variable that is not set.',
    cure: 'Set the variable, or write `$${` where you mean the text itself.',
  },
  'QRN-CONFIG-023': {
    title: 'Not a valid reference',
    cause: 'References are ${env:NAME} within a text, or ${credential:id} as a whole text.',
    cure: 'Correct the reference, or write `$${` where you mean the text itself.',
  },
  'QRN-CONFIG-024': {
    title: 'Unknown environment',
    cause: 'The environment asked for is not declared under [environments].',
    cure: 'Use a declared environment or add [environments.<name>].',
  },
  'QRN-CONFIG-025': {
    title: 'Two flows, one id',
    cause: 'Two flow files have the same id, or ids that differ in case only.',
    cure: 'Change the id of one of them.',
  },
  'QRN-CONFIG-026': {
    title: 'Unknown time zone',
    cause: 'The time zone is not in the tz database.',
    cure: 'Use a name such as "UTC" or "Europe/Berlin".',
  },
  'QRN-CONFIG-027': {
    title: 'Setting does not fit the type of the column',
    cause: 'The column has a setting that says nothing for its type.',
    cure: 'Remove the setting or change schema_type.',
  },
  'QRN-CONFIG-028': {
    title: 'Default is no value of the type',
    cause: 'The default of a column is not a value of its schema_type.',
    cure: 'Write the default in the text form of the type.',
  },
  'QRN-CONFIG-029': {
    title: 'Unknown dataset of another flow',
    cause: 'A flow reads a dataset that no flow of the project has.',
    cure: 'Write <flow>.<dataset>, for instance orders.change_feed.',
  },
  'QRN-CONFIG-030': {
    title: 'Flows read each other in a circle',
    cause: 'Following the datasets that a flow reads leads back to the flow.',
    cure: 'Remove one of the references.',
  },
  'QRN-CONFIG-031': {
    title: 'Secret in the project file',
    cause:
      'An option that is secret is written into the file, which others read and version control keeps.',
    cure: 'Put it into an environment variable and refer to that: "${env:NAME}".',
  },
  'QRN-CONFIG-032': {
    title: 'Input declared twice',
    cause: 'A flow takes its input from a dataset and declares columns or files as well.',
    cure: 'Keep source_dataset_id, or columns and [properties.load].',
  },
  'QRN-CONFIG-033': {
    title: 'Unknown connection or environment',
    cause: 'A flow names a database that qarion.toml does not declare.',
    cure: 'Correct the name, or declare it under [connections] or [environments].',
  },
  'QRN-CONFIG-034': {
    title: 'Unknown variable',
    cause: 'A template names a variable that the flow does not declare.',
    cure: 'Correct the name, or declare the variable under [variables].',
  },
  'QRN-CONFIG-035': {
    title: 'Template that cannot be read',
    cause: 'What stands in {{ }} is not a variable, perhaps with filters after it.',
    cure: 'Write {{ name }} or {{ name | upcase }}; there are no tags. Braces as such: {{ "{{" }}.',
  },
  'QRN-CONFIG-036': {
    title: 'Template in an expression',
    cause: 'Texts pasted into an expression could change what it means.',
    cure: 'Write :name in the expression: the value is bound, whatever it holds.',
  },
  'QRN-CONFIG-037': {
    title: 'Value does not fit the variable',
    cause: 'A run gives a variable a value that is not in the text form of its type.',
    cure: 'Give a value of the type that the flow declares.',
  },
  'QRN-CONFIG-038': {
    title: 'Task id taken',
    cause: 'Two tasks of a flow have one id.',
    cure: 'Give one of them another id.',
  },
  'QRN-CONFIG-051': {
    title: 'Not CSV',
    cause: 'The rows of a test are no CSV: a header, then as many fields in each row.',
    cure: 'Correct the row; a field with a comma or quote stands in quotes, a quote in it is doubled.',
  },
  'QRN-CONFIG-052': {
    title: 'No such test',
    cause: 'The folder tests has no file of this name.',
    cure: 'Write tests/<name>.toml with [[deliveries]]; docs/semantics.md says how.',
  },
  'QRN-CONFIG-053': {
    title: 'Rows cannot be written there',
    cause: 'The expected rows stand in a table in braces, which has no line of its own for them.',
    cure: 'Write it as [[deliveries.expect]].',
  },
  'QRN-CONFIG-101': {
    title: 'Key without effect',
    cause: 'The key belongs to another tool; Qarion does not use it.',
    cure: 'Remove it when no other tool reads this file.',
  },
  'QRN-CONFIG-102': {
    title: 'Two project files',
    cause: 'The folder has a qarion.toml and a qarion-etl.toml; only qarion.toml is read.',
    cure: 'Remove the file that is not meant.',
  },
  'QRN-CONFIG-103': {
    title: 'Credential not declared',
    cause: 'A reference names a credential that [[credentials]] does not declare.',
    cure: 'Correct the id or add a [[credentials]] entry.',
  },
} as const

export type ConfigErrorCode = keyof typeof CONFIG_ERRORS
