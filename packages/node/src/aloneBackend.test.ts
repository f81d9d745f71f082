import { afterEach, expect, it } from 'vitest';
import { callRpc } from '../testing/developmentKit.js';
import { running, start } from '../testing/runningDevelopment.js';
import { aloneBackend } from './aloneBackend.js';

afterEach(async () => {
  for (const { node } of running.splice(0)) await node.stop();
});

it('refuses a deep reorganisation, and says what takes blocks back', async () => {
  const { node } = await start();
  const { sync } = aloneBackend(node.chain, node.development.sealer);
  expect(() => sync.allowDeepReorg()).toThrow(
    expect.objectContaining({
      code: 'rpcServer',
      message: expect.stringMatching(/has no peers.*evm_revert/) as string,
    }),
  );
});

it('refuses peers and work of others, and says what makes blocks', async () => {
  const { node } = await start();
  const { network, miner } = aloneBackend(node.chain, node.development.sealer);
  const refused = { code: 'rpcServer', message: expect.stringMatching(/has no peers.*anvil_mine/) as string };
  await expect(network.addPeer('/ip4/127.0.0.1/tcp/30303')).rejects.toMatchObject(refused);
  await expect(miner.getWork()).rejects.toMatchObject(refused);
});

it.each([
  ['watt_allowDeepReorg', []],
  ['watt_addPeer', ['/ip4/127.0.0.1/tcp/30303']],
])('%s does not come so far: nobody has a token of a developer’s chain', async (method, params) => {
  const { node } = await start();
  await expect(callRpc(node.rpc.url, method, params)).rejects.toThrow(/^4100 .*has no token/);
});
