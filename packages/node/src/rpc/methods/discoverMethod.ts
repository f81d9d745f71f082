/** `rpc.discover` of the OpenRPC specification. */

import { openRpcDocument } from '../description/openRpc.js';
import { type Method, method } from '../protocol/method.js';

/** The name that the OpenRPC specification gives it. */
export const DISCOVER = 'rpc.discover';

/** The method that describes a table, and itself with it. */
export function discoverMethod(others: readonly Method[]): Method {
  const self: Method = method({
    name: DISCOVER,
    parameters: [],
    result: 'This list of methods as an OpenRPC document.',
    schema: { type: 'object', required: ['openrpc', 'info', 'methods', 'components'] },
    cost: 'range',
    example: {
      params: [],
      result: {
        openrpc: '1.3.2',
        info: { title: 'Wattchain JSON-RPC', version: '0.1.0' },
        methods: [],
        components: {},
      },
    },
    handle: ({ node }) => openRpcDocument([...others, self], node.agent),
  });
  return self;
}
