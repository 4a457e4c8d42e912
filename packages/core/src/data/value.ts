/**
 * One value in JavaScript. Which form a type takes:
 *
 * | type | form |
 * |---|---|
 * | boolean | `boolean` |
 * | integer | `bigint`, signed 64-bit |
 * | decimal(p,s) | `bigint`, unscaled: 12.50 as decimal(12,2) is `1250n` |
 * | float | `number`, finite, never -0 |
 * | string, json | `string` (json in canonical form) |
 * | date | `number`, days since 1970-01-01 |
 * | time | `bigint`, microseconds since midnight |
 * | timestamp | `bigint`, microseconds since 1970-01-01T00:00:00Z |
 * | binary | `Uint8Array` |
 */
export type Value = boolean | bigint | number | string | Uint8Array

/** A row of values in the order of some columns; NULL is `null`. */
export type Row = readonly (Value | null)[]
