import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. Bad values are no errors: they are rejects. */
export const PARQUET_ERRORS = {
  'QRN-PARQUET-001': {
    title: 'The file is not Parquet',
    cause: 'It does not start with the signature of Parquet files, or it is empty.',
    cure: 'Correct format or file_pattern, or have the sender repeat the delivery.',
  },
  'QRN-PARQUET-002': {
    title: 'The file is cut off or its footer is damaged',
    cause: 'A Parquet file ends with its footer and a signature; what is there is not one.',
    cure: 'Fetch the file again; ready_file and min_age keep half-written files out.',
  },
  'QRN-PARQUET-003': {
    title: 'The data of a column is damaged',
    cause: 'Pages of the column cannot be decompressed or decoded.',
    cure: 'Fetch the file again; if it is the same, have the sender write it anew.',
  },
  'QRN-PARQUET-004': {
    title: 'A column is missing',
    cause: 'The file has no column with the name of a required one.',
    cure: 'Correct source_name of the column, or set required = false where it may be absent.',
  },
  'QRN-PARQUET-005': {
    title: 'A column is not declared',
    cause: 'The file has a column that [input] does not declare.',
    cure: 'Declare it in [input], or set on_extra_column = "ignore".',
  },
  'QRN-PARQUET-006': {
    title: 'The file has a column twice',
    cause: 'Two columns of the file have the same name, so it is not clear which one is meant.',
    cure: 'Have the sender name them apart.',
  },
  'QRN-PARQUET-007': {
    title: 'The type of a column does not fit',
    cause: 'The values that the file stores cannot all be values of the declared type.',
    cure: 'Declare the type that the file has, or have the sender write the declared one; the README of @qarion/loader-parquet lists what fits.',
  },
  'QRN-PARQUET-008': {
    title: 'The file is encrypted',
    cause: 'Its footer or its columns are encrypted.',
    cure: 'Have the sender deliver it without encryption.',
  },
  'QRN-PARQUET-009': {
    title: 'A compression or encoding is not read',
    cause: 'A column uses a codec other than snappy, gzip, zstd, lz4 and brotli.',
    cure: 'Have the sender write it with one of these.',
  },
  'QRN-PARQUET-010': {
    title: 'The file changed while it was read',
    cause: 'Its size or its number of rows is no longer what the scan just before found.',
    cure: 'Run again once the file is complete; ready_file and min_age keep half-written files out.',
  },
} as const

export type ParquetErrorCode = keyof typeof PARQUET_ERRORS

/** An error of this package about a file; its hint is the table's cure unless `options` has one. */
export function parquetError(
  code: ParquetErrorCode,
  file: string,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  const reason: ErrorReason = code === 'QRN-PARQUET-009' ? 'unsupported' : 'data'
  return new QarionError(code, reason, message, {
    hint: PARQUET_ERRORS[code].cure,
    place: { file },
    ...options,
  })
}
