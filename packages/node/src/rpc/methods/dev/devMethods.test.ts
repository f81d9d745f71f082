import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRpc, startDevelopment } from '../../../../testing/developmentKit.js';
import { ABSENT_DEV_METHODS } from '../../description/differences.js';
import { METHOD_TABLE } from '../methodTable.js';
import { createDevMethods } from './devMethods.js';

let kit: Awaited<ReturnType<typeof startDevelopment>>;
beforeAll(async () => {
  kit = await startDevelopment();
});
afterAll(() => kit.node.stop());

const rows = () => createDevMethods(kit.node.development);
/** Answered with something else here than on every node. */
const REPLACED = ['eth_coinbase', 'eth_accounts', 'eth_sendRawTransaction', 'eth_call', 'eth_estimateGas'];
/** What their examples would need: a signed transaction, a dumped chain. */
const WITHOUT_EXAMPLE = ['eth_sendRawTransaction', 'anvil_loadState', 'hardhat_loadState'];

describe('the methods of a development chain', () => {
  it('are not there on other nodes', () => {
    const shared = rows().filter(({ name }) => METHOD_TABLE.has(name));
    expect(new Set(shared.map(({ name }) => name))).toEqual(new Set(REPLACED));
  });

  it('have names of their own and take their examples, and answer in their shape', async () => {
    const ajv = new Ajv({ strict: false });
    const names = rows().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, example, schema } of rows()) {
      if (WITHOUT_EXAMPLE.includes(name)) continue;
      const answer = await callRpc(kit.node.rpc.url, name, example.params);
      const validate = ajv.compile(schema);
      expect(validate(answer), `${name}: ${JSON.stringify(answer)}`).toBe(true);
    }
  });

  it.each([
    ['evm_increaseTime', [-1]],
    ['evm_increaseTime', [2 ** 41]],
    ['evm_setNextBlockTimestamp', ['soon']],
    ['anvil_mine', ['0x2711']],
    ['anvil_setBalance', ['0x12', '0x1']],
    ['anvil_setStorageAt', [`0x${'5a'.repeat(20)}`, '0x0', `0x${'f'.repeat(65)}`]],
    ['evm_mine', [{ blocks: -3 }]],
    ['eth_sendTransaction', [{ to: `0x${'5a'.repeat(20)}` }]],
    ['personal_sign', ['hello', `0x${'5a'.repeat(20)}`]],
  ])('refuse what makes no sense: %s %j', async (name, params) => {
    await expect(callRpc(kit.node.rpc.url, name, params)).rejects.toThrow('-32602');
  });

  it('are all in what rpc.discover answers, as they are here', async () => {
    const document = (await callRpc(kit.node.rpc.url, 'rpc.discover')) as {
      methods: { name: string; summary: string }[];
    };
    const described = new Map(document.methods.map(({ name, summary }) => [name, summary]));
    expect(described.size).toBe(document.methods.length);
    for (const { name, result } of rows()) expect(described.get(name), name).toBe(result);
    for (const name of METHOD_TABLE.keys()) expect(described.has(name), name).toBe(true);
  });

  it('that Anvil or Hardhat have and this chain has not are refused with the reason', async () => {
    for (const [name, reason] of ABSENT_DEV_METHODS) {
      await expect(callRpc(kit.node.rpc.url, name)).rejects.toThrow(`-32601 the method ${name} does not exist`);
      await expect(callRpc(kit.node.rpc.url, name)).rejects.toThrow(reason);
    }
  });

  it('are all in the documentation, the absent ones too', () => {
    const page = readFileSync(new URL('../../../../../../docs/dev.md', import.meta.url), 'utf8');
    const named = new Set([...page.matchAll(/`(\w+_\w+)`/g)].map(([, name]) => name));
    const all = [...rows().map(({ name }) => name), ...ABSENT_DEV_METHODS.keys()];
    expect(all.filter((name) => !named.has(name))).toEqual([]);
  });
});
