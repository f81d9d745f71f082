// @ts-check
// Assemble a contract of your own, deploy it, call it, read its event.
// Run beside "npm start" or "npx wattchain dev --market": node examples/3-deploy-a-contract.mjs [RPC address]
import { readFileSync } from 'node:fs';
import { assemble } from '@wattchain/vm';
import { createPublicClient, createWalletClient, defineChain, http, parseAbi } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { requireTestAccounts, rpcUrl } from './node.mjs';

const chain = defineChain({
  id: await requireTestAccounts(),
  name: 'Wattchain',
  nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl] } },
});
const mnemonic = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';
const account = mnemonicToAccount(mnemonic, { addressIndex: 0 });
const client = createPublicClient({ chain, transport: http(), pollingInterval: 200 });
const wallet = createWalletClient({ chain, transport: http(), account });

const artifact = assemble(readFileSync(new URL('counter.wca', import.meta.url), 'utf8'), 'counter.wca');
const deployment = await wallet.sendTransaction({ data: artifact.code });
const { contractAddress: address } = await client.waitForTransactionReceipt({ hash: deployment });
if (!address) throw new TypeError('the deployment gave no address');
console.log(`${artifact.contract} stands at ${address}`);

// The assembler writes Solidity's ABI; here it is again as text, so that viem knows the types.
const abi = parseAbi([
  'function increment() returns (uint256)',
  'function count() view returns (uint256)',
  'event Counted(address indexed by, uint256 count)',
]);
const hash = await wallet.writeContract({ address, abi, functionName: 'increment' });
const { blockNumber } = await client.waitForTransactionReceipt({ hash });
console.log(`count is ${await client.readContract({ address, abi, functionName: 'count' })}`);
const [event] = await client.getContractEvents({
  address,
  abi,
  eventName: 'Counted',
  fromBlock: blockNumber,
  toBlock: blockNumber,
});
console.log(`counted by ${event?.args.by}`);
