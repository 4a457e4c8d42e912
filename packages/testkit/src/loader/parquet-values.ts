import { DataTypes, decimalType, type DataType } from '@qarion/core'

const { boolean, integer, float, string, date, time, timestamp, json, binary } = DataTypes

/** A column `v` as DuckDB writes it to a Parquet file, and the type that it is declared with. */
export interface ParquetValues {
  readonly name: string
  readonly type: DataType
  /** A query of DuckDB. */
  readonly query: string
}

const values = (...expressions: readonly string[]): string =>
  `SELECT v FROM (VALUES ${expressions.map((expression, index) => `(${index}, ${expression})`).join(', ')}) t(i, v) ORDER BY i`

const rows = (
  all: readonly (readonly [name: string, type: DataType, query: string])[],
): readonly ParquetValues[] => all.map(([name, type, query]) => ({ name, type, query }))

/** What files hold of every type, its limits among them. */
export const PARQUET_VALUES: readonly ParquetValues[] = rows([
  ['boolean', boolean, values('true', 'NULL', 'false')],
  ['int64', integer, values('9223372036854775807::BIGINT', 'NULL', '(-9223372036854775808)::BIGINT')],
  ['int32', integer, values('1::INTEGER', '(-2147483648)::INTEGER')],
  ['int8', integer, values('1::TINYINT', '(-128)::TINYINT')],
  ['uint32', integer, values('4294967295::UINTEGER')],
  ['uint64', integer, values('9223372036854775807::UBIGINT', 'NULL')],
  ['decimal(9,0) as integer', integer, values('5::DECIMAL(9,0)', '(-7)::DECIMAL(9,0)')],
  ['decimal of 4 digits', decimalType(9, 2), values('1.5::DECIMAL(4,2)', '(-99.99)::DECIMAL(4,2)')],
  ['decimal of fewer places', decimalType(9, 4), values('1.5::DECIMAL(4,2)', 'NULL')],
  ['decimal of 18 digits', decimalType(18, 6), values('123456789012.123456::DECIMAL(18,6)', 'NULL')],
  ['decimal of 38 digits', decimalType(38, 10), values("CAST(repeat('9', 28) || '.' || repeat('9', 10) AS DECIMAL(38,10))", 'NULL')],
  ['decimal with nothing but places', decimalType(38, 38), values("CAST('0.' || repeat('9', 38) AS DECIMAL(38,38))")],
  ['int32 as decimal', decimalType(12, 2), values('(-3)::INTEGER', 'NULL')],
  ['float64', float, values('0.1::DOUBLE', "'-0.0'::DOUBLE", '5e-324::DOUBLE', 'NULL', '1e308::DOUBLE')],
  ['float32', float, values('0.1::FLOAT', "'-0.0'::FLOAT", 'NULL')],
  ['int32 as float', float, values('7::INTEGER')],
  ['string', string, values("''", 'NULL', "'é😀'", "'a\"b,c'", 'chr(65279)', "'\uffff'")],
  ['uuid', string, values("'00112233-4455-6677-8899-aabbccddeeff'::UUID", 'NULL')],
  ['date', date, values("DATE '0001-01-01'", "DATE '9999-12-31'", 'NULL')],
  ['time', time, values("TIME '00:00:00'", "TIME '23:59:59.999999'", 'NULL')],
  ['timestamp with zone', timestamp, values('make_timestamptz(0)', 'make_timestamptz(-1)', 'make_timestamptz(253402300799999999)', 'make_timestamptz(-62135596800000000)', 'NULL')],
  ['local timestamp', timestamp, values("TIMESTAMP '2024-02-29 12:00:00.123456'", 'NULL')],
  ['timestamp in milliseconds', timestamp, values("TIMESTAMP_MS '2024-02-29 12:00:00.123'", 'NULL')],
  ['bytes', binary, values("''::BLOB", "'\\x00\\xFF'::BLOB", 'NULL')],
]) // prettier-ignore

/** What other readers of the format take otherwise, or not at all: `rejects` rows are refused by the loader. */
export const PARQUET_ODDITIES: readonly (ParquetValues & { readonly rejects: number })[] = [
  ...rows([
    ['uint64 beyond 2^63', integer, values('1::UBIGINT', '9223372036854775808::UBIGINT')],
    ['NaN', float, values('1::DOUBLE', "'nan'::DOUBLE")],
    ['infinity', float, values('1::FLOAT', "'-inf'::FLOAT")],
    ['NUL', string, values("'a'", 'chr(0)')],
    ['a year before 1', date, values("DATE '2024-01-01'", "DATE '0044-03-15 (BC)'")],
    ['a year after 9999', timestamp, values("TIMESTAMP '10000-01-01 00:00:00'")],
    ['24 o’clock', time, values("TIME '24:00:00'")],
  ]).map((one) => ({ ...one, rejects: 1 })),
  ...rows([
    ['nanoseconds', timestamp, values("TIMESTAMP_NS '2024-01-01 00:00:00.000001'")],
    ['json', json, values('\'{"b":1.0,"a":[]}\'')],
    ['structs', json, values("{'b': 1, 'a': [1.5, NULL]}", 'NULL')],
    ['maps', json, values("MAP {'b': 9007199254740993, 'a': 1}")],
  ]).map((one) => ({ ...one, rejects: 0 })),
]
