// @ts-check
// A door for a power system: a program over JSON-RPC reads what meters reported, adds up what flows through the lines of a feeder period
// by period, compares it with limits out of a file, and with what the transformer's own meter counted. An emulator of a power system
// takes the same sums as its loads. Run beside "npm start" or "npx wattchain dev --market":
// node examples/10-couple-a-power-system.mjs [RPC address] [FEEDER.csv]
import { readFileSync } from 'node:fs';
import {
  formatInstant,
  formatKwh,
  GENESIS_ADDRESSES,
  getMarketTime,
  getRegistryRules,
  meterRegistryAbi,
  parseKwh,
  ratingOf,
  registerMeter,
  reportReadings,
} from '@wattchain/market';
import { createPublicClient, createWalletClient, defineChain, hexToString, http, toHex } from 'viem';
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
const { registryAddress } = GENESIS_ADDRESSES;
/** @param {Promise<`0x${string}`>} sending */
const included = async (sending) => client.waitForTransactionReceipt({ hash: await sending });

const { resolutionSeconds } = await getRegistryRules(client, { registryAddress });
const HOUR_SECONDS = 3_600n;
/** The energy of a period, mWh, at so many kW. @param {string} kw */
const energyOf = (kw) => (parseKwh(kw) * resolutionSeconds) / HOUR_SECONDS;
/** @param {bigint} energyMwh of a period */
const inKw = (energyMwh) => `${formatKwh((energyMwh * HOUR_SECONDS) / resolutionSeconds)} kW`;

// The file: a line of the feeder in each row, its limit, and the meters behind it.
const feederFile = process.argv[3] ?? new URL('./feeder.csv', import.meta.url);
const feeder = readFileSync(feederFile, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => {
    const [line = '', limit = '', meters = ''] = row.split(',');
    return { line, limit: energyOf(limit), meters: meters.trim().split(' ') };
  });

// What a community has anyway: meters and their readings of a period, here at a steady power. The transformer has a meter too, which
// counts what comes in (consumed) and goes out (produced). The roof claims 0.6 kW more than it made.
const suffix = `-${await client.getBlockNumber()}`;
const marketTime = await getMarketTime(client, { registryAddress });
const periodStart = marketTime - (marketTime % resolutionSeconds) + resolutionSeconds;
const reported = [
  { name: 'feeder-roof', producedMwh: energyOf('1.8'), consumedMwh: energyOf('0.3') },
  { name: 'feeder-house', producedMwh: 0n, consumedMwh: energyOf('1.9') },
  { name: 'feeder-flat', producedMwh: 0n, consumedMwh: energyOf('0.9') },
  { name: 'feeder-transformer', producedMwh: 0n, consumedMwh: energyOf('1.95') },
];
const [gateway, operator, household] = [signer(1), signer(5), signer(0).account.address];
for (const { name } of reported) {
  const ratingMwh = ratingOf(10_000n, resolutionSeconds);
  const meter = toHex(name + suffix, { size: 32 });
  const source = gateway.account.address;
  await included(registerMeter(operator, { registryAddress, meter, household, source, isDevice: false, ratingMwh }));
}
const readings = reported.map(({ name, producedMwh, consumedMwh }) => {
  return { meter: toHex(name + suffix, { size: 32 }), periodStart, number: 1n, producedMwh, consumedMwh };
});
const { blockNumber } = await included(reportReadings(gateway, { registryAddress, readings }));

// The door: readings come as events of the registry, by meter and period. `watchContractEvent` gives them as they arrive.
const events = await client.getContractEvents({
  address: registryAddress,
  abi: meterRegistryAbi,
  eventName: 'Reading',
  fromBlock: blockNumber,
  toBlock: blockNumber,
  strict: true,
});
/** What flows to each meter in each period, mWh: below 0 where more is made than used. @type {Map<bigint, Map<string, bigint>>} */
const flows = new Map();
for (const { args } of events) {
  const name = hexToString(args.meter, { size: 32 }).replace(suffix, '');
  const period = flows.get(args.periodStart) ?? new Map();
  flows.set(args.periodStart, period.set(name, args.consumedMwh - args.producedMwh));
}

/** @param {bigint} energyMwh */
const size = (energyMwh) => (energyMwh < 0n ? -energyMwh : energyMwh);
for (const [start, byMeter] of flows) {
  console.log(formatInstant(start));
  /** @param {string[]} meters */
  const sum = (meters) => meters.reduce((total, meter) => total + (byMeter.get(meter) ?? 0n), 0n);
  for (const { line, limit, meters } of feeder) {
    const flow = sum(meters);
    const verdict = size(flow) > limit ? `${inKw(size(flow) - limit)} beyond its limit` : 'within its limit';
    console.log(`  ${line}: ${inKw(flow)}, ${verdict}`);
  }
  // The balance: what meters say flows, and what the transformer counted. Losses are a few per cent; more is a wrong meter.
  const told = sum(feeder[0]?.meters ?? []);
  const counted = byMeter.get('feeder-transformer') ?? told;
  const missing = counted - told;
  const isLost = size(missing) * 20n <= size(counted);
  console.log(
    `  balance: meters tell ${inKw(told)}, the transformer counted ${inKw(counted)}: ${inKw(missing)} ${isLost ? 'lost in lines' : 'that no meter tells of'}`,
  );
}
