// @ts-check
// The node that the examples talk to: the first argument, else $WATTCHAIN_RPC, else the one of "npm start" (in another terminal) or
// of "npx wattchain dev --market", a developer's chain with the same contracts and accounts.

export const rpcUrl = process.argv[2] ?? process.env.WATTCHAIN_RPC ?? 'http://127.0.0.1:8545';

/** @param {string} sentence @returns {never} */
export function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** @param {string} method @param {unknown[]} params @param {Record<string, string>} headers */
export async function callNode(method, params = [], headers = {}, url = rpcUrl) {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  };
  const response = await fetch(url, request).catch(() => undefined);
  const answer = await response?.json().catch(() => undefined);
  if (answer === undefined) {
    giveUp(
      `No node answers at ${url}: start one with "npm start" or "npx wattchain dev --market" in another terminal.`,
    );
  }
  return /** @type {{ result?: any, error?: { message: string } }} */ (answer);
}

/** The chain's id; ends the example where the node does not know the testbed's accounts. */
export async function requireTestAccounts() {
  const { result: balance } = await callNode('eth_getBalance', [
    '0xbea1b148f781826391347c8624d309fbea4071d1',
    'latest',
  ]);
  if (BigInt(balance ?? 0) === 0n) {
    giveUp(
      `At ${rpcUrl} the testbed's accounts have no coins: this example needs "npm start" or "npx wattchain dev --market".`,
    );
  }
  return Number((await callNode('eth_chainId')).result);
}

/** Makes blocks on a developer's chain, where none come by themselves; on others there is nothing to do. @param {number} count */
export async function makeBlocks(count) {
  await callNode('anvil_mine', [count]);
}
