// @ts-check
// Two rules in Solidity, the second one function different from the first: compile, deploy, call, read an event, be refused.
// Run beside "npm start" or "npx wattchain dev --market": node examples/9-change-a-rule.mjs [RPC address]
import { fileURLToPath } from 'node:url';
import { buildContract } from '@wattchain/solidity';
import {
  createPublicClient,
  createWalletClient,
  decodeErrorResult,
  defineChain,
  encodeDeployData,
  http,
  parseAbi,
} from 'viem';
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

// solc's ABI lies in the artifact; here it is again as text, so that viem knows the types.
const abi = parseAbi([
  'constructor(uint128 gridPays, uint128 gridCharges)',
  'function price() view returns (uint128)',
  'function costOf(uint64 energy) view returns (uint256)',
  'function sell(uint64 energy) returns (uint256 cost)',
  'event Sold(address indexed seller, uint64 energy, uint256 cost)',
  'error NothingToShare(uint128 feedIn, uint128 retail)',
]);
const source = fileURLToPath(new URL('tariff.sol', import.meta.url));
/** Milliwatt-hours of 1.2 kWh. */
const energy = 1_200_000n;

for (const name of ['MidMarket', 'SellersFirst']) {
  const { code } = buildContract(source, name);
  const data = encodeDeployData({ abi, bytecode: code, args: [80n, 320n] });
  const { contractAddress: address } = await client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({ data }),
  });
  if (!address) throw new TypeError('the deployment gave no address');
  const price = await client.readContract({ address, abi, functionName: 'price' });
  const hash = await wallet.writeContract({ address, abi, functionName: 'sell', args: [energy] });
  const { blockNumber } = await client.waitForTransactionReceipt({ hash });
  const range = { fromBlock: blockNumber, toBlock: blockNumber };
  const [event] = await client.getContractEvents({ address, abi, eventName: 'Sold', ...range });
  console.log(`${name}: ${price} a kWh, ${event?.args.cost} for 1.2 kWh`);
}

// What the constructor refuses has its own error; nothing is sent.
const { code } = buildContract(source, 'MidMarket');
const data = encodeDeployData({ abi, bytecode: code, args: [320n, 80n] });
await client.call({ account, data }).catch((error) => {
  const cause = error.walk?.((/** @type {any} */ inner) => typeof inner?.data === 'string');
  if (!cause) throw error;
  const { errorName, args } = decodeErrorResult({ abi, data: cause.data });
  console.log(`refused: ${errorName}(${args})`);
});
