// @ts-check
// What any Ethereum program does, with viem and nothing of this project: read blocks, send coins, call the Energy Token as an
// ERC-20, read its Transfer logs, watch new heads over WebSocket, wait for twelve confirmations.
// Run beside "npm start" or "npx wattchain dev --market": node examples/5-use-the-public-api.mjs [RPC address]
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  erc20Abi,
  formatUnits,
  http,
  parseAbi,
  parseEther,
  webSocket,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { makeBlocks, requireTestAccounts, rpcUrl } from './node.mjs';

const chain = defineChain({
  id: await requireTestAccounts(),
  name: 'Wattchain',
  nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl], webSocket: [rpcUrl.replace('http', 'ws')] } },
});
const mnemonic = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';
const account = mnemonicToAccount(mnemonic, { addressIndex: 2 });
const neighbour = mnemonicToAccount(mnemonic, { addressIndex: 3 });
const token = '0xe000000000000000000000000000000000000001';
const bank = '0xe000000000000000000000000000000000000002';

const client = createPublicClient({ chain, transport: http(), pollingInterval: 200 });
const wallet = createWalletClient({ chain, transport: http(), account });
const events = createPublicClient({ chain, transport: webSocket() });

const block = await client.getBlock();
console.log(`head ${block.number} ${block.hash} by ${block.miner}, difficulty ${block.difficulty}`);
const unwatch = events.watchBlocks({ onBlock: ({ number }) => console.log(`  new head ${number}`) });

const transfer = await wallet.sendTransaction({ to: neighbour.address, value: parseEther('0.25') });
const bought = await wallet.writeContract({
  address: bank,
  abi: parseAbi(['function buy(uint256 leastTokens, uint64 until) payable returns (uint256)']),
  functionName: 'buy',
  // At least 2.9 tokens, within ten minutes of this block, or nothing.
  args: [parseEther('2.9'), block.timestamp + 600n],
  value: parseEther('3'),
});
const { blockNumber } = await client.waitForTransactionReceipt({ hash: bought });
const [symbol, decimals, units] = await Promise.all([
  client.readContract({ address: token, abi: erc20Abi, functionName: 'symbol' }),
  client.readContract({ address: token, abi: erc20Abi, functionName: 'decimals' }),
  client.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [account.address] }),
]);
console.log(`balance ${formatUnits(units, decimals)} ${symbol}`);
const sent = await wallet.writeContract({
  address: token,
  abi: erc20Abi,
  functionName: 'transfer',
  args: [neighbour.address, 10n ** 18n],
});
await client.waitForTransactionReceipt({ hash: sent });
const logs = await client.getContractEvents({
  address: token,
  abi: erc20Abi,
  eventName: 'Transfer',
  fromBlock: blockNumber,
});
for (const { args } of logs)
  console.log(`Transfer ${args.from} -> ${args.to}: ${formatUnits(args.value ?? 0n, decimals)} ${symbol}`);

await makeBlocks(11);
const receipt = await client.waitForTransactionReceipt({ hash: transfer, confirmations: 12 });
console.log(
  `transfer ${receipt.status}, ${await client.getTransactionConfirmations({ hash: transfer })} confirmations`,
);
unwatch();
process.exit();
