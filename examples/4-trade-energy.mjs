// @ts-check
// A whole trade through the energy contracts: meter, offer, acceptance with escrow, reading, settlement, and the explanation of
// where it stands. Run beside "npm start" or "npx wattchain dev --market": node examples/4-trade-energy.mjs [RPC address]
import {
  acceptOffer,
  approveTokens,
  buyTokens,
  DEFAULT_PRICE,
  explainTrade,
  formatTokens,
  GENESIS_ADDRESSES,
  getMarketTime,
  getOffer,
  getRegistryRules,
  getTokenBalance,
  getTradeRules,
  limitBuying,
  listTrades,
  offerEnergy,
  offerIdOf,
  parseKwh,
  parseTokens,
  ratingOf,
  registerMeter,
  reportReadings,
  settleTrades,
  tradeIdOf,
} from '@wattchain/market';
import { createPublicClient, createWalletClient, defineChain, http, toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { requireTestAccounts, rpcUrl } from './node.mjs';

const chain = defineChain({
  id: await requireTestAccounts(),
  name: 'Wattchain',
  nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl] } },
});
const mnemonic = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';
/** @param {number} addressIndex */
const signer = (addressIndex) =>
  createWalletClient({ chain, transport: http(), account: mnemonicToAccount(mnemonic, { addressIndex }) });
const client = createPublicClient({ chain, transport: http(), pollingInterval: 200 });
const seller = signer(0);
const gateway = signer(1);
const buyer = signer(2);
const operator = signer(5);
const { tokenAddress, bankAddress, tradeAddress, registryAddress } = GENESIS_ADDRESSES;

/** @param {Promise<`0x${string}`>} sending */
const included = async (sending) => client.waitForTransactionReceipt({ hash: await sending });

// A meter of its own for each run, read by the gateway; its connection has 10 kW.
const { number, timestamp } = await client.getBlock();
const { resolutionSeconds } = await getRegistryRules(client, { registryAddress });
const meter = toHex(`example-${number}`, { size: 32 });
await included(
  registerMeter(operator, {
    registryAddress,
    meter,
    household: seller.account.address,
    source: gateway.account.address,
    isDevice: false,
    ratingMwh: ratingOf(10_000n, resolutionSeconds),
  }),
);

// The buyer gets tokens for coins, at worst 1 % fewer than the rate promises now, and lets the trade contract take what it will hold.
const purchase = { bankAddress, valueWei: parseTokens('20') };
await included(buyTokens(buyer, { ...purchase, ...(await limitBuying(client, purchase)) }));
await included(approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: parseTokens('20') }));

// 1.2 kWh are offered for the next period of market time, 0.9 kWh are taken, and only 0.6 kWh are delivered in the end.
const marketTime = await getMarketTime(client, { registryAddress });
const periodStart = marketTime - (marketTime % resolutionSeconds) + resolutionSeconds;
const { gridPrice } = await getTradeRules(client, { tradeAddress });
const offered = await included(
  offerEnergy(seller, {
    tradeAddress,
    meter,
    periodStart,
    energyMwh: parseKwh('1.2'),
    price: DEFAULT_PRICE,
    gridPrice,
    acceptUntil: timestamp + 3600n,
    settleBy: timestamp + 86_400n,
  }),
);
const offerId = offerIdOf(offered);
if (offerId === undefined) throw new TypeError('the offer was not made');
// An acceptance names the terms that it relies on: an offer with others under the same number would be refused.
const offer = await getOffer(client, { tradeAddress, offerId });
const accepted = await included(acceptOffer(buyer, { tradeAddress, offer, energyMwh: parseKwh('0.9') }));
const tradeId = tradeIdOf(accepted);
if (tradeId === undefined) throw new TypeError('the trade was not made');
console.log(await explainTrade(client, { tradeAddress, tradeId }));

const reading = { meter, periodStart, number: 1n, producedMwh: parseKwh('1.0'), consumedMwh: parseKwh('0.4') };
await included(reportReadings(gateway, { registryAddress, readings: [reading] }));
console.log(await explainTrade(client, { tradeAddress, tradeId }));

await included(settleTrades(buyer, { tradeAddress, tradeIds: [tradeId] }));
console.log(await explainTrade(client, { tradeAddress, tradeId }));
const tokens = await getTokenBalance(client, { tokenAddress, owner: seller.account.address });
console.log(`the seller now has ${formatTokens(tokens)} ENT`);

// Lists are read a page at a time, newest first; the contract says which entries are in a state. `next` goes on: `before: next`.
const { entries } = await listTrades(client, { tradeAddress, state: 'settled', limit: 3 });
console.log(`settled last: ${entries.map((trade) => `trade ${trade.tradeId}`).join(', ')}`);
