/**
 * The three kinds of wrong, kept apart everywhere:
 *
 * - a **fault** is expected invalidity (a bad block, a bad transaction): plain data `{ code, … }`, returned in an {@link Outcome};
 * - an **error** is the caller's or the world's (bad config, port taken): a thrown {@link WattchainError};
 * - an **assertion** is ours: {@link assert} throws {@link AssertionFailure}, which must stop the process.
 */

/** What a `WattchainError` carries beside its message. */
export interface ErrorDetails {
  /** The values that explain the message, readable by programs. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What the reader can do next, one sentence. */
  readonly hint?: string;
  /** The error underneath, kept so that the root cause can be shown. */
  readonly cause?: unknown;
}

/** The one base class of thrown errors: a stable `code`, a message that says what is wrong with which value, a hint. */
export class WattchainError extends Error {
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'WattchainError';
    this.code = code;
    this.values = details.values ?? {};
    this.hint = details.hint;
  }
}

/** A broken promise of our own code. Never caught to go on: the process stops. */
export class AssertionFailure extends Error {
  constructor(message: string) {
    super(`assertion failed: ${message}`);
    this.name = 'AssertionFailure';
  }
}

/**
 * Stops with {@link AssertionFailure} unless `condition` holds; on in production too. `found` is named behind the message. It becomes text
 * only then, while a template would be put together each time: the digits of a word take longer than most of what is asserted.
 */
export function assert(condition: unknown, message: string, found?: unknown): asserts condition {
  if (!condition) throw new AssertionFailure(found === undefined ? message : `${message}: ${String(found)}`);
}

/** A value or a fault, never both: `if (outcome.fault) …; outcome.value`. */
export type Outcome<T, F> =
  | { readonly value: T; readonly fault?: undefined }
  | { readonly fault: F; readonly value?: undefined };
