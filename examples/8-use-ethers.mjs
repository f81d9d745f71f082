// @ts-check
// The same with ethers and nothing of this project: balances, coins, the Energy Token as an ERC-20, events, confirmations.
// Run beside "npm start" or "npx wattchain dev --market": node examples/8-use-ethers.mjs [RPC address]
import { Contract, formatUnits, HDNodeWallet, isCallException, JsonRpcProvider, Mnemonic, parseEther } from 'ethers';
import { makeBlocks, requireTestAccounts, rpcUrl } from './node.mjs';

await requireTestAccounts();

// ethers keeps each answer for 250 ms; with blocks every second that may be the nonce from before the last one.
const options = { pollingInterval: 200, cacheTimeout: -1 };
const provider = new JsonRpcProvider(rpcUrl, undefined, options);
const mnemonic = Mnemonic.fromPhrase('lonely rebel farm seven waste vacant wet armed ghost uncle enter child');
/** @param {number} index */
const walletOf = (index) => HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${index}`).connect(provider);
const [seller, buyer] = [walletOf(0), walletOf(2)];

const { name, chainId } = await provider.getNetwork();
console.log(`network ${name}, chain ${chainId}, head ${await provider.getBlockNumber()}`);

const transfer = await buyer.sendTransaction({ to: seller.address, value: parseEther('0.5') });
const included = await transfer.wait();
console.log(`coins: ${included?.status === 1 ? 'success' : 'failed'} in block ${included?.blockNumber}`);

const bank = new Contract(
  '0xe000000000000000000000000000000000000002',
  ['function buy(uint256 leastTokens, uint64 until) payable returns (uint256)'],
  buyer,
);
const token = new Contract(
  '0xe000000000000000000000000000000000000001',
  [
    'function symbol() view returns (string)',
    'function balanceOf(address) view returns (uint256)',
    'function transfer(address, uint256) returns (bool)',
    'event Transfer(address indexed from, address indexed to, uint256 value)',
    'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  ],
  buyer,
);
// At least 1.9 tokens, within ten minutes of the newest block, or nothing.
const { timestamp = 0 } = (await provider.getBlock('latest')) ?? {};
await (await bank.getFunction('buy').send(parseEther('1.9'), timestamp + 600, { value: parseEther('2') })).wait();
const symbol = await token.getFunction('symbol').staticCall();
const before = await token.getFunction('balanceOf').staticCall(seller.address);
const sent = await token.getFunction('transfer').send(seller.address, parseEther('1.5'));
const receipt = await sent.wait();
const [event] = await token.queryFilter('Transfer', receipt?.blockNumber, receipt?.blockNumber);
if (event && 'args' in event)
  console.log(`Transfer ${event.args.from} -> ${event.args.to}: ${formatUnits(event.args.value)} ${symbol}`);
const after = await token.getFunction('balanceOf').staticCall(seller.address);
console.log(`the seller has ${formatUnits(after - before)} ${symbol} more`);

await makeBlocks(11);
const confirmed = await transfer.wait(12);
console.log(`the coins have ${await confirmed?.confirmations()} confirmations`);

try {
  await token.getFunction('transfer').staticCall(seller.address, parseEther('1000000'));
} catch (error) {
  if (!isCallException(error) || !error.revert) throw error;
  const [, balance, needed] = error.revert.args;
  console.log(`refused: ${error.revert.name}, ${formatUnits(balance)} of ${formatUnits(needed)} ${symbol}`);
}
provider.destroy();
