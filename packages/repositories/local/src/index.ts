/** Run history, definitions and schema history as files of the project. */
export { LOCAL_ERRORS } from './local-errors.ts'
export { LOCAL_OPTIONS } from './local-options.ts'
export { createLocalRepository } from './local-repository.ts'
export { default as localRepository } from './plugin.ts'
