/** What keeps a command in the foreground: it ends at a signal, at the failure of what it runs, or at a bug. */

/** Something that a command runs until it is told to stop. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves with the error that it cannot go on with. */
  readonly failure: Promise<unknown>;
}

/** Starts a service, waits for the first SIGINT or SIGTERM or the end of its parent, and stops it. Throws what it failed with, after stopping it. */
export async function runUntilSignal(service: Service, onStarted: () => void = () => {}): Promise<void> {
  const interrupted = signalled();
  const bug = thrownAnywhere();
  try {
    await service.start();
    onStarted();
    const failure = await Promise.race([interrupted, bug, service.failure.then((error) => ({ error }))]);
    if (failure !== undefined) throw failure.error;
  } finally {
    await service.stop();
  }
}

/** Resolves with an error that nobody caught: a bug, after which a node stops in order instead of going on. */
function thrownAnywhere(): Promise<{ readonly error: unknown }> {
  return new Promise((resolveError) => process.once('uncaughtException', (error) => resolveError({ error })));
}

/** Resolves at the first SIGINT or SIGTERM, or when a parent that keeps a channel to this process is gone. */
function signalled(): Promise<undefined> {
  return new Promise((resolveSignal) => {
    process.once('disconnect', () => resolveSignal(undefined));
    process.once('SIGINT', () => resolveSignal(undefined));
    process.once('SIGTERM', () => resolveSignal(undefined));
  });
}
