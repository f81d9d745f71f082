import { EXIT } from './exit.js';
import { asksForHelp, readCommandTree, showHelp } from './showHelp.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has enough, as `| head` does.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`error: the result cannot be written: ${error.message}\n`);
  process.exit(EXIT.failed);
});

const words = process.argv.slice(2);
if (!asksForHelp(words) || !showHelp(words, readCommandTree())) {
  // Loaded when something is to be done: the packages that commands use take longer to load than the help takes to show.
  const [{ createProgram }, { runProgram }] = await Promise.all([import('./createProgram.js'), import('./program.js')]);
  await runProgram(await createProgram(words[0] ?? ''), words);
}
