/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Few digits where nobody needs more: `840`, `12k`, `1.2M`. */
export function formatRate(rate: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (rate >= size) return `${threeDigits(rate / size)}${unit}`
  }
  return threeDigits(rate)
}

/** `45.2 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${threeDigits(bytes / size)} ${unit}`
  }
  return `${bytes} B`
}

/** `0.12 s`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.trunc(whole / 60)} min ${whole % 60} s`
  return `${Math.trunc(whole / 3600)} h ${Math.trunc((whole % 3600) / 60)} min`
}

/** How long ago, in the largest unit that fits: `just now`, `5 min ago`, `3 days ago`. */
export function formatAge(milliseconds: number): string {
  const minutes = Math.trunc(milliseconds / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 48 * 60) return `${Math.trunc(minutes / 60)} h ago`
  return `${Math.trunc(minutes / 1440)} days ago`
}

/** `1 file`, `3 files`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '')
}
