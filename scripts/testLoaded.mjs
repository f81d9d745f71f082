// The tests while two processes for every core burn the processor: no test may depend on how fast the machine is.
import { fork, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const burners = Array.from({ length: 2 * availableParallelism() }, () => fork(file('burn.mjs')));
console.log(`${burners.length} processes burn the processor`);
const tests = spawn(process.execPath, [file('test.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal));
tests.on('exit', (code) => {
  for (const burner of burners) burner.kill();
  process.exitCode = code ?? 1;
});
