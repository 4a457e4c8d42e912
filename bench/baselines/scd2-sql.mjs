import { VALUE_COLUMNS } from '../generate.mjs'

const NAMES = ['id', ...VALUE_COLUMNS]
const of = (table) => NAMES.map((name) => `${table}.${name}`).join(', ')

/** What differs between SQLite and DuckDB in the statements below. */
const DIALECTS = {
  duckdb: {
    isDistinct: (left, right) => `${left} IS DISTINCT FROM ${right}`,
    time: (text) => `TIMESTAMP '${text}'`,
    changedList: (parts) => `'[' || concat_ws(',', ${parts.join(', ')}) || ']'`,
    changedPart: (name, differs) => `CASE WHEN ${differs} THEN '"${name}"' END`,
  },
  sqlite: {
    isDistinct: (left, right) => `${left} IS NOT ${right}`,
    time: (text) => `'${text}'`,
    changedList: (parts) => `'[' || substr(${parts.join(' || ')}, 2) || ']'`,
    changedPart: (name, differs) => `CASE WHEN ${differs} THEN ',"${name}"' ELSE '' END`,
  },
}

/** Statements that make the dimension of the first delivery, which lies in the table `delivery_1`. */
export function firstVersions(engine) {
  const { time } = DIALECTS[engine]
  return [
    `CREATE TABLE dimension AS SELECT ${of('n')}, 1 AS xt_version, n.id || '|1' AS xt_version_id,
       ${time('2024-01-01 00:00:00')} AS xt_valid_from, CAST(NULL AS ${engine === 'duckdb' ? 'TIMESTAMP' : 'TEXT'}) AS xt_valid_to,
       1 = 1 AS xt_is_current, CAST(NULL AS ${engine === 'duckdb' ? 'VARCHAR' : 'TEXT'}) AS xt_close_reason,
       1 AS xt_batch_id, CAST(NULL AS INTEGER) AS xt_closed_batch_id,
       CAST(NULL AS ${engine === 'duckdb' ? 'VARCHAR' : 'TEXT'}) AS xt_changed_columns
     FROM delivery_1 n`,
    ...indexes(engine),
  ]
}

/** The indexes by which SQLite finds versions; DuckDB scans. */
export function indexes(engine) {
  return engine === 'duckdb'
    ? []
    : [
        'CREATE UNIQUE INDEX dimension_version ON dimension (id, xt_version)',
        'CREATE UNIQUE INDEX dimension_current ON dimension (id) WHERE xt_is_current',
      ]
}

/** Statements that compare the table `delivery_2` with the current versions: `changes` and `gone`. */
export function changesOfDelivery(engine) {
  const { isDistinct, changedList, changedPart } = DIALECTS[engine]
  const differs = VALUE_COLUMNS.map((name) => isDistinct(`n.${name}`, `d.${name}`))
  const parts = VALUE_COLUMNS.map((name, index) => changedPart(name, differs[index]))
  return [
    `CREATE TEMP TABLE changes AS
     SELECT ${of('n')}, CASE WHEN d.id IS NULL THEN NULL ELSE ${changedList(parts)} END AS xt_changed_columns
     FROM delivery_2 n LEFT JOIN dimension d ON d.id = n.id AND d.xt_is_current
     WHERE d.id IS NULL OR ${differs.join(' OR ')}`,
    `CREATE TEMP TABLE gone AS
     SELECT d.id FROM dimension d
     WHERE d.xt_is_current AND NOT EXISTS (SELECT 1 FROM delivery_2 n WHERE n.id = d.id)`,
  ]
}

/** The same of a batch of a change feed. */
export function changesOfFeed(feed) {
  return [
    `CREATE TEMP TABLE changes AS
     SELECT ${of('n')}, n.xt_changed_columns FROM ${feed} n
     WHERE n.xt_batch_id = 2 AND n.xt_record_type <> 'deleted'`,
    `CREATE TEMP TABLE gone AS
     SELECT n.id FROM ${feed} n WHERE n.xt_batch_id = 2 AND n.xt_record_type = 'deleted'`,
  ]
}

/** Statements that close and open versions by `changes` and `gone`; a time is a timestamp as the dimension has it. */
export function nextVersions(engine, time = DIALECTS[engine].time('2024-01-02 00:00:00')) {
  const close = (reason, rows) =>
    `UPDATE dimension SET xt_valid_to = ${time}, xt_is_current = 1 = 0, xt_close_reason = '${reason}', xt_closed_batch_id = 2
     WHERE xt_is_current AND id IN (SELECT id FROM ${rows})`
  return [
    `CREATE TEMP TABLE last_versions AS
     SELECT id, max(xt_version) AS xt_version FROM dimension WHERE id IN (SELECT id FROM changes) GROUP BY id`,
    close('changed', 'changes'),
    close('deleted', 'gone'),
    `INSERT INTO dimension
     SELECT ${of('c')}, coalesce(l.xt_version, 0) + 1, c.id || '|' || (coalesce(l.xt_version, 0) + 1), ${time}, NULL,
       1 = 1, NULL, 2, NULL, c.xt_changed_columns
     FROM changes c LEFT JOIN last_versions l ON l.id = c.id`,
  ]
}
