import { COST_CLASSES, type Method } from '../protocol/method.js';
import { RPC_CODES } from '../protocol/rpcError.js';
import { SHAPES } from './shapes.js';

/** Version of the OpenRPC specification that the document follows (https://spec.open-rpc.org). */
const OPENRPC_VERSION = '1.3.2';

/** What `rpc.discover` answers: the table of methods as an OpenRPC document. `agent` is `Name/version`. */
export function openRpcDocument(methods: Iterable<Method>, agent: string): Readonly<Record<string, unknown>> {
  const [title, version] = agent.split('/');
  return {
    openrpc: OPENRPC_VERSION,
    info: {
      title: `${title} JSON-RPC`,
      version: version ?? '',
      description: 'Ethereum’s execution API where it makes sense on this chain, and watt_* for what is its own.',
    },
    methods: [...methods].map(methodToJson),
    components: { schemas: SHAPES },
  };
}

function methodToJson({
  name,
  parameters,
  result,
  schema,
  cost,
  errors,
  needsToken,
  example,
}: Method): Readonly<Record<string, unknown>> {
  return {
    name,
    summary: result,
    paramStructure: 'by-position',
    params: parameters.map((parameter) => ({
      name: parameter.name,
      description: parameter.takes,
      required: !parameter.optional,
      schema: parameter.schema,
    })),
    result: { name: 'result', schema },
    errors: errors.map(({ code, when }) => ({ code: RPC_CODES[code], message: when })),
    examples: [
      {
        name: 'example',
        params: example.params.map((value, index) => ({ name: parameters[index]?.name, value })),
        result: { name: 'result', value: example.result },
      },
    ],
    'x-cost': `${cost}: ${COST_CLASSES[cost]}`,
    'x-needs-token': needsToken,
  };
}
