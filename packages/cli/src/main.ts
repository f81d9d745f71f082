import { createProgram } from './createProgram.js';
import { runProgram } from './program.js';

await runProgram(createProgram(), process.argv.slice(2));
