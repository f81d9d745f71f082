import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDocumentedChain } from '../../../testing/documentedChain.js';
import type { RpcKit } from '../../../testing/rpcKit.js';
import { ABSENT_METHODS } from '../description/differences.js';
import { openRpcDocument } from '../description/openRpc.js';
import { SHAPES } from '../description/shapes.js';
import type { Method } from '../protocol/method.js';
import type { Schema } from '../protocol/schema.js';
import type { Shape } from './format.js';
import { METHOD_TABLE } from './methodTable.js';

const methods = [...METHOD_TABLE.values()];

const ajv = new Ajv({ allErrors: true, strict: false });
// A shape is compiled once for all methods, under a name for which references are rewritten.
ajv.addSchema({ $id: 'https://example.org/shapes', components: { schemas: SHAPES } });

/** Compiles a schema that may refer to the named shapes. */
function validatorOf(schema: Schema): ValidateFunction {
  return ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"https://example.org/shapes#/components')),
  );
}

function expectValid(schema: Schema, value: unknown, what: string): void {
  const validate = validatorOf(schema);
  validate(value);
  expect(validate.errors ?? [], `${what}: ${JSON.stringify(value)?.slice(0, 500)}`).toEqual([]);
}

describe('every row', () => {
  test.each(methods.map((method): [string, Method] => [method.name, method]))(
    '%s: its example is true to its parameters and result',
    (name, { parameters, example, schema, result }) => {
      expect(result).toMatch(/\.$/);
      expect(example.params.length).toBeLessThanOrEqual(parameters.length);
      for (const [index, parameter] of parameters.entries()) {
        const value = example.params[index];
        if (value === undefined) {
          expect(parameter.optional, `${name}: ${parameter.name}`).toBe(true);
          continue;
        }
        parameter.read(value);
        expectValid(parameter.schema, value, parameter.name);
      }
      expectValid(schema, example.result, name);
    },
  );

  test('has a name of its own, which is not among the absent', () => {
    expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
    for (const { name } of methods) expect(ABSENT_METHODS.has(name), name).toBe(false);
  });

  test('has parameters with names of their own', () => {
    for (const { name, parameters } of methods) {
      expect(new Set(parameters.map((parameter) => parameter.name)).size, name).toBe(parameters.length);
    }
  });
});

/** Examples that tell of a node on a network, while the tests' node has none; only their shapes are compared. */
const ABOUT_A_NETWORK = new Set([
  'web3_clientVersion',
  'net_peerCount',
  'eth_mining',
  'eth_hashrate',
  'watt_status',
  'watt_peers',
  'watt_mempool',
  'watt_genesis',
  'watt_contracts',
  'watt_miner',
  'watt_setMining',
  'watt_addPeer',
  'txpool_content',
  'txpool_inspect',
  'txpool_contentFrom',
  'rpc.discover',
]);
/** They need an id that was given before, or a WebSocket: see filters.test.ts and webSockets.test.ts. */
const WITH_AN_ID = new Set([
  'eth_subscribe',
  'eth_unsubscribe',
  'eth_newFilter',
  'eth_newBlockFilter',
  'eth_newPendingTransactionFilter',
  'eth_getFilterChanges',
  'eth_getFilterLogs',
  'eth_uninstallFilter',
]);

describe('on the documented chain', () => {
  let rpc: RpcKit;
  beforeAll(async () => {
    rpc = await startDocumentedChain();
  });
  afterAll(() => rpc.stop());

  const call = async (method: string, params: readonly unknown[]) => {
    const response = await fetch(rpc.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${rpc.token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await response.json()) as { result: unknown };
  };

  test.each(
    methods
      .filter(({ name }) => !WITH_AN_ID.has(name))
      // What sends a transaction comes last, so that it changes no other answer.
      .sort((a, b) => Number(a.name.startsWith('eth_send')) - Number(b.name.startsWith('eth_send')))
      .map((method): [string, Method] => [method.name, method]),
  )('%s answers what its example says', async (name, { example, schema }) => {
    const { result } = await call(name, example.params);
    expectValid(schema, result, name);
    if (!ABOUT_A_NETWORK.has(name)) expect(result).toEqual(example.result);
  });
});

describe('OpenRPC', () => {
  test('the document is one', () => {
    const text = readFileSync(new URL('../../../../../test/vectors/openrpc-meta-schema.json', import.meta.url), 'utf8')
      // The meta-schema refers to a copy of JSON Schema draft 7 elsewhere; ajv has its own.
      .replaceAll('https://meta.json-schema.tools/#/definitions/JSONSchemaObject/properties/$ref', '#/definitions/text')
      .replaceAll('"https://meta.json-schema.tools"', '"http://json-schema.org/draft-07/schema"')
      .replace('"definitions": {', '"definitions": { "text": { "type": "string" },');
    const lenient = new Ajv({ strict: false, validateFormats: false });
    const metaSchema = JSON.parse(text) as Schema;
    const validate = lenient.compile({ ...metaSchema, $schema: 'http://json-schema.org/draft-07/schema#' });
    const document = openRpcDocument(methods, 'Wattchain/0.1.0') as { methods: Shape[] };
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
    expect(document.methods.map(({ name }) => name)).toEqual([...METHOD_TABLE.keys()]);
    validate({ ...document, methods: [{ name: 'no_params' }] });
    expect(validate.errors).not.toBeNull();
  });
});
