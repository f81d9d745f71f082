/** Why transactions and calls failed, in words, with the line of the contract's source. */
import { type Address, fromHex, WattchainError } from '@wattchain/core';
import { explainRefusal, type RefusalText } from '@wattchain/market';
import { type Artifact, describeFailure, formatSourceLine, printable, type SourceLine } from '@wattchain/vm';
import { type Abi, decodeErrorResult, type Hash, type Hex } from 'viem';
import { type Connection, wattRequest } from './client.js';
import { Sources } from './sources.js';

/** A call of `debug_traceTransaction` and `debug_traceCall` with the tracer `callTracer`. */
export interface CallFrame {
  readonly type: 'CALL' | 'STATICCALL' | 'CREATE';
  readonly from: Address;
  readonly to: Address;
  readonly value: Hex;
  readonly gas: Hex;
  readonly gasUsed: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly revertReason?: string;
  readonly pc?: number;
  readonly source?: SourceLine;
  readonly calls?: readonly CallFrame[];
}

const CALL_TRACER = { tracer: 'callTracer' };

/** A failure as a person reads it. */
export interface ExplainedFailure {
  readonly reason: string;
  readonly hint?: string;
  /** The contract that refused. */
  readonly contract?: Address;
  readonly source?: SourceLine;
}

/** What is known of a failure before it is looked into. */
interface KnownFailure {
  readonly reason: string;
  /** ABI error data. */
  readonly data: Hex;
}

/** A call as a node traces it. */
export interface TracedRequest {
  readonly from?: Address;
  readonly to?: Address;
  readonly value?: bigint;
  readonly data: Hex;
}

/** Why a transaction failed: the innermost call that failed names the contract and the line, where the state is still kept. */
export async function explainFailedTransaction(
  connection: Connection,
  hash: Hash,
  known: KnownFailure,
): Promise<ExplainedFailure> {
  const frame = innermost(await traceOrNothing(connection, 'debug_traceTransaction', [hash, CALL_TRACER]));
  const to = frame?.to ?? (await connection.client.getTransaction({ hash })).to;
  return explain(connection, known, to ?? undefined, frame);
}

/** The error `reverted` that says why a call fails, `undefined` when it does not. */
export async function explainFailedCall(
  connection: Connection,
  request: TracedRequest,
): Promise<WattchainError | undefined> {
  const call = { ...request, ...(request.value === undefined ? {} : { value: `0x${request.value.toString(16)}` }) };
  const root = await traceOrNothing(connection, 'debug_traceCall', [call, 'latest', CALL_TRACER]);
  const frame = innermost(root);
  if (frame === undefined) return undefined;
  const known = { reason: frame.revertReason ?? frame.error ?? 'it fails', data: frame.output ?? '0x' };
  const { reason, hint, contract, source } = await explain(connection, known, frame.to, frame);
  return new WattchainError('reverted', `${reason}${formatPlace(source)}`, {
    values: { reason, data: known.data, contract, source },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The line where it failed, as a line of its own below the reason; nothing when it is not known. */
export function formatPlace(source: SourceLine | undefined): string {
  return source === undefined ? '' : `\n  at ${formatSourceLine(source)}`;
}

async function traceOrNothing(
  connection: Connection,
  method: string,
  params: readonly unknown[],
): Promise<CallFrame | undefined> {
  try {
    return await wattRequest<CallFrame>(connection.client, method, params);
  } catch {
    // The state is no longer kept, or the node knows no traces: the reason must do without the line.
    return undefined;
  }
}

/** The call in which a run failed: the last one of each that failed leads there. */
function innermost(frame: CallFrame | undefined): CallFrame | undefined {
  if (frame?.error === undefined) return undefined;
  const last = innermost(frame.calls?.at(-1));
  return last?.source !== undefined || last?.pc !== undefined ? last : frame;
}

async function explain(
  connection: Connection,
  known: KnownFailure,
  contract: Address | undefined,
  frame: CallFrame | undefined,
): Promise<ExplainedFailure> {
  const sources = new Sources(connection);
  if (frame?.type === 'CREATE') sources.noteDeployment(frame.to, frame.input);
  const { abi, isEnergy } =
    contract === undefined ? { abi: undefined, isEnergy: false } : await sources.contract(contract);
  const refusal = refusalOf(abi, known.data, isEnergy);
  const source = frame === undefined ? undefined : (await sources.of(frame, frame.to)).source;
  return {
    // A contract's own text, on somebody's terminal.
    reason: printable(refusal?.message ?? frame?.revertReason ?? known.reason),
    ...(refusal?.hint === undefined ? {} : { hint: refusal.hint }),
    ...(contract === undefined ? {} : { contract }),
    ...(source === undefined ? {} : { source }),
  };
}

/** What the error data of a contract says: the energy contracts' errors have sentences of their own, those of others their name and figures. */
export function refusalOf(abi: Abi | undefined, data: Hex, isEnergy: boolean): RefusalText | undefined {
  if (abi === undefined) return undefined;
  try {
    if (isEnergy) {
      const { errorName, args = [] } = decodeErrorResult({ abi, data });
      return explainRefusal(errorName, args);
    }
    return { message: describeFailure({ code: 'revert', data: fromHex(data) }, abi as Artifact['abi']) };
  } catch {
    return undefined;
  }
}
