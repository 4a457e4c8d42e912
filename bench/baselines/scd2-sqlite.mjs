import {
  changesOfDelivery,
  changesOfFeed,
  firstVersions,
  indexes,
  nextVersions,
} from './scd2-sql.mjs'
import { DELIVERY_TABLE } from './sqlite.mjs'

const script = (...statements) => `.bail on\n${statements.join(';\n')};\n`
const load = (table, file) =>
  `CREATE TABLE ${table} ${DELIVERY_TABLE};\n.import --csv --skip 1 "${file}" ${table}\nBEGIN`

/** What one types into the sqlite3 shell for a dimension of two deliveries: before the second one, and for it. */
export function scriptsOfDeliveries(oldFile, newFile) {
  return {
    before: script(load('delivery_1', oldFile), ...firstVersions('sqlite'), 'COMMIT'),
    second: script(
      load('delivery_2', newFile),
      ...changesOfDelivery('sqlite'),
      ...nextVersions('sqlite'),
      'COMMIT',
    ),
  }
}

/** The same in a database that holds a change feed of both, and the dimension of the first batch as a view. */
export function scriptsOfFeed(feed, dimension) {
  return {
    before: script(
      'BEGIN',
      `CREATE TABLE dimension AS SELECT * FROM ${dimension}`,
      ...indexes('sqlite'),
      'COMMIT',
    ),
    second: script('BEGIN', ...changesOfFeed(feed), ...nextVersions('sqlite', '0'), 'COMMIT'),
  }
}
