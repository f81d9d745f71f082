import { EXIT } from '../exit.js';

/** Resolves with the first Ctrl-C or SIGTERM; a second one kills the nodes and ends the process at once. */
export function stopOnSignal(nodes: { kill(): void }): Promise<NodeJS.Signals> {
  return new Promise((resolveSignal) => {
    let count = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      count += 1;
      if (count === 1) {
        resolveSignal(signal);
        return;
      }
      nodes.kill();
      process.exit(EXIT.failed);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
