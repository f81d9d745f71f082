/** Resolves after the event loop has served what waits: blocks, peers and other callers get their turn during long reads. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
