/** Seconds and the day of a number of microseconds, as Qarion prints them. */
const INSTANT = `strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000000, 'unixepoch')
  || CASE WHEN updated_at % 1000000 = 0 THEN '' ELSE printf('.%06d', updated_at % 1000000) END || 'Z' AS updated_at`
const CONVERTED = `id, printf('%d.%02d', amount / 100, amount % 100) AS amount, ordered_on, ${INSTANT},
  CASE is_paid WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS is_paid, customer, city, note`

/**
 * What one types to get a table of Qarion's as CSV from the sqlite3 shell: with `form` "text" decimals, times and booleans
 * as Qarion prints them, with "stored" the integers that they are stored as.
 */
export function exportStatement({ table, form }) {
  return `SELECT ${form === 'text' ? CONVERTED : '*'} FROM ${table} ORDER BY id`
}
