/** Filters: what `eth_subscribe` tells by itself, for clients that poll over HTTP. */
import { BLOCK_2_HASH, COUNTER, FILTER_ID } from '../description/examples.js';
import { ALL_HEIGHTS, type HeightRange } from '../protocol/following.js';
import { type Method, type MethodError, method } from '../protocol/method.js';
import { type LogFilter, logFilterParameter, textParameter } from '../protocol/parameter.js';
import { invalidParams } from '../protocol/rpcError.js';
import { anyOf, BOOLEAN, HASH, listOf, QUANTITY, shape } from '../protocol/schema.js';
import { logsToRpc } from './format.js';
import { readLogs } from './logs.js';

const LIMIT: MethodError = { code: 'rpcServer', when: 'this client has too many filters' };
const NOT_FOUND: MethodError = {
  code: 'rpcServer',
  when: 'filter not found: removed, or not asked about for five minutes, or too much happened since, or others needed the place',
};
const idParameter = textParameter('id', 'the id that eth_newFilter or its kin gave', 66);

export const filterMethods: readonly Method[] = [
  method({
    name: 'eth_newFilter',
    parameters: [logFilterParameter()],
    result:
      "A filter's id; it follows the logs of blocks that come, within fromBlock and toBlock where they are numbers.",
    schema: QUANTITY,
    cost: 'lookup',
    errors: [LIMIT],
    example: { params: [{ address: COUNTER }], result: FILTER_ID },
    handle: ({ filters }, filter) => {
      const { addresses, topics } = filter;
      return filters.add({ kind: 'logs', criteria: { addresses, topics }, heights: heightsOf(filter) }, filter);
    },
  }),
  method({
    name: 'eth_newBlockFilter',
    parameters: [],
    result: "A filter's id; it follows the hashes of blocks that become canonical.",
    schema: QUANTITY,
    cost: 'lookup',
    errors: [LIMIT],
    example: { params: [], result: FILTER_ID },
    handle: ({ filters }) => filters.add({ kind: 'newHeads' }),
  }),
  method({
    name: 'eth_newPendingTransactionFilter',
    parameters: [],
    result: "A filter's id; it follows the hashes of transactions that come into the pool.",
    schema: QUANTITY,
    cost: 'lookup',
    errors: [LIMIT],
    example: { params: [], result: FILTER_ID },
    handle: ({ filters }) => filters.add({ kind: 'newPendingTransactions', full: false }),
  }),
  method({
    name: 'eth_getFilterChanges',
    parameters: [idParameter],
    result:
      'What happened since the last question: hashes, or logs; those of blocks that left the chain come again, as removed.',
    schema: anyOf(listOf(HASH), listOf(shape('Log'))),
    cost: 'block',
    errors: [NOT_FOUND],
    example: { params: [FILTER_ID], result: [BLOCK_2_HASH] },
    handle: ({ filters }, id) => filters.takeEntries(id),
  }),
  method({
    name: 'eth_getFilterLogs',
    parameters: [idParameter],
    result: 'All logs that a filter of eth_newFilter asks for, as eth_getLogs gives them.',
    schema: listOf(shape('Log')),
    cost: 'range',
    errors: [NOT_FOUND],
    example: { params: [FILTER_ID], result: [] },
    handle: function* ({ node, filters }, id) {
      return yield* logsToRpc(yield* readLogs(node.chain, filters.logFilter(id)));
    },
  }),
  method({
    name: 'eth_uninstallFilter',
    parameters: [idParameter],
    result: 'Whether there was such a filter.',
    schema: BOOLEAN,
    cost: 'lookup',
    example: { params: [FILTER_ID], result: true },
    handle: ({ filters }, id) => filters.remove(id),
  }),
];

/** Numbers bound what is followed; tags do not, since they move with the chain. */
function heightsOf({ from, to }: LogFilter): HeightRange {
  if ('hash' in from)
    throw invalidParams('a filter follows blocks that come: ask eth_getLogs about one with "blockHash"');
  const first = 'height' in from ? from.height : ALL_HEIGHTS.first;
  const last = 'height' in to ? to.height : ALL_HEIGHTS.last;
  if (first > last) throw invalidParams(`invalid block range params: fromBlock ${first} is above toBlock ${last}`);
  return { first, last };
}
