import { numberToBytes, sha256 } from '@wattchain/core';
import { silentLogger } from '../../../packages/node/src/base/log.js';
import { whyAbsent } from '../../../packages/node/src/rpc/description/differences.js';
import { Fanout } from '../../../packages/node/src/rpc/methods/fanout.js';
import { Filters } from '../../../packages/node/src/rpc/methods/filters.js';
import { METHOD_TABLE } from '../../../packages/node/src/rpc/methods/methodTable.js';
import { Dispatcher } from '../../../packages/node/src/rpc/protocol/dispatcher.js';
import { RpcKit } from '../../../packages/node/testing/rpcKit.js';
import { bytesOf, JSON_TEXT, textOf } from '../structure.js';
import { mustHold, type Target } from '../target.js';
import { blocks, chainKit, signedTransactions } from './fixtures.js';

let kit: RpcKit | undefined;
let door: { readonly dispatcher: Dispatcher; readonly filters: Filters } | undefined;

/** Random bytes that are the same in every round. */
function sameRandom() {
  let draws = 0;
  return { bytes: (length: number) => sha256(numberToBytes(draws++, 4)).slice(0, length) };
}

/** A node with a few blocks, on which every round begins with an empty pool and no filters. */
async function newDoor(): Promise<void> {
  if (kit === undefined) {
    kit = await RpcKit.start({ kit: chainKit() });
    for (const block of blocks().slice(1)) await kit.accept(block);
  }
  kit.mining = false;
  const { backend, runtime } = kit;
  const node = { clock: runtime.clock, stopwatch: runtime.stopwatch, random: sameRandom() };
  door = {
    dispatcher: new Dispatcher({
      node: { ...backend, mempool: kit.emptyPool(), runtime: node },
      methods: METHOD_TABLE,
      whyAbsent,
      stopwatch: runtime.stopwatch,
      maxRequestMs: 5_000,
      hasToken: true,
      log: silentLogger,
    }),
    filters: new Filters(node, new Fanout()),
  };
}

/** One client that never goes. */
const signal = new AbortController().signal;
const METHODS = [...METHOD_TABLE.values()];

/** What a request or an answer is, as JSON-RPC 2.0 says. */
function checkAnswer(answer: unknown): void {
  const { jsonrpc, id, error, result } = (answer ?? {}) as Record<string, unknown>;
  mustHold(jsonrpc === '2.0' && id !== undefined, 'an answer without jsonrpc or id');
  mustHold((error === undefined) !== (result === undefined), 'an answer with both or neither of result and error');
  if (error === undefined) return;
  const { code, message } = error as Record<string, unknown>;
  mustHold(
    Number.isSafeInteger(code) && typeof message === 'string' && message !== '',
    'an error without code or message',
  );
}

/** Text in, an answer out: the first byte says whether the client controls the node. */
export const jsonRpc: Target = {
  name: 'jsonRpc',
  inputsPerRound: 256,
  maxBytes: 16_384,
  structure: {
    parse: (bytes) => {
      const tree = JSON_TEXT.parse(bytes.subarray(1));
      return tree === undefined ? undefined : [bytes[0] ?? 0, tree];
    },
    write: (tree) => {
      const [flag = 0, value = null] = Array.isArray(tree) ? tree : [0, tree];
      return Uint8Array.from([Number(flag) & 255, ...JSON_TEXT.write(value)]);
    },
  },
  dictionary: [
    ...METHODS.map(({ name }) => `"${name}"`),
    '"latest"',
    '"pending"',
    '"fromBlock":',
    '"topics":[',
    '"0x1"',
  ].map(bytesOf),
  seeds: () => {
    const request = (method: string, params: readonly unknown[], id: unknown = 1) => ({
      jsonrpc: '2.0',
      id,
      method,
      params,
    });
    const all = METHODS.map(({ name, example }) => request(name, example.params));
    const [, deployment] = signedTransactions();
    const raw = `0x${Buffer.from(deployment?.raw ?? []).toString('hex')}`;
    const more = [
      request('eth_sendRawTransaction', [raw]),
      all.slice(0, 8),
      request('eth_getBlockByNumber', ['latest', true], 'x'),
      ...blocks().map(({ hash }) => request('eth_getBlockByHash', [hash, true])),
    ];
    return [...all, ...more].map((value, i) => Uint8Array.from([i % 2, ...bytesOf(JSON.stringify(value))]));
  },
  begin: newDoor,
  run: async (input) => {
    if (door === undefined) await newDoor();
    const { dispatcher, filters } = door as NonNullable<typeof door>;
    const text = textOf(input.subarray(1));
    const caller = {
      client: 'fuzz',
      authorized: (input[0] ?? 0) % 2 === 1,
      filters: filters.of('fuzz'),
      signal,
      hold: () => {},
      subscriber: undefined,
    };
    const answer = await dispatcher.respond(text, caller);
    // Only notifications have none.
    if (answer === undefined) return true;
    const parsed = JSON.parse(Buffer.concat(answer).toString('utf8')) as unknown;
    const answers: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    answers.forEach(checkAnswer);
    return answers.every((each) => Object.hasOwn(each as object, 'result'));
  },
};
