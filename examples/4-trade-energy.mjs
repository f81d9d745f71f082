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
  getTokenBalance,
  offerEnergy,
  offerIdOf,
  parseKwh,
  parseTokens,
  registerMeter,
  reportReadings,
  settlePeriod,
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
const { tokenAddress, bankAddress, tradeAddress } = GENESIS_ADDRESSES;

/** @param {Promise<`0x${string}`>} sending */
const included = async (sending) => client.waitForTransactionReceipt({ hash: await sending });

// A meter of its own for each run, read by the gateway.
const { number, timestamp } = await client.getBlock();
const meter = toHex(`example-${number}`, { size: 32 });
await included(
  registerMeter(operator, {
    tradeAddress,
    meter,
    household: seller.account.address,
    reporter: gateway.account.address,
  }),
);

// The buyer gets tokens for coins and lets the trade contract take what it will hold in escrow.
await included(buyTokens(buyer, { bankAddress, valueWei: parseTokens('20') }));
await included(approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: parseTokens('20') }));

// 1.2 kWh are offered for an hour, 0.9 kWh are taken, and only 0.6 kWh are delivered in the end.
const period = { meter, periodStart: timestamp - (timestamp % 3600n) + 3600n, periodSeconds: 3600n };
const offered = await included(
  offerEnergy(seller, {
    tradeAddress,
    ...period,
    energyMwh: parseKwh('1.2'),
    price: DEFAULT_PRICE,
    acceptUntil: timestamp + 3600n,
    settleBy: timestamp + 86_400n,
  }),
);
const offerId = offerIdOf(offered);
if (offerId === undefined) throw new TypeError('the offer was not made');
const accepted = await included(acceptOffer(buyer, { tradeAddress, offerId, energyMwh: parseKwh('0.9') }));
const tradeId = tradeIdOf(accepted);
if (tradeId === undefined) throw new TypeError('the trade was not made');
console.log(await explainTrade(client, { tradeAddress, tradeId }));

const reading = { ...period, number: 1n, producedMwh: parseKwh('1.0'), consumedMwh: parseKwh('0.4') };
await included(reportReadings(gateway, { tradeAddress, readings: [reading] }));
console.log(await explainTrade(client, { tradeAddress, tradeId }));

await included(settlePeriod(buyer, { tradeAddress, ...period, maxTrades: 10n }));
console.log(await explainTrade(client, { tradeAddress, tradeId }));
const tokens = await getTokenBalance(client, { tokenAddress, owner: seller.account.address });
console.log(`the seller now has ${formatTokens(tokens)} ENT`);
