import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

import {
  DataTypes,
  formatValue,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type TaskPlan,
  type TaskResult,
} from '@qarion/core'
import { resolveProjectPath } from '@qarion/kit-files'

import { plainJson } from '../plain-json.ts'
import { settingError, taskError } from '../task-errors.ts'
import { WORKER } from '../worker-file.ts'
import type { ScriptReply } from './call-script.ts'
import type { ScriptContext } from './script-context.ts'

interface Options {
  readonly path: string
  readonly timeoutMs: number
  readonly arguments: Readonly<Record<string, unknown>>
}

/** The task `script`: a module of the project, in a thread of its own that can be stopped at any time. */
export const script: Task = Object.freeze({
  plan({ properties }: TaskDefinition): TaskPlan {
    const path = properties['path'] as string
    if (!/\.(?:[cm]?js|[cm]?ts)$/.test(path)) {
      throw settingError(
        'QRN-TASK-002',
        `"${path}" is no module`,
        ['properties', 'path'],
        'Name a file that ends in .ts, .mts, .js or .mjs.',
      )
    }
    const options: Options = {
      path,
      timeoutMs: properties['timeout'] as number,
      arguments: plainJson(properties['arguments'] ?? {}) as Options['arguments'],
    }
    return { title: `Run ${path}`, options: { ...options } }
  },
  async run(context: TaskContext): Promise<TaskResult> {
    const options = context.options as unknown as Options
    const { projectDirectory } = context.host
    const file = await resolveProjectPath(projectDirectory, options.path, context.allowedPaths)
    const { flow, task, batch, runId, variables, results } = context
    const given: ScriptContext = {
      flow,
      task,
      batch,
      batchTime: formatValue(DataTypes.timestamp, context.batchTime),
      runId,
      projectDirectory,
      variables,
      arguments: options.arguments,
      results,
    }
    const reply = await runInThread(
      { url: pathToFileURL(file).href, context: given },
      options,
      context.signal,
    )
    if (reply.kind === 'value') return { value: JSON.parse(reply.text) as unknown }
    throw replyError(options.path, reply)
  },
})

function replyError(path: string, reply: Exclude<ScriptReply, { kind: 'value' }>): Error {
  switch (reply.kind) {
    case 'no_function':
      return taskError(
        'QRN-TASK-008',
        'configuration',
        `the default export of ${path} is ${reply.found === 'undefined' ? 'missing' : `of the type ${reply.found}`}`,
      )
    case 'no_json':
      return taskError('QRN-TASK-007', 'data', `${path}: ${reply.problem}`)
    case 'failed':
      return taskError('QRN-TASK-005', 'execution', `${path}: ${reply.message}`, {
        data: { stack: reply.stack },
      })
  }
}

function runInThread(
  workerData: { readonly url: string; readonly context: ScriptContext },
  { path, timeoutMs }: Options,
  signal: AbortSignal,
): Promise<ScriptReply> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    // What a script prints must not stand between the rows and documents that commands print.
    const worker = new Worker(WORKER, { workerData, stdout: true, stderr: true, name: path })
    worker.stdout.resume()
    worker.stderr.resume()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      void worker.terminate()
    }
    const onAbort = (): void => {
      end()
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      end()
      reject(
        taskError('QRN-TASK-006', 'execution', `${path} was not done after ${timeoutMs / 1000} s`),
      )
    }, timeoutMs)
    signal.addEventListener('abort', onAbort, { once: true })
    worker.on('message', (reply: ScriptReply) => {
      end()
      resolve(reply)
    })
    worker.on('error', (error: Error) => {
      end()
      resolve({ kind: 'failed', message: error.message, stack: error.stack ?? '' })
    })
    worker.on('exit', (code) => {
      end()
      // The first of these settles; this one where nothing came before.
      resolve({ kind: 'failed', message: `it ended by itself with ${code}`, stack: '' })
    })
  })
}
