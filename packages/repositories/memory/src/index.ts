/** Run history, definitions and schema history in memory. */
export { createMemoryRepository } from './memory-repository.ts'
export { default as memoryRepository } from './plugin.ts'
