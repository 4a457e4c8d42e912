import { parentPort, workerData } from 'node:worker_threads'

import { callScript } from './call-script.ts'

// One script per thread: what it leaves behind ends with it.
const reply = await callScript(workerData as Parameters<typeof callScript>[0])
parentPort?.postMessage(reply, [])
