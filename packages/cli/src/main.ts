import { createProgram } from './createProgram.js';
import { EXIT, runProgram } from './program.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has enough, as `| head` does.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`error: the result cannot be written: ${error.message}\n`);
  process.exit(EXIT.failed);
});

const words = process.argv.slice(2);
await runProgram(await createProgram(words[0]), words);
