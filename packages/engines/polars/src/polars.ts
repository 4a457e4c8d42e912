import { Writable } from 'node:stream'

/** An expression as the driver holds it. */
export interface Expr {
  readonly toString: () => string
}

export type JoinType = 'inner' | 'left' | 'full' | 'semi' | 'anti' | 'cross'

/** A plan of Polars, in the driver's native form. */
export interface LazyFrame {
  withColumns(exprs: readonly Expr[]): LazyFrame
  select(exprs: readonly Expr[]): LazyFrame
  filter(condition: Expr): LazyFrame
  groupby(keys: readonly Expr[], maintainOrder: boolean): GroupedFrame
  join(
    right: LazyFrame,
    leftOn: readonly Expr[],
    rightOn: readonly Expr[],
    allowParallel: boolean,
    forceParallel: boolean,
    how: JoinType,
    suffix: string,
    coalesce: boolean | undefined,
    validate: undefined,
    nullsEqual: boolean | undefined,
  ): LazyFrame
  sortByExprs(
    by: readonly Expr[],
    isDescending: readonly boolean[],
    nullsLast: readonly boolean[],
    maintainOrder: boolean,
    isParallel: boolean,
  ): LazyFrame
  unique(subset: null, keep: 'any', maintainOrder: boolean): LazyFrame
  slice(offset: number, length: number): LazyFrame
  withRowIndex(name: string, offset: number): LazyFrame
  sinkParquet(path: string, options: SinkOptions): LazyFrame
  /** Runs the plan on Polars' own threads. */
  collect(): Promise<DataFrame>
}

export interface GroupedFrame {
  agg(exprs: readonly Expr[]): LazyFrame
}

export interface SinkOptions {
  readonly compression: 'lz4'
  readonly statistics: boolean
  readonly syncOnClose: 'all'
  readonly maintainOrder: boolean
  readonly mkdir: boolean
}

export interface CsvOptions {
  readonly delimiter: string
  readonly quote: string
  readonly skippedRows: number
}

/** Rows in memory, in the driver's native form. */
export interface DataFrame {
  readonly height: number
  lazy(): LazyFrame
  slice(offset: number, length: number): DataFrame
  getColumns(): readonly unknown[]
  hstack(columns: readonly unknown[]): DataFrame
  /** Exact for booleans and small numbers alone. */
  toRow(index: number): readonly unknown[]
  writeIpcStream(to: Writable, compression: 'uncompressed'): void
}

/**
 * What the engines use of the driver. Its public objects cost a millisecond each to be made, which thousands of small
 * expressions cannot pay; the native objects that they wrap cost nothing.
 */
export interface Polars {
  /** An expression from its serialised form. */
  expr(json: string): Expr
  concat(frames: readonly LazyFrame[]): LazyFrame
  scanParquet(path: string): LazyFrame
  /** Every field as text, in columns `column_1` and so on. */
  scanCsv(path: string, options: CsvOptions): LazyFrame
  readIpc(bytes: Buffer): DataFrame
}

interface NativeExprClass {
  deserialize(bytes: Buffer, format: 'json'): Expr
}

/** Imports the driver; it is large, and who only lists plugins does not need it. */
export async function loadPolars(): Promise<Polars> {
  const { default: driver } = await import('nodejs-polars')
  const wrapFrame = driver.LazyDataFrame as unknown as (
    frame: LazyFrame,
  ) => ReturnType<typeof driver.scanParquet>
  const { constructor } = nativeOf(driver.lit(true)) as { readonly constructor: unknown }
  const exprs = constructor as NativeExprClass
  return {
    expr: (json) => exprs.deserialize(Buffer.from(json), 'json'),
    concat: (frames) =>
      nativeOf(driver.concat(frames.map(wrapFrame), { how: 'vertical' })) as LazyFrame,
    // The path is meant as it is, whatever characters are in it.
    scanParquet: (path) => nativeOf(driver.scanParquet(path, { glob: false })) as LazyFrame,
    scanCsv: (path, { delimiter, quote, skippedRows }) =>
      nativeOf(
        driver.scanCSV(path, {
          hasHeader: false,
          inferSchemaLength: null,
          sep: delimiter,
          quoteChar: quote,
          skipRows: skippedRows,
        }),
      ) as LazyFrame,
    readIpc: (bytes) => nativeOf(driver.readIPCStream(bytes)) as DataFrame,
  }
}

/** What an object of the driver's public interface wraps; its types leave out that all have this method. */
function nativeOf(wrapper: unknown): unknown {
  return (wrapper as { inner(): unknown }).inner()
}

/** The rows as a stream of Arrow IPC. */
export function writeIpc(frame: DataFrame): Buffer {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  frame.writeIpcStream(stream, 'uncompressed')
  stream.end()
  return Buffer.concat(chunks)
}
