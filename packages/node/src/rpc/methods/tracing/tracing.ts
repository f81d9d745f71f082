/** Running a transaction again with somebody watching, and the shapes of geth's tracers, with the source lines where they are known. */
import {
  assert,
  contractAddress,
  EMPTY_BYTES,
  effectiveGasPrice,
  type Hash,
  type Hex,
  type Pieces,
  type Receipt,
  storeDamaged,
  toHex,
  ZERO_ADDRESS,
} from '@wattchain/core';
import {
  type Artifact,
  type CallMessage,
  CallRecorder,
  type CallResult,
  callContractInPieces,
  describeFailure,
  executeTransactionInPieces,
  failurePlace,
  type ImmediateKind,
  type ImmediateValue,
  type MachineObserver,
  type SourceLine,
  StepRecorder,
  selectorToHex,
  sourceLineAt,
  type TracedCall,
  type TraceStep,
} from '@wattchain/vm';
import type { ArtifactSource } from '../../../artifacts/artifacts.js';
import { GAS_PER_PIECE, MAX_TRACE_BYTES, MAX_TRACE_CALLS, MAX_TRACE_STEPS, MAX_TRACE_WORDS } from '../../limits.js';
import type { RpcChain } from '../../protocol/backend.js';
import type { Call } from '../../protocol/method.js';
import type { BlockSelector, CallRequest, TraceOptions } from '../../protocol/parameter.js';
import { fixedHex, quantity } from '../../protocol/quantity.js';
import { serverError } from '../../protocol/rpcError.js';
import { canonicalBlock, stateAfter } from '../blocks.js';
import type { Shape } from '../format.js';

/** Words that are put into shape at once, and what a step or a call counts as beside its own: about a millisecond. */
const WORDS_PER_PIECE = 1_024;
const WORDS_OF_STEP = 8;
const CALLS_PER_PIECE = WORDS_PER_PIECE / WORDS_OF_STEP;
/** Bytes of one call that are worth a piece of their own. */
const BYTES_PER_PIECE = 8_192;

/** A run that was watched. */
interface TracedRun {
  readonly message: CallMessage;
  readonly result: Pick<CallResult, 'gasUsed' | 'failure'>;
}

/** Runs a transaction of a block again on the state before it, and answers as the options say; throws −32000 where that is not kept. */
export function traceTransaction(call: Call, hash: Hash, options: TraceOptions): Promise<Shape> {
  return trace(call, options, (observer) => replay(call.node.chain, hash, observer));
}

/** Runs a call on the state after a block as `eth_call` does, and answers as the options say. */
export function traceCall(
  call: Call,
  request: CallRequest,
  block: BlockSelector,
  options: TraceOptions,
): Promise<Shape> {
  return trace(call, options, (observer) => watchCall(call.node.chain, request, block, observer));
}

function* watchCall(
  chain: RpcChain,
  request: CallRequest,
  block: BlockSelector,
  observer: MachineObserver,
): Pieces<TracedRun> {
  const { record, state } = yield* stateAfter(chain, block);
  const { height, timestampMs, miner } = record.header;
  const { genesis } = chain;
  const { from = ZERO_ADDRESS, to, value, data, accessList, gas = genesis.blockGasLimit } = request;
  const gasLimit = Math.min(gas, genesis.blockGasLimit);
  const message = { from, to, value, data, gasLimit, gasPrice: 0n, ...(accessList && { accessList }) };
  const context = { height, timestampMs, miner, genesis };
  return { message, result: yield* callContractInPieces(state, message, context, GAS_PER_PIECE, observer) };
}

function* replay(chain: RpcChain, hash: Hash, observer: MachineObserver): Pieces<TracedRun> {
  const place = chain.transactionPlace(hash);
  if (place === undefined) throw serverError(`transaction not found: ${hash} is in no block of this chain`);
  const { record, transactions } = yield* canonicalBlock(chain, place.blockHash);
  const { height, timestampMs, miner, parentHash } = record.header;
  const { state } = yield* stateAfter(chain, { hash: parentHash, requireCanonical: false });
  const { genesis } = chain;
  const context = { height, timestampMs, miner, genesis };
  let gasLeft = genesis.blockGasLimit;
  let last: Receipt | undefined;
  for (const transaction of transactions.slice(0, place.index + 1)) {
    const watcher = transaction.hash === hash ? observer : undefined;
    yield;
    const run = executeTransactionInPieces(state, transaction, context, gasLeft, GAS_PER_PIECE, watcher);
    const { value, fault } = yield* run;
    if (value === undefined) {
      throw storeDamaged(`transaction ${transaction.hash} of block ${height} cannot be run again`, { fault });
    }
    gasLeft -= value.gasUsed;
    last = value;
  }
  const transaction = transactions[place.index];
  if (transaction?.hash !== hash || last === undefined) {
    throw storeDamaged(`transaction ${hash} is not where the index says`);
  }
  const { sender: from, to, value, data, gasLimit, accessList } = transaction;
  const gasPrice = effectiveGasPrice(transaction, chain.genesis);
  return { message: { from, to, value, data, gasLimit, gasPrice, accessList }, result: last };
}

async function trace(
  { node, share }: Call,
  options: TraceOptions,
  run: (observer: MachineObserver) => Pieces<TracedRun>,
): Promise<Shape> {
  if (options.tracer === 'callTracer') {
    const recorder = new CallRecorder({ maxCalls: MAX_TRACE_CALLS, maxBytes: MAX_TRACE_BYTES });
    const done = await share.run(run(recorder));
    // The state is not read any more, so looking for artifacts may take its time.
    const artifacts = await findArtifacts(node.artifacts, codeHashesOf(recorder.root));
    return share.run(callTrace(recorder, done, artifacts, options));
  }
  const { limit, withStack, withStorage } = options;
  const maxSteps = limit === 0 ? MAX_TRACE_STEPS : Math.min(limit, MAX_TRACE_STEPS);
  const recorder = new StepRecorder({ maxSteps, maxWords: MAX_TRACE_WORDS, withStack, withStorage });
  const done = await share.run(run(recorder));
  const artifacts = await findArtifacts(node.artifacts, new Set(recorder.steps.map((step) => step.codeHash)));
  return share.run(stepTrace(recorder, done, artifacts, options));
}

type Artifacts = ReadonlyMap<Hash, Artifact>;

async function findArtifacts(source: ArtifactSource, codeHashes: ReadonlySet<Hash>): Promise<Artifacts> {
  const found = new Map<Hash, Artifact>();
  for (const codeHash of codeHashes) {
    const artifact = await source.find(codeHash);
    if (artifact !== undefined) found.set(codeHash, artifact);
  }
  return found;
}

function codeHashesOf(call: TracedCall | undefined, found: Set<Hash> = new Set()): Set<Hash> {
  if (call?.codeHash !== undefined) found.add(call.codeHash);
  for (const inner of call?.calls ?? []) codeHashesOf(inner, found);
  return found;
}

function sourceOf(artifacts: Artifacts, codeHash: Hash, offset: number): { readonly source?: SourceLine } {
  const artifact = artifacts.get(codeHash);
  const source = artifact === undefined ? undefined : sourceLineAt(artifact, offset);
  return source === undefined ? {} : { source };
}

/** Geth's answer of the opcode logger. Ours: `immediates`, `contract`, `source`, and `truncated` when a limit cut the steps. */
function* stepTrace(
  recorder: StepRecorder,
  { result }: TracedRun,
  artifacts: Artifacts,
  options: TraceOptions,
): Pieces<Shape> {
  // A failure goes through all calls; the innermost, which comes last, knows its own errors.
  const failed = recorder.steps.findLast((step) => step.failure !== undefined);
  const abi = failed === undefined ? undefined : artifacts.get(failed.codeHash)?.abi;
  const structLogs: Shape[] = [];
  let words = 0;
  for (const step of recorder.steps) {
    structLogs.push(yield* structLog(step, abi, artifacts, options));
    words += WORDS_OF_STEP + step.stack.length + 2 * (step.storage?.size ?? 0);
    if (words < WORDS_PER_PIECE) continue;
    words = 0;
    yield;
  }
  return {
    gas: result.gasUsed,
    failed: result.failure !== null,
    returnValue: toHex(result.failure?.data ?? recorder.output),
    structLogs,
    ...(recorder.isTruncated ? { truncated: true } : {}),
  };
}

function* structLog(
  step: TraceStep,
  abi: Artifact['abi'] | undefined,
  artifacts: Artifacts,
  { withStack }: TraceOptions,
): Pieces<Shape> {
  const { offset, opcode, immediates, gasLeft, gasCost, depth, contract, codeHash, stack, storage, failure } = step;
  return {
    pc: offset,
    op: opcode.name,
    ...(immediates.length === 0
      ? {}
      : { immediates: immediates.map((value, i) => immediateToRpc(opcode.immediates[i], value)) }),
    gas: gasLeft,
    gasCost,
    depth,
    contract,
    ...(withStack ? { stack: stack.map(quantity) } : {}),
    ...(storage === undefined ? {} : { storage: yield* storageToRpc(storage) }),
    ...(failure === undefined ? {} : { error: describeFailure(failure, abi) }),
    ...sourceOf(artifacts, codeHash, offset),
  };
}

/** Words and selectors as hex, texts as they are, counts and offsets as numbers. */
function immediateToRpc(kind: ImmediateKind | undefined, value: ImmediateValue): string | number {
  if (typeof value === 'bigint') return quantity(value);
  return kind === 'selector' && typeof value === 'number' ? selectorToHex(value) : value;
}

function* storageToRpc(words: ReadonlyMap<bigint, bigint>): Pieces<Readonly<Record<Hex, Hex>>> {
  const shown: Record<Hex, Hex> = {};
  let count = 0;
  for (const [slot, word] of words) {
    shown[fixedHex(slot, 32)] = fixedHex(word, 32);
    if ((2 * ++count) % WORDS_PER_PIECE === 0) yield;
  }
  return shown;
}

/** Geth's answer of the call tracer. Ours: `source` where a call failed, and `truncated` when a limit cut the calls. */
function* callTrace(
  recorder: CallRecorder,
  { message, result }: TracedRun,
  artifacts: Artifacts,
  options: TraceOptions,
): Pieces<Shape> {
  const { from, to, value, data, gasLimit } = message;
  const { gasUsed, failure } = result;
  const root = recorder.root ?? {
    // What would not even begin as a transaction: no call was entered.
    kind: to === null ? ('deploy' as const) : ('call' as const),
    from,
    to: to ?? contractAddress(from, 0),
    value,
    input: data,
    gas: 0,
    gasUsed: 0,
    output: EMPTY_BYTES,
    logs: [],
    calls: [],
  };
  // Of the transaction itself geth tells the limit and everything it used.
  const whole = { ...root, gas: gasLimit, gasUsed, ...(failure === null ? {} : { failure, output: failure.data }) };
  const frame = yield* callFrame(whole, artifacts, { ...options, withLog: options.withLog && failure === null });
  return recorder.isTruncated ? { ...frame, truncated: true } : frame;
}

const CALL_TYPES = { call: 'CALL', viewCall: 'STATICCALL', deploy: 'CREATE', pay: 'CALL' } as const;

/** A piece for every {@link CALLS_PER_PIECE} calls of a call, and for every call that has so many or is long. */
function* callFrame(call: TracedCall, artifacts: Artifacts, options: TraceOptions): Pieces<Shape> {
  const { kind, from, to, value, gas, gasUsed, input, output, failure, calls, logs } = call;
  const inner: Shape[] = [];
  for (const [position, frame] of (options.onlyTopCall ? [] : calls).entries()) {
    inner.push(yield* callFrame(frame, artifacts, options));
    if (position % CALLS_PER_PIECE === CALLS_PER_PIECE - 1) yield;
  }
  if (input.length + output.length > BYTES_PER_PIECE || logs.length > CALLS_PER_PIECE) yield;
  return {
    type: CALL_TYPES[kind],
    from,
    to,
    value: quantity(value),
    gas: quantity(gas),
    gasUsed: quantity(gasUsed),
    input: toHex(input),
    ...(output.length === 0 ? {} : { output: toHex(output) }),
    ...(failure === undefined ? {} : failureOf(call, artifacts)),
    ...(inner.length === 0 ? {} : { calls: inner }),
    ...(options.withLog && logs.length > 0
      ? { logs: logs.map(({ address, topics, data }) => ({ address, topics, data: toHex(data) })) }
      : {}),
  };
}

/** Geth's words for what went wrong, the reason, and the line where this call was when it did. */
function failureOf(call: TracedCall, artifacts: Artifacts): Shape {
  const { failure, codeHash, lastOffset } = call;
  assert(failure !== undefined, 'only a failed call has a failure');
  const abi = artifacts.get(failurePlace(call)?.codeHash ?? '0x')?.abi;
  const isRevert = failure.code === 'revert' || failure.code === 'panic';
  return {
    error: failure.code === 'outOfGas' ? 'out of gas' : isRevert ? 'execution reverted' : failure.code,
    revertReason: describeFailure(failure, abi),
    ...(codeHash === undefined || lastOffset === undefined
      ? {}
      : { pc: lastOffset, ...sourceOf(artifacts, codeHash, lastOffset) }),
  };
}
