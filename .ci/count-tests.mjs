// Reads the report of vitest and prints `<passed> <failed>`; says on stderr what did not pass.
// A test that did not run counts as failed, unless it is listed with its reason.
import { readFileSync } from 'node:fs'

const [reportPath, allowedPath] = process.argv.slice(2)

let report
try {
  report = JSON.parse(readFileSync(reportPath, 'utf8'))
} catch (error) {
  console.error(`no report of the tests: ${error.message}`)
  console.log('0 1')
  process.exit(0)
}

const allowed = new Set(
  readFileSync(allowedPath, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#')),
)

let passed = 0
let failed = 0
for (const file of report.testResults) {
  // A file that could not be loaded has no tests to count, and is one failure.
  if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
    failed += 1
    console.error(`failed: ${file.name}`)
  }
  for (const test of file.assertionResults) {
    if (test.status === 'passed') passed += 1
    else if (test.status === 'failed' || !allowed.has(test.fullName)) {
      failed += 1
      console.error(`${test.status}: ${test.fullName}`)
    }
  }
}
if (passed + failed === 0) {
  failed = 1
  console.error('no test ran')
}
console.log(`${passed} ${failed}`)
