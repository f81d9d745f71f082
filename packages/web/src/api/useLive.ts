import { useEffect, useRef, useState } from 'preact/hooks';
import { genesisHash, tick } from './live.js';
import { isUnreachable } from './rules.js';

/** What a view knows of something that it reads from the chain. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'loaded'; readonly value: T };

/**
 * Reads something now and again whenever the chain may have changed. What was read stays shown while it is read again,
 * and while the node does not answer, which the page says elsewhere: nothing that is typed below it is lost. It is forgotten when `inputs` or the chain's genesis change.
 */
export function useLive<T>(read: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const chain = genesisHash.value;
  const identity = JSON.stringify([chain, ...inputs], (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  const [loaded, setLoaded] = useState<{ readonly identity: string; readonly result: Loaded<T> }>();
  const wanted = useRef('');
  const isReading = useRef(false);
  const now = tick.value;
  // `identity` and `now` say when to read again, `read` is made anew each time.
  useEffect(() => {
    // A read that is slower than the ticks is waited for; the next tick after it reads again.
    if (chain === undefined || (isReading.current && wanted.current === identity)) return;
    wanted.current = identity;
    isReading.current = true;
    const take = (result: Loaded<T>, isUnanswered = false) => {
      // What was asked for before something else was is not shown any more.
      if (wanted.current !== identity) return;
      isReading.current = false;
      setLoaded((before) => (isUnanswered && before?.identity === identity ? before : { identity, result }));
    };
    read().then(
      (value) => take({ state: 'loaded', value }),
      (error: unknown) => take({ state: 'failed', message: shortMessage(error) }, isUnreachable(error)),
    );
  }, [identity, now]);
  return loaded?.identity === identity ? loaded.result : { state: 'loading' };
}

/** The sentence of an error, without the request that viem adds to it. */
export function shortMessage(error: unknown): string {
  if (error instanceof Error) {
    return 'details' in error && typeof error.details === 'string' && error.details !== ''
      ? error.details
      : error.message;
  }
  return String(error);
}
