import type { It } from '@qarion/testkit'

export interface Outcome {
  readonly name: string
  readonly error: unknown
}

/** A runner that only remembers, and runs on demand. */
export function createRecorder(): {
  readonly it: It
  readonly names: () => readonly string[]
  /** Runs what was registered, those whose names contain `part` if given. */
  run(part?: string): Promise<readonly Outcome[]>
} {
  const tests: { name: string; body: () => Promise<void> }[] = []
  return {
    it: (name, body) => {
      tests.push({ name, body })
    },
    names: () => tests.map(({ name }) => name),
    run: async (part = '') => {
      const outcomes: Outcome[] = []
      for (const { name, body } of tests) {
        if (!name.includes(part)) continue
        try {
          await body()
          outcomes.push({ name, error: undefined })
        } catch (error) {
          outcomes.push({ name, error })
        }
      }
      return outcomes
    },
  }
}

export function failuresOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.filter(({ error }) => error !== undefined).map(({ name }) => name)
}
