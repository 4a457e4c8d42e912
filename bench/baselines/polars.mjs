// The comparison as one writes it by hand with nodejs-polars: typed reads of two files, written as Parquet files, what
// differs into a change feed, a Parquet file too.
//
//   node polars.mjs <module of nodejs-polars> <folder> <old.csv> <new.csv> feed|comparison
//
// `feed` also writes the rows of the first delivery as `new`, as a change feed has them; `comparison` writes only what
// differs between the two.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [driver, folder, oldFile, newFile, extent] = process.argv.slice(2)
const { default: pl } = await import(pathToFileURL(driver).href)

const COLUMNS = {
  id: pl.Int64,
  amount: pl.Decimal(12, 2),
  ordered_on: pl.Date,
  updated_at: pl.Datetime('us'),
  is_paid: pl.Bool,
  customer: pl.Utf8,
  city: pl.Utf8,
  note: pl.Utf8,
}
const names = Object.keys(COLUMNS)
const compared = names.slice(1)

const read = (file) =>
  pl
    .readCSV(file, { dtypes: Object.fromEntries(names.map((name) => [name, pl.Utf8])) })
    .select(
      pl.col('id').cast(pl.Int64, true),
      pl.col('amount').cast(COLUMNS.amount, true),
      pl.col('ordered_on').str.strptime(pl.Date, '%Y-%m-%d'),
      pl
        .col('updated_at')
        .str.strptime(pl.Datetime('ms'), '%Y-%m-%dT%H:%M:%S%.fZ')
        .cast(COLUMNS.updated_at),
      pl.col('is_paid').eq(pl.lit('true')).as('is_paid'),
      ...names.slice(5).map((name) => pl.col(name)),
    )
const save = (frame, name) =>
  frame
    .lazy()
    .sinkParquet(join(folder, `${name}.parquet`), { compression: 'lz4', syncOnClose: 'all' })
    .collect()
const marked = (frame, batch, time, type) =>
  frame.withColumns(
    pl.lit(batch).cast(pl.Int64).as('xt_batch_id'),
    pl.lit(time).as('xt_batch_time'),
    pl.lit(type).as('xt_record_type'),
    pl.lit(null).cast(pl.Utf8).as('xt_changed_columns'),
  )

mkdirSync(folder, { recursive: true })
const older = read(oldFile)
const newer = read(newFile)
await save(older, 'delivery_1')
await save(newer, 'delivery_2')
const differs = (name) =>
  pl
    .col(name)
    .neq(pl.col(`${name}_old`))
    .fillNull(
      pl
        .col(name)
        .isNull()
        .neq(pl.col(`${name}_old`).isNull()),
    )
const joined = newer.join(older.withColumns(pl.lit(true).as('is_old')), {
  on: 'id',
  how: 'left',
  suffix: '_old',
})
const isNew = pl.col('is_old').isNull()
const changes = joined
  .filter(isNew.or(pl.anyHorizontal(compared.map(differs))))
  .withColumns(
    pl.lit(2).cast(pl.Int64).as('xt_batch_id'),
    pl.lit('2024-01-02').as('xt_batch_time'),
    pl.when(isNew).then(pl.lit('new')).otherwise(pl.lit('changed')).as('xt_record_type'),
    pl
      .when(isNew)
      .then(pl.lit(null))
      .otherwise(
        pl.concatString(
          [
            pl.lit('['),
            pl.concatString(
              compared.map((name) =>
                pl
                  .when(differs(name))
                  .then(pl.lit(`"${name}"`))
                  .otherwise(pl.lit(null)),
              ),
              ',',
            ),
            pl.lit(']'),
          ],
          '',
        ),
      )
      .as('xt_changed_columns'),
  )
  .select(
    ...names.map((name) => pl.col(name)),
    pl.col('xt_batch_id'),
    pl.col('xt_batch_time'),
    pl.col('xt_record_type'),
    pl.col('xt_changed_columns'),
  )
const deleted = marked(older.join(newer, { on: 'id', how: 'anti' }), 2, '2024-01-02', 'deleted')
const parts = [
  ...(extent === 'feed' ? [marked(older, 1, '2024-01-01', 'new')] : []),
  changes,
  deleted,
]
await save(pl.concat(parts, { how: 'vertical', rechunk: false }), 'change_feed')
