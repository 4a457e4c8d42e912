import { DataTypes, decimalType, type Column, type DataType, type Value } from '@qarion/core'

import { exportColumn, type ExporterTrial } from '../exporter-trial.ts'

/** The values beside NULL and beside each other, and as a column of its own without NULL. */
async function values(
  trial: ExporterTrial,
  type: DataType,
  ...given: readonly Value[]
): Promise<void> {
  const columns = [exportColumn('id', DataTypes.integer, true), exportColumn('v', type)]
  const rows = [null, ...given, null].map((value, index) => [BigInt(index), value])
  await trial.roundTrip(columns, rows)
  const required: Column = { name: 'v', type, required: true }
  await trial.roundTrip(
    [required],
    given.map((value) => [value]),
  )
}

const FIRST_DAY = -719_162
const LAST_DAY = 2_932_896
const FIRST_INSTANT = -62_135_596_800_000_000n
const LAST_INSTANT = 253_402_300_799_999_999n
const TOP_38 = 10n ** 38n - 1n

/** Every value of the table comes back as it was. */
export const EXPORT_VALUE_CASES = {
  'value/boolean': (trial: ExporterTrial): Promise<void> =>
    values(trial, DataTypes.boolean, true, false, true),
  'value/integer, also beyond 2^53 and at both ends': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.integer,
      0n,
      -1n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n) - 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ),
  'value/decimal of few digits': (trial: ExporterTrial): Promise<void> => values(trial, decimalType(9, 2), 0n, 1n, -1n, 150n, -5n, 999_999_999n, -999_999_999n), // prettier-ignore
  'value/decimal of 18 digits': (trial: ExporterTrial): Promise<void> => values(trial, decimalType(18, 6), 10n ** 18n - 1n, -(10n ** 18n) + 1n, 2n ** 53n + 1n, 1n), // prettier-ignore
  'value/decimal of 38 digits': (trial: ExporterTrial): Promise<void> => values(trial, decimalType(38, 10), TOP_38, -TOP_38, 0n, 1n, -1n, 2n ** 64n, -(2n ** 64n) - 1n), // prettier-ignore
  'value/decimal with no or nothing but places': async (trial: ExporterTrial): Promise<void> => {
    await values(trial, decimalType(38, 38), TOP_38, -1n)
    await values(trial, decimalType(38, 0), TOP_38, -1n)
    await values(trial, decimalType(1, 0), 9n, -9n)
  },
  'value/float': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.float,
      0,
      0.1,
      -1.5,
      1e21,
      5e-324,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      0.30000000000000004,
      123_456_789,
    ),
  'value/string': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.string,
      '',
      ' ',
      ' a ',
      'NULL',
      'null',
      '0',
      '\u00e9 e\u0301 😀 \u{10FFFF} \uffff',
      '"',
      'a "quoted" text',
      "it's",
      'a,b;c\td|e',
      'line\nbreak',
      'line\r\nbreak',
      '\r',
      '\n',
      '\\n',
      '\ufeffmark',
      '\u0001\u001f\u007f\u2028',
      '{"a":1}',
    ),
  'value/date, years 1 to 9999': (trial: ExporterTrial): Promise<void> =>
    values(trial, DataTypes.date, FIRST_DAY, LAST_DAY, 0, -1, 1, 19_782),
  'value/time, to the microsecond': (trial: ExporterTrial): Promise<void> => values(trial, DataTypes.time, 0n, 1n, 86_399_999_999n, 43_200_000_000n), // prettier-ignore
  'value/timestamp, years 1 to 9999 to the microsecond': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.timestamp,
      FIRST_INSTANT,
      FIRST_INSTANT + 1n,
      LAST_INSTANT,
      LAST_INSTANT - 1n,
      0n,
      -1n,
      1n,
      1_709_204_400_123_456n,
    ),
  'value/json': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.json,
      'true',
      '0',
      '""',
      '[]',
      '{}',
      '9007199254740993',
      '12345678901234567890.123456789',
      '{"a":[1,2.5,"x\\n\\"y\\"",null],"é":{"😀":1e+30}}',
      '"null"',
    ),
  'value/the JSON null beside NULL': (trial: ExporterTrial): Promise<void> =>
    values(trial, DataTypes.json, 'null', '0'),
  'value/binary': (trial: ExporterTrial): Promise<void> =>
    values(
      trial,
      DataTypes.binary,
      new Uint8Array(),
      Uint8Array.of(0),
      Uint8Array.of(0, 1, 254, 255),
      Uint8Array.from({ length: 300 }, (_, index) => index & 255),
    ),
  'value/nothing but NULL': async (trial: ExporterTrial): Promise<void> => {
    const types = Object.values(DataTypes)
    const columns = [...types, decimalType(9, 2), decimalType(38, 10)].map((type, index) =>
      exportColumn(`c${index}`, type),
    )
    await trial.roundTrip(
      columns,
      [0, 1, 2].map(() => columns.map(() => null)),
    )
  },
  'value/a long text': async (trial: ExporterTrial): Promise<void> => {
    const columns = [
      exportColumn('id', DataTypes.integer, true),
      exportColumn('text', DataTypes.string),
    ]
    await trial.roundTrip(columns, [
      [1n, 'äb"c\n'.repeat(2_000_000)],
      [2n, 'x'],
    ])
  },
}
