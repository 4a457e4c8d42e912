const VALUES = ['amount', 'ordered_on', 'updated_at', 'is_paid', 'customer', 'city', 'note']
const NAMES = ['id', ...VALUES]
const DECLARATIONS =
  'amount DECIMAL(12,2), ordered_on DATE, updated_at TIMESTAMP, is_paid BOOLEAN, customer TEXT, city TEXT, note TEXT'

/** How a delivery is stored: what follows the name of its table. */
export const DELIVERY_TABLE = `(id INTEGER PRIMARY KEY, ${DECLARATIONS})`

/** How the hand-written tables are made, for the report. */
export const TABLE_FORM = 'rowid table, id INTEGER PRIMARY KEY'

/**
 * What one types into the sqlite3 shell: `.import` of two files into tables with the key as primary key, what differs
 * into a change feed. With `extent` "feed" the rows of the first delivery are written as `new` too, as a change feed
 * has them; with "comparison" only what differs between the two.
 */
export function sqliteScript({ oldFile, newFile, extent }) {
  const all = (table) => NAMES.map((name) => `${table}.${name}`).join(', ')
  const differs = VALUES.map((name) => `n.${name} IS NOT o.${name}`)
  const changed = VALUES.map(
    (name, index) => `CASE WHEN ${differs[index]} THEN ',"${name}"' ELSE '' END`,
  ).join(' || ')
  return `.bail on
CREATE TABLE delivery_1 ${DELIVERY_TABLE};
CREATE TABLE delivery_2 ${DELIVERY_TABLE};
CREATE TABLE change_feed (id INTEGER, ${DECLARATIONS}, xt_batch_id INTEGER, xt_batch_time TEXT, xt_record_type TEXT, xt_changed_columns TEXT);
.import --csv --skip 1 "${oldFile}" delivery_1
.import --csv --skip 1 "${newFile}" delivery_2
BEGIN;
${extent === 'feed' ? `INSERT INTO change_feed SELECT ${all('n')}, 1, '2024-01-01T00:00:00Z', 'new', NULL FROM delivery_1 n;` : ''}
INSERT INTO change_feed
SELECT ${all('n')}, 2, '2024-01-02T00:00:00Z', CASE WHEN o.id IS NULL THEN 'new' ELSE 'changed' END,
  CASE WHEN o.id IS NULL THEN NULL ELSE '[' || substr(${changed}, 2) || ']' END
FROM delivery_2 n LEFT JOIN delivery_1 o ON o.id = n.id
WHERE o.id IS NULL OR ${differs.join(' OR ')};
INSERT INTO change_feed
SELECT ${all('o')}, 2, '2024-01-02T00:00:00Z', 'deleted', NULL
FROM delivery_1 o WHERE NOT EXISTS (SELECT 1 FROM delivery_2 n WHERE n.id = o.id);
COMMIT;
`
}
