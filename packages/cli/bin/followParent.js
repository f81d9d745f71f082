const PARENT_POLL_MS = 500;

/**
 * Ends this process as SIGTERM does when its parent is gone. npm and npx pass a signal on to the shell between themselves and this
 * process, and the shell dies of it without passing it on.
 */
export function followParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  watch.unref();
}
