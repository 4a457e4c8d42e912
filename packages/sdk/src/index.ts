/** Qarion in code. See `Qarion` for what an instance does. */
export * from './qarion.ts'
export { createQarion } from './create-qarion.ts'
