import type { Spot, TomlTable } from '../toml-node.ts'
import type { CsvTable } from './csv-table.ts'

/** One file under `tests/`: deliveries one after the other, and the rows that are expected after each. */
export interface ProjectTest {
  /** The file's name without `.toml`, with folders: `orders/late`. */
  readonly name: string
  /** Relative to the project. */
  readonly file: string
  readonly description?: string
  readonly deliveries: readonly TestDelivery[]
}

export interface TestDelivery {
  /** The flow that gets it; that of the file unless it says another. */
  readonly flow: Named
  /** Its batch time; absent: what the flow itself takes, or a day after the delivery before. */
  readonly time?: Named
  readonly rows: CsvTable
  /** Guards that its run lets through. */
  readonly accept: readonly string[]
  /** The code with which the run has to fail. */
  readonly fails?: Named
  readonly expect: readonly TestExpectation[]
  readonly table: TomlTable
}

export interface TestExpectation {
  /** As it is written: `orders.change_feed`, or `change_feed` of the delivery's flow. */
  readonly dataset: Named
  /** Only rows of this batch. */
  readonly batch?: number
  /** Only rows for which this is true. */
  readonly where?: Named
  /** Absent: not known yet. */
  readonly rows?: CsvTable
  /** The CSV file that holds the rows, if one does, relative to the project. */
  readonly file?: string
  readonly table: TomlTable
}

/** A word and where it stands. */
export interface Named {
  readonly text: string
  readonly at: Spot
}
