import { assert, type Pieces, WattchainError } from '@wattchain/core';
import { Emitter } from '../../base/events.js';
import type { Logger } from '../../base/log.js';
import type { Stopwatch } from '../../runtime.js';
import { CHARACTERS_PER_PIECE, MAX_BATCH, MAX_JSON_DEPTH, MAX_RESPONSE_BYTES } from '../limits.js';
import type { RpcBackend } from './backend.js';
import type { FilterTable, Subscriptions } from './following.js';
import { parseJson, writeJson } from './json.js';
import type { Method, TogetherOutcome } from './method.js';
import { namingTheCause } from './readers.js';
import { invalidParams, RpcError, serverError, toErrorObject, unknownMethod } from './rpcError.js';
import { isClientGone, isPieces, type Share, Turns } from './turns.js';

/** Who sends requests. */
export interface Caller {
  /** Whose share of what belongs to all it uses. */
  readonly client: string;
  /** Whether it showed the control token. */
  readonly authorized: boolean;
  /** The filters, of which those that it makes are its own. */
  readonly filters: FilterTable;
  /** Tells when it is gone, so that there is nobody to answer. */
  readonly signal: AbortSignal;
  /** Keeps account of the bytes of an answer that grows; one that grows too much may cost the client its connection. */
  hold(bytes: number): void;
  /** Where its subscriptions live; `undefined` over HTTP. */
  readonly subscriber: Subscriptions | undefined;
}

type RequestId = string | number | null;

const [LIST_START, SEPARATOR, LIST_END, OBJECT_END] = ['[', ',', ']', '}'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

/** A valid request; without `id` it is a notification, which gets no answer. */
interface Request {
  readonly id: RequestId | undefined;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A request of a batch that can run with those beside it. */
interface TogetherRequest {
  readonly message: unknown;
  readonly method: Method;
  readonly values: readonly unknown[];
}

/** What became of a request that ran with others, and when they began. */
type StartedOutcome = TogetherOutcome & { readonly startMs: number };
/** By message. */
type Outcomes = ReadonlyMap<unknown, StartedOutcome>;

/** More than the answer to one of several requests that run together takes, a hash or a sentence. */
const MAX_TOGETHER_BYTES = 4_096;

/** One request and what became of it. */
export interface AnsweredCall {
  /** As the client wrote it, perhaps no method of ours; empty when the request was none. */
  readonly method: string;
  readonly params: readonly unknown[];
  /** From reading the request to its result, with what it waited for. */
  readonly durationMs: number;
  /** Absent when it was answered with a result. */
  readonly error?: RpcError;
}

/** What a dispatcher tells. */
export interface DispatcherEvents {
  readonly answered: AnsweredCall;
}

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly node: RpcBackend;
  /** By name. */
  readonly methods: ReadonlyMap<string, Method>;
  /** Why a method that the caller may expect is not there. */
  readonly whyAbsent: (name: string) => string | undefined;
  readonly stopwatch: Stopwatch;
  /** Milliseconds of the node's time that one message, a batch counted as one, may take. */
  readonly maxRequestMs: number;
  /** Whether there is a token by which the node is controlled. */
  readonly hasToken: boolean;
  readonly log: Logger;
}

/** The text of an answer in UTF-8, in parts of moderate length. */
export type Answer = readonly Buffer[];

/** JSON-RPC 2.0: text of a request or a batch in, text of the answer out. */
export class Dispatcher extends Emitter<DispatcherEvents> {
  readonly #options: DispatcherOptions;
  readonly #turns: Turns;

  constructor(options: DispatcherOptions) {
    super();
    this.#options = options;
    this.#turns = new Turns(options.stopwatch);
  }

  /** The answer, `undefined` when there is none to give (notifications) or nobody to give it to. What is not the caller's fault is thrown. */
  async respond(text: string, caller: Caller): Promise<Answer | undefined> {
    try {
      return await this.#respond(text, caller);
    } catch (error) {
      if (isClientGone(error)) return undefined;
      throw error;
    }
  }

  async #respond(text: string, caller: Caller): Promise<Answer | undefined> {
    let message: unknown;
    try {
      message = parseJson(text, MAX_JSON_DEPTH);
    } catch (error) {
      return errorResponse(null, this.#toRpcError(error));
    }
    const share = this.#turns.share(caller.client, this.#options.maxRequestMs, caller.signal);
    return Array.isArray(message)
      ? this.#respondToBatch(message, caller, share)
      : this.#respondToOne(message, caller, share);
  }

  async #respondToBatch(messages: readonly unknown[], caller: Caller, share: Share): Promise<Answer | undefined> {
    if (messages.length === 0) return errorResponse(null, invalidRequest('the batch is empty'));
    if (messages.length > MAX_BATCH) {
      return errorResponse(
        null,
        invalidRequest(`${messages.length} requests in a batch, at most ${MAX_BATCH} are taken`),
      );
    }
    const answer: Buffer[] = [];
    let length = 0;
    let together: Outcomes = new Map();
    for (const [place, message] of messages.entries()) {
      const room = MAX_RESPONSE_BYTES - length;
      const run = together.has(message) ? [] : this.#runFrom(messages, place);
      if (run.length > 1 && room >= run.length * MAX_TOGETHER_BYTES)
        together = await this.#runTogether(run, caller, share);
      const response =
        room < 0 ? tooLarge(message) : await this.#respondToOne(message, caller, share, room, together.get(message));
      if (response === undefined) continue;
      const bytes = lengthOf(response);
      length += bytes;
      caller.hold(bytes);
      if (caller.signal.aborted) return undefined;
      answer.push(answer.length === 0 ? LIST_START : SEPARATOR, ...response);
    }
    return answer.length === 0 ? undefined : [...answer, LIST_END];
  }

  /** The requests from a place of a batch on that can run together: of one method, and as it takes them. */
  #runFrom(messages: readonly unknown[], place: number): readonly TogetherRequest[] {
    const run: TogetherRequest[] = [];
    for (const message of messages.slice(place)) {
      const request = this.#readTogether(message);
      if (request === undefined || request.method !== (run[0] ?? request).method) break;
      run.push(request);
    }
    return run;
  }

  /** A request that can run with others, `undefined` for any that cannot or is wrong: it runs alone, where its error is told. */
  #readTogether(message: unknown): TogetherRequest | undefined {
    try {
      const { method: name, params } = readRequest(message);
      const method = this.#options.methods.get(name);
      if (method?.runTogether === undefined || method.needsToken) return undefined;
      return { message, method, values: readParameters(method, params) };
    } catch (error) {
      this.#toRpcError(error);
      return undefined;
    }
  }

  async #runTogether(run: readonly TogetherRequest[], caller: Caller, share: Share): Promise<Outcomes> {
    const startMs = performance.now();
    const { subscriber, filters } = caller;
    const call = { node: this.#options.node, subscriber, filters, share };
    const pieces = run[0]?.method.runTogether?.(
      call,
      run.map(({ values }) => values),
    );
    assert(pieces !== undefined, 'a run has requests that can run together');
    try {
      const outcomes = await share.run(pieces);
      assert(outcomes.length === run.length, 'each request has an outcome');
      return new Map(run.map(({ message }, i) => [message, { startMs, ...(outcomes[i] as TogetherOutcome) }]));
    } catch (error) {
      if (isClientGone(error)) throw error;
      const outcome = { startMs, error: this.#toRpcError(error) };
      return new Map(run.map(({ message }) => [message, outcome]));
    }
  }

  async #respondToOne(
    message: unknown,
    caller: Caller,
    share: Share,
    room = MAX_RESPONSE_BYTES,
    outcome?: StartedOutcome,
  ): Promise<Answer | undefined> {
    const startMs = outcome?.startMs ?? performance.now();
    let id: RequestId | undefined = idOf(message) ?? null;
    let request: Pick<Request, 'method' | 'params'> = { method: '', params: [] };
    const answered = (error?: RpcError) => {
      const { method, params } = request;
      const durationMs = performance.now() - startMs;
      this.emit('answered', { method, params, durationMs, ...(error === undefined ? {} : { error }) });
    };
    try {
      const read = readRequest(message);
      request = read;
      id = read.id;
      const result = outcome ? written(outcome) : await this.#run(read, caller, share, room);
      answered();
      if (id === undefined) return undefined;
      const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;
      return typeof result === 'string'
        ? [Buffer.from(`${head}${result}}`)]
        : [Buffer.from(head), ...result, OBJECT_END];
    } catch (error) {
      if (isClientGone(error)) throw error;
      const rpcError = this.#toRpcError(error);
      answered(rpcError);
      return id === undefined ? undefined : errorResponse(id, rpcError);
    }
  }

  /** JSON text of the result, of at most `room` characters; longer text in parts. */
  async #run({ method: name, params }: Request, caller: Caller, share: Share, room: number): Promise<string | Answer> {
    const { node, methods, whyAbsent, hasToken } = this.#options;
    const method = methods.get(name);
    if (method === undefined) throw unknownMethod(name, whyAbsent(name));
    if (method.needsToken && !caller.authorized) {
      throw new RpcError(
        'rpcUnauthorized',
        hasToken
          ? `${name} controls the node and needs its token: send the header "Authorization: Bearer …" with the text of control.token in the node's data directory`
          : `${name} controls a node of a network, and a developer's chain has no token for it: evm_mine, evm_setAutomine and evm_setIntervalMining make its blocks`,
      );
    }
    const values = readParameters(method, params);
    const { subscriber, filters } = caller;
    const start = () => method.run({ node, subscriber, filters, share }, values);
    if (method.cost === 'lookup') return JSON.stringify(answerOf(name, await start()));
    const { answer, waits } = await share.run(answering(name, start, room));
    if (answer !== undefined) return answer;
    const result = answerOf(name, await waits);
    // What is short is written sooner than its turn would come.
    return typeof result === 'string' && result.length <= Math.min(room, CHARACTERS_PER_PIECE)
      ? JSON.stringify(result)
      : share.run(writeJson(result, room));
  }

  /** The error to answer with. Anything but a `WattchainError` is a bug of ours, which must stop the node. */
  #toRpcError(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    if (!(error instanceof WattchainError)) throw error;
    this.#options.log.warn({ code: error.code, message: error.message, values: error.values }, 'a request failed');
    return serverError(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
  }
}

/** What a request that ran with others came to. */
function written(outcome: TogetherOutcome): string {
  if ('error' in outcome) throw outcome.error;
  return JSON.stringify(outcome.result);
}

/** What a handler does, in its own pieces or in one. */
function* inPieces(start: () => unknown): Pieces<unknown> {
  const result = start();
  return isPieces(result) ? yield* result : result;
}

/** What a handler does and the text of its result, as one piece of work; or what the result is waited for with. */
function* answering(
  name: string,
  start: () => unknown,
  room: number,
): Pieces<{ readonly answer?: string | Buffer[]; readonly waits?: Promise<unknown> }> {
  const result = yield* inPieces(start);
  if (result instanceof Promise) return { waits: result };
  return { answer: yield* writeJson(answerOf(name, result), room) };
}

function answerOf(name: string, result: unknown): unknown {
  assert(result !== undefined, `${name} answers with nothing`);
  return result;
}

/** The values of a method's parameters; throws −32602 that names the parameter. */
function readParameters(method: Method, params: readonly unknown[]): unknown[] {
  const { name, parameters } = method;
  if (params.length > parameters.length) {
    throw invalidParams(`${name} takes at most ${parameters.length} parameters, got ${params.length}`);
  }
  return parameters.map((parameter, index) => {
    const given = params[index] ?? undefined;
    const what = `${name}, parameter ${index + 1} (${parameter.name})`;
    if (given === undefined && !parameter.optional) {
      throw invalidParams(`${what} is missing: it takes ${parameter.takes}`);
    }
    return namingTheCause(what, () => parameter.read(given));
  });
}

function readRequest(message: unknown): Request {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw invalidRequest('a request is an object with jsonrpc, id, method and params');
  }
  const { jsonrpc, method, params = [] } = message as Record<string, unknown>;
  if (jsonrpc !== '2.0') throw invalidRequest('"jsonrpc" must be "2.0"');
  if (typeof method !== 'string') throw invalidRequest('"method" must be a text');
  if (Object.hasOwn(message, 'id') && idOf(message) === undefined) {
    throw invalidRequest('"id" must be a text, null, or a number that can be given back exactly: at most 2^53 − 1');
  }
  if (params !== null && !Array.isArray(params)) {
    throw invalidParams('"params" must be a list: parameters go by position here');
  }
  return { id: idOf(message), method, params: params ?? [] };
}

/** The id of something that may be a request, `undefined` when it has none that can be sent back. */
function idOf(message: unknown): RequestId | undefined {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, 'id')) return undefined;
  const { id } = message as { id: unknown };
  // A number above may be another one than the client wrote, since JSON is read with 53 bits.
  const isExact = typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return typeof id === 'string' || isExact || id === null ? id : undefined;
}

function tooLarge(message: unknown): Answer {
  return errorResponse(
    idOf(message) ?? null,
    serverError(`the answers before this one have more than ${MAX_RESPONSE_BYTES} bytes: use smaller batches`),
  );
}

function invalidRequest(message: string): RpcError {
  return new RpcError('rpcInvalidRequest', message);
}

function errorResponse(id: RequestId, error: RpcError): Answer {
  return [Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error: toErrorObject(error) }))];
}

/** Bytes of an answer. */
export function lengthOf(answer: Answer): number {
  return answer.reduce((sum, { length }) => sum + length, 0);
}
