#!/usr/bin/env node
// Old syntax throughout: an old Node must get as far as the message.
'use strict'

const OLDEST = [22, 18]
const parts = process.versions.node.split('.')
const major = Number(parts[0])
const minor = Number(parts[1])

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    'Qarion needs Node ' + OLDEST.join('.') + ' or newer, this is ' + process.version + '.\n',
  )
  process.exitCode = 2
} else {
  start()
}

function start() {
  const path = require('node:path')
  const url = require('node:url')
  // Start-up time is mostly the compiling of modules. Threads that engines start read the variable.
  const cache = path.join(require('node:os').tmpdir(), 'node-compile-cache')
  process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || cache
  require('node:module').enableCompileCache()
  // The repository has sources, a published package has not: what runs is never an old build.
  const source = path.join(__dirname, '..', 'src', 'bin.ts')
  const built = path.join(__dirname, '..', 'lib', 'bin.js')
  const entry = require('node:fs').existsSync(source) ? source : built
  void import(url.pathToFileURL(entry).href)
}
