/** `eth_getLogs` and the subscriptions of WebSocket connections. */
import { logsToRpc } from '../format.js';
import { readLogs } from '../logs.js';
import { type Call, type Method, method } from '../method.js';
import { logFilterParameter, subscriptionOptionsParameter, textParameter, wordParameter } from '../parameter.js';
import { invalidParams, serverError } from '../rpcError.js';
import { SUBSCRIPTION_KINDS, type Subscriber } from '../subscriptions.js';

export const logMethods: readonly Method[] = [
  method({
    name: 'eth_getLogs',
    parameters: [logFilterParameter()],
    result: 'The logs of the range or block that match, oldest first: at most 2,000 blocks and 10,000 logs at once.',
    handle: async ({ node }, filter) => logsToRpc(await readLogs(node.chain, filter), false),
  }),
  method({
    name: 'eth_subscribe',
    parameters: [wordParameter('kind', SUBSCRIPTION_KINDS), subscriptionOptionsParameter()],
    result: "The subscription's id; what happens arrives as eth_subscription. WebSocket only.",
    handle: (call, kind, options) => {
      const subscriber = requireSubscriber(call);
      const { random } = call.node.runtime;
      if (kind === 'newPendingTransactions') {
        return subscriber.subscribe({ kind, full: options === true }, random);
      }
      if (kind === 'newHeads') return subscriber.subscribe({ kind }, random);
      if (options === true) throw invalidParams('logs take an object with address and topics');
      const criteria = options === false ? { addresses: [], topics: [] } : options;
      return subscriber.subscribe({ kind, criteria }, random);
    },
  }),
  method({
    name: 'eth_unsubscribe',
    parameters: [textParameter('id', 'the id that eth_subscribe gave', 66)],
    result: 'Whether there was such a subscription.',
    handle: (call, id) => requireSubscriber(call).unsubscribe(id),
  }),
];

function requireSubscriber({ subscriber }: Call): Subscriber {
  if (subscriber === undefined) {
    throw serverError('notifications not supported over HTTP: connect to the same port by WebSocket');
  }
  return subscriber;
}
