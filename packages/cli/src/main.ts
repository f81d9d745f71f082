import { createProgram } from './createProgram.js';
import { runProgram } from './program.js';

const words = process.argv.slice(2);
await runProgram(await createProgram(words[0]), words);
