// `npm start`: installs and builds, then runs the testbed in this same process, so that whoever stops npm stops the testbed.
import './setup.mjs';

const PARENT_POLL_MS = 500;

// npm passes a signal on to the shell between itself and this process, and the shell dies of it without passing it on.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, PARENT_POLL_MS).unref();

process.argv.splice(2, 0, 'testbed');
await import('../packages/cli/bin/wattchain.js');
