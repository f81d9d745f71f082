import type { Scheduler } from '../runtime.js';

/** A signal that aborts after a time; `clear` once it is not needed any more. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: boolean;
  clear(): void;
}

export function createDeadline(scheduler: Scheduler, delayMs: number): Deadline {
  const controller = new AbortController();
  const cancel = scheduler.setTimeout(() => controller.abort(), delayMs);
  return {
    signal: controller.signal,
    get passed() {
      return controller.signal.aborted;
    },
    clear: cancel,
  };
}
