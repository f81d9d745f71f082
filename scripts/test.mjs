// Everything that must hold before a change lands: lint, types of the tests, unit and functional tests.
// The last line counts the tests, as the runner counted them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name, file) => join(root, 'node_modules', name, file);

function step(title, args, { mayFail = false } = {}) {
  console.log(`\n== ${title}`);
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0 && !mayFail) {
    console.error(`${title}: failed`);
    process.exit(1);
  }
  return result.status === 0;
}

step('format and lint', [bin('@biomejs/biome', 'bin/biome'), 'check', '.']);
step('types of the page', [bin('typescript', 'bin/tsc'), '-p', 'packages/web']);
step('types of tests and examples', [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.tests.json']);

const resultFolder = mkdtempSync(join(tmpdir(), 'wattchain-tests-'));
const resultFile = join(resultFolder, 'result.json');
const arguments_ = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
const passed = step('tests', [bin('vitest', 'vitest.mjs'), ...arguments_, ...process.argv.slice(2)], { mayFail: true });
let counts;
try {
  counts = JSON.parse(readFileSync(resultFile, 'utf8'));
} finally {
  rmSync(resultFolder, { recursive: true, force: true });
}
// A file that cannot even be loaded fails without a test of its own.
const failed = counts.numFailedTests + (counts.numFailedTests === 0 && !passed ? 1 : 0);
console.log(`\n${counts.numPassedTests} passed, ${failed} failed`);
process.exit(passed && failed === 0 && counts.numPassedTests > 0 ? 0 : 1);
