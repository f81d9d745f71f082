import type { RpcBackend } from './backend.js';
import type { Parameter, Values } from './parameter.js';
import type { Subscriber } from './subscriptions.js';

/** Who calls, and what the call can reach. */
export interface Call {
  readonly node: RpcBackend;
  /** The WebSocket connection that subscriptions belong to; `undefined` over HTTP. */
  readonly subscriber: Subscriber | undefined;
}

/** One row of the table of methods, from which dispatch, validation and documentation come. */
export interface Method {
  readonly name: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** What it answers, one sentence. */
  readonly result: string;
  /** Whether it controls the node and so needs the token. */
  readonly needsToken: boolean;
  /** Runs it with the values that its parameters read; throws `RpcError`. */
  run(call: Call, values: readonly unknown[]): unknown;
}

/** What a row is written as: parameters and handler agree in their types. */
interface Row<P extends readonly Parameter<unknown>[]> {
  readonly name: string;
  readonly parameters: P;
  readonly result: string;
  readonly needsToken?: true;
  readonly handle: (call: Call, ...values: Values<P>) => unknown;
}

/** A row of the table. */
export function method<const P extends readonly Parameter<unknown>[]>(row: Row<P>): Method {
  const { name, parameters, result, handle } = row;
  return {
    name,
    parameters,
    result,
    needsToken: row.needsToken ?? false,
    // The dispatcher made the values with this row's own parameters, so they have the types the handler takes.
    run: (call, values) => handle(call, ...(values as Values<P>)),
  };
}
