/** Whether a result meets its target; `null` where there is none or it was not measured. */
export function isMet(result) {
  if (result.median === undefined || result.limit === undefined) return null
  return result.median <= result.limit
}

function verdict(result) {
  if (result.crashed !== undefined) return 'CRASHED'
  if (result.notRun !== undefined) return 'not run'
  const met = isMet(result)
  return met === null ? '' : met ? 'ok' : 'MISS'
}

const round = (number) =>
  number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2)

function figure({ median, min, max, unit }) {
  if (median === undefined) return ''
  const range = min === max ? '' : ` (${round(min)} … ${round(max)})`
  return `${round(median)} ${unit}${range}`
}

function detail(result) {
  const parts = []
  for (const [name, { median }] of Object.entries(result.seconds ?? {})) {
    const peak = result.peaksMb?.[name]
    parts.push(
      `${name} ${median < 1 ? median.toFixed(3) : round(median)} s${peak === undefined ? '' : `, ${Math.round((peak * 2 ** 20) / 1e6)} MB`}`,
    )
  }
  if (result.cpuRatio !== undefined) parts.push(`processor time ${round(result.cpuRatio.median)} ×`)
  for (const [batch, megabytes] of Object.entries(result.megabytes ?? {}))
    parts.push(`${batch}: ${round(megabytes)} MB`)
  return parts.join(' · ')
}

export function formatResult(result) {
  return [
    verdict(result),
    result.measure,
    figure(result),
    result.notRun ?? result.crashed ?? detail(result),
  ]
    .filter(Boolean)
    .join('  ')
}

/** A table for people: measure, target, figure as median (min … max), verdict, and what lies behind it. */
export function formatReport(machine, rounds, cases) {
  const rows = cases.flatMap(({ results }) =>
    results.map((result) => [
      result.measure,
      result.limit === undefined ? '' : `≤ ${result.limit} ${result.unit}`,
      figure(result),
      verdict(result),
      result.notRun ?? result.crashed?.split('\n')[0] ?? detail(result),
    ]),
  )
  const head = ['measure', 'target', 'median (min … max)', '', 'behind it']
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  )
  const line = (row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd()
  return [
    '',
    `${machine.date} · ${machine.system} · ${machine.processor} · ${machine.cores} cores, ${machine.memoryGb} GB · Node ${machine.node.slice(1)}`,
    `DuckDB ${machine.duckdb} · better-sqlite3 ${machine.betterSqlite3} · sqlite3 shell ${machine.sqliteShell ?? 'none'} · peak memory by ${machine.memoryMethod}`,
    `${rounds} rounds, interleaved; ratios are taken round by round`,
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(Math.min(width, 40)))),
    ...rows.map(line),
    '',
    '',
  ].join('\n')
}
