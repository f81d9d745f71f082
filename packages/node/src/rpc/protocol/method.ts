import type { Pieces } from '@wattchain/core';
import type { RpcBackend } from './backend.js';
import type { FilterTable, Subscriptions } from './following.js';
import type { Parameter, Values } from './parameter.js';
import type { RpcError, RpcErrorCode } from './rpcError.js';
import type { Schema } from './schema.js';
import type { Share } from './turns.js';

/** Who calls, and what the call can reach. */
export interface Call {
  readonly node: RpcBackend;
  /** The WebSocket connection that subscriptions belong to; `undefined` over HTTP. */
  readonly subscriber: Subscriptions | undefined;
  /** The filters of all clients. */
  readonly filters: FilterTable;
  /** For work in pieces beside what the handler itself is: other work of the node goes in between. */
  readonly share: Share;
}

/** What a call costs the node at most. All but a `lookup` wait for a turn of their own. */
export const COST_CLASSES = {
  lookup: 'reads a few values that are at hand',
  block: 'reads one block with its transactions, at most what a block may hold',
  execution: 'runs contracts, at most up to the block gas limit, a view (`eth_call`) up to 30 million gas',
  range: 'reads many blocks or entries, in pieces between which other work gets its turn',
} as const;
export type CostClass = keyof typeof COST_CLASSES;

/** An error that a method can answer with, beside −32602 for wrong parameters, which all can. */
export interface MethodError {
  readonly code: RpcErrorCode;
  /** When it comes, a half sentence. */
  readonly when: string;
}

/** What the table says of a method, from which dispatch, validation, `docs/rpc.md` and the OpenRPC document come. */
interface Description {
  readonly name: string;
  /** What it answers, one sentence. */
  readonly result: string;
  /** JSON Schema of what it answers. */
  readonly schema: Schema;
  readonly cost: CostClass;
  /** A call and its answer, true to `parameters` and `schema`. */
  readonly example: { readonly params: readonly unknown[]; readonly result: unknown };
}

/** One row of the table of methods. */
export interface Method extends Description {
  readonly parameters: readonly Parameter<unknown>[];
  readonly errors: readonly MethodError[];
  /** Whether it controls the node and so needs the token. */
  readonly needsToken: boolean;
  /**
   * Runs it with the values that its parameters read; throws `RpcError`. What takes longer than a moment answers with its pieces, or
   * with a promise.
   */
  run(call: Call, values: readonly unknown[]): unknown;
  /** Runs several in a row of one batch together, where that costs less than one by one; their outcomes in the same order. */
  runTogether?(call: Call, lists: readonly (readonly unknown[])[]): Together;
}

/** Results, and the errors of those that failed; or what ends in them. */
export type Together = Pieces<readonly TogetherOutcome[] | Promise<readonly TogetherOutcome[]>>;
export type TogetherOutcome = { readonly result: unknown } | { readonly error: RpcError };

/** What a row is written as: parameters and handler agree in their types. */
interface Row<P extends readonly Parameter<unknown>[]> extends Description {
  readonly parameters: P;
  readonly errors?: readonly MethodError[];
  readonly needsToken?: true;
  readonly handle: (call: Call, ...values: Values<P>) => unknown;
  readonly handleTogether?: (call: Call, lists: readonly Values<P>[]) => Together;
}

const UNAUTHORIZED: MethodError = { code: 'rpcUnauthorized', when: 'the control token is not shown' };

/** A row of the table. */
export function method<const P extends readonly Parameter<unknown>[]>(row: Row<P>): Method {
  const { handle, handleTogether, errors = [], needsToken = false, ...description } = row;
  return {
    ...description,
    needsToken,
    errors: needsToken ? [UNAUTHORIZED, ...errors] : errors,
    // The dispatcher made the values with this row's own parameters, so they have the types the handler takes.
    run: (call, values) => handle(call, ...(values as Values<P>)),
    ...(handleTogether && { runTogether: (call, lists) => handleTogether(call, lists as readonly Values<P>[]) }),
  };
}
