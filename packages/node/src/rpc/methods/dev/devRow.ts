import { type Call, type CostClass, type Method, method, type Together } from '../../protocol/method.js';
import type { Parameter, Values } from '../../protocol/parameter.js';
import { constant, type Schema } from '../../protocol/schema.js';
import { isPieces } from '../../protocol/turns.js';

/** A method of a development chain as it is written: one row for all its names. */
interface DevRow<P extends readonly Parameter<unknown>[]> {
  /** Anvil's or Ganache's name first, Hardhat's after it. */
  readonly names: readonly string[];
  readonly parameters: P;
  /** What it does or answers, one sentence. */
  readonly result: string;
  /** JSON Schema of the answer; absent: `null`, as of all that only change something. */
  readonly schema?: Schema;
  /** Absent: a lookup. */
  readonly cost?: CostClass;
  /** Parameters that it takes on a chain that just began. */
  readonly example?: readonly unknown[];
  readonly handle: (call: Call, ...values: Values<P>) => unknown;
  readonly handleTogether?: (call: Call, lists: readonly Values<P>[]) => Together;
}

/** The rows of the table that a row stands for. */
export function devRow<const P extends readonly Parameter<unknown>[]>(row: DevRow<P>): Method[] {
  const { names, parameters, result, schema = constant(null), cost = 'lookup', example = [], handle } = row;
  const { handleTogether } = row;
  return names.map((name) =>
    method({
      name,
      parameters,
      result,
      schema,
      cost,
      example: { params: example, result: null },
      handle: (call, ...values) => orNull(handle(call, ...(values as Values<P>))),
      ...(handleTogether && { handleTogether: (call, lists) => handleTogether(call, lists as readonly Values<P>[]) }),
    }),
  );
}

/** `null` in place of nothing, whichever way it comes. */
function orNull(result: unknown): unknown {
  if (!isPieces(result)) return Promise.resolve(result).then((value) => value ?? null);
  return (function* () {
    return (yield* result) ?? null;
  })();
}
