import type { pl } from 'nodejs-polars'

/** The driver. */
export type Polars = typeof pl

export type LazyFrame = pl.LazyDataFrame
export type DataFrame = pl.DataFrame
export type Expr = pl.Expr
export type Series = pl.Series

/** Imports the driver; it is large, and who only lists plugins does not need it. */
export async function loadPolars(): Promise<Polars> {
  const module = await import('nodejs-polars')
  return module.default
}
