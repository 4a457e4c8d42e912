import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GNU_TIME = '/usr/bin/time'
const hasGnuTime = process.platform === 'linux' && existsSync(GNU_TIME)
const POLL_MS = 10
/** What takes longer hangs. */
const LONGEST_MS = 30 * 60_000

const running = new Set()

/** Ends what `runProcess` has started and what has not ended yet. */
export function endProcesses() {
  for (const child of running) endGroup(child)
}

/** GNU time and the program that it runs are a process group of their own. */
function endGroup(child) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** How peak memory is found out here. */
export const memoryMethod = hasGnuTime
  ? `${GNU_TIME} (maximum resident set size)`
  : process.platform === 'linux'
    ? `VmHWM in /proc, read every ${POLL_MS} ms`
    : 'not measured on this platform'

/**
 * Runs a program to its end: wall-clock seconds from start to exit, peak resident memory in MiB (and, with GNU
 * time, seconds of all processors) where `memory` is asked for, and what it printed. Throws with its output if it does not exit with 0.
 */
export async function runProcess(command, words, { cwd, env, input, memory = false } = {}) {
  const report =
    memory && hasGnuTime ? mkdtempSync(join(tmpdir(), 'qarion-bench-time-')) : undefined
  const [program, ...rest] =
    report === undefined
      ? [command, ...words]
      : [GNU_TIME, '-f', '%M %U %S', '-o', join(report, 'peak'), command, ...words]
  const startedAt = process.hrtime.bigint()
  const child = spawn(program, rest, {
    cwd,
    env: { ...process.env, ...env },
    detached: process.platform !== 'win32',
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  const limit = setTimeout(() => endGroup(child), LONGEST_MS)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  child.stdin?.end(input)
  const watch = memory && report === undefined ? watchPeak(child.pid) : undefined
  const exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? code))
  })
  clearTimeout(limit)
  running.delete(child)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  const { peakMb, cpuSeconds } = report === undefined ? { peakMb: watch?.() } : readReport(report)
  if (exitCode !== 0)
    throw new Error(
      `${[command, ...words].join(' ')} ended with ${exitCode}\n${tail(stdout)}\n${tail(stderr)}`,
    )
  return {
    seconds,
    stdout,
    stderr,
    ...(peakMb === undefined ? {} : { peakMb }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
  }
}

function readReport(directory) {
  const [kibibytes, user, system] = readFileSync(join(directory, 'peak'), 'utf8')
    .trim()
    .split('\n')
    .at(-1)
    .split(' ')
    .map(Number)
  rmSync(directory, { recursive: true, force: true })
  return { peakMb: kibibytes / 1024, cpuSeconds: user + system }
}

function watchPeak(pid) {
  if (process.platform !== 'linux') return () => undefined
  let peak
  const timer = setInterval(() => {
    try {
      const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      if (line !== null) peak = Number(line[1]) / 1024
    } catch {
      // It has ended.
    }
  }, POLL_MS)
  return () => {
    clearInterval(timer)
    return peak
  }
}

function tail(text) {
  return text.length > 4000 ? `…${text.slice(-4000)}` : text
}

/**
 * Runs the subjects in turn, `rounds` times, so that what else the machine does falls on all alike; every other round
 * goes backwards. A subject is `{ name, prepare?(), run() }`; only `run` is timed by what it returns: `{ seconds,
 * peakMb? }`. Returns the samples by name.
 */
export async function interleave(subjects, rounds) {
  const samples = Object.fromEntries(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      await subject.prepare?.()
      samples[subject.name].push(await subject.run())
    }
  }
  return samples
}

/** Median, smallest and largest of some numbers. */
export function spread(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { median, min: sorted[0], max: sorted.at(-1) }
}

/** The ratio of two interleaved series, round by round. */
export function ratioOf(samples, baseline) {
  return spread(samples.map(({ seconds }, round) => seconds / baseline[round].seconds))
}

export function secondsOf(samples) {
  return spread(samples.map(({ seconds }) => seconds))
}

/** The ratio of processor time, which other work on the machine disturbs less than the clock. */
export function cpuRatioOf(samples, baseline) {
  if (samples.some(({ cpuSeconds }) => cpuSeconds === undefined)) return undefined
  return spread(samples.map(({ cpuSeconds }, round) => cpuSeconds / baseline[round].cpuSeconds))
}

/** The largest peak of a series in MiB. */
export function peakOf(samples) {
  const peaks = samples.flatMap(({ peakMb }) => (peakMb === undefined ? [] : [peakMb]))
  return peaks.length === 0 ? undefined : Math.max(...peaks)
}
