/** `eth_getLogs` and the subscriptions of WebSocket connections. */

import { COUNTER, ID, LOG } from '../description/examples.js';
import { ALL_HEIGHTS, SUBSCRIPTION_KINDS, type Subscriptions } from '../protocol/following.js';
import { type Call, type Method, method } from '../protocol/method.js';
import {
  ALL_LOGS,
  logFilterParameter,
  subscriptionOptionsParameter,
  textParameter,
  wordParameter,
} from '../protocol/parameter.js';
import { invalidParams, serverError } from '../protocol/rpcError.js';
import { BOOLEAN, bytesOf, listOf, shape } from '../protocol/schema.js';
import { logsToRpc } from './format.js';
import { readLogs } from './logs.js';

export const logMethods: readonly Method[] = [
  method({
    name: 'eth_getLogs',
    parameters: [logFilterParameter()],
    result: 'The logs of the range or block that match, oldest first: at most 2,000 blocks and 10,000 logs at once.',
    schema: listOf(shape('Log')),
    cost: 'range',
    errors: [{ code: 'rpcServer', when: 'a block of the range is not known or left the chain meanwhile' }],
    example: { params: [{ address: COUNTER, fromBlock: '0x0', toBlock: 'latest' }], result: [LOG] },
    handle: function* ({ node }, filter) {
      return yield* logsToRpc(yield* readLogs(node.chain, filter));
    },
  }),
  method({
    name: 'eth_subscribe',
    parameters: [wordParameter('kind', SUBSCRIPTION_KINDS), subscriptionOptionsParameter()],
    result: "The subscription's id; what happens arrives as eth_subscription. WebSocket only.",
    schema: bytesOf(16),
    cost: 'lookup',
    errors: [{ code: 'rpcServer', when: 'over HTTP, or when the connection or its client has too many' }],
    example: { params: ['newHeads'], result: ID },
    handle: (call, kind, options) => {
      const subscriber = requireSubscriber(call);
      const { random } = call.node.runtime;
      if (kind === 'newPendingTransactions') {
        return subscriber.subscribe({ kind, full: options === true }, random);
      }
      if (kind === 'newHeads' || kind === 'syncing') return subscriber.subscribe({ kind }, random);
      if (options === true) throw invalidParams('logs take an object with address and topics');
      const criteria = options === false ? ALL_LOGS : options;
      return subscriber.subscribe({ kind, criteria, heights: ALL_HEIGHTS }, random);
    },
  }),
  method({
    name: 'eth_unsubscribe',
    parameters: [textParameter('id', 'the id that eth_subscribe gave', 66)],
    result: 'Whether there was such a subscription.',
    schema: BOOLEAN,
    cost: 'lookup',
    errors: [{ code: 'rpcServer', when: 'over HTTP' }],
    example: { params: [ID], result: true },
    handle: (call, id) => requireSubscriber(call).unsubscribe(id),
  }),
];

function requireSubscriber({ subscriber }: Call): Subscriptions {
  if (subscriber === undefined) {
    throw serverError('notifications not supported over HTTP: connect to the same port by WebSocket');
  }
  return subscriber;
}
