// @ts-check
// Send coins with viem, as on any Ethereum chain, and follow them to twelve confirmations.
// Run beside "npm start" or "npx wattchain dev --market": node examples/2-send-a-transfer.mjs [RPC address]
import { createPublicClient, createWalletClient, defineChain, formatEther, http, parseEther } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { makeBlocks, requireTestAccounts, rpcUrl } from './node.mjs';

const chain = defineChain({
  id: await requireTestAccounts(),
  name: 'Wattchain',
  nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl] } },
});
// The testbed's published mnemonic: never use it for anything of value.
const mnemonic = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';
const sender = mnemonicToAccount(mnemonic, { addressIndex: 0 });
const receiver = mnemonicToAccount(mnemonic, { addressIndex: 2 });

const client = createPublicClient({ chain, transport: http(), pollingInterval: 200 });
const wallet = createWalletClient({ chain, transport: http(), account: sender });

const hash = await wallet.sendTransaction({ to: receiver.address, value: parseEther('1.5') });
console.log(`sent ${hash}`);
await client.waitForTransactionReceipt({ hash });
await makeBlocks(11);
const receipt = await client.waitForTransactionReceipt({ hash, confirmations: 12 });
console.log(`${receipt.status} in block ${receipt.blockNumber}, confirmed by block ${await client.getBlockNumber()}`);
console.log(`the receiver now has ${formatEther(await client.getBalance({ address: receiver.address }))} WATT`);
