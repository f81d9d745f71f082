/**
 * The trades that every benchmark of the chain makes: the market's contracts by their rules of today, households with meters and tokens, and
 * presigned offers, acceptances and transfers. What other machines run differs only in the code that their compiler made of the same sources.
 */
import {
  type Address,
  assert,
  concatBytes,
  contractAddress,
  EMPTY_BYTES,
  numberToBytes,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import { CONTRACT_ARTIFACTS } from '@wattchain/market';
import { DEVELOPMENT_MNEMONIC, type DevelopmentAccount, deriveAccounts } from '@wattchain/node';
import { type AbiEntry, type AbiInput, encodeArguments, encodeCall, selectorOf, signatureOfEntry } from '@wattchain/vm';

/** The contracts in the order in which they are deployed, so the places are those of the deployer's first transactions. */
export const TRADE_CONTRACTS = ['EnergyToken', 'Council', 'MeterRegistry', 'EnergyTrade'] as const;
export type TradeContract = (typeof TRADE_CONTRACTS)[number];
/** Deployment data without constructor arguments. */
export type TradeCodes = Readonly<Record<TradeContract, Uint8Array>>;

export const TRADE_CHAIN_ID = 31_337;
/** What every account of the workload begins with: a million coins. */
export const START_COINS = 10n ** 24n;
/** Households, each with a meter; transactions come from them in turns. */
const HOUSEHOLDS = 40;
/** The first of them are who sells, the others who buys. */
const SELLERS = 20;
/**
 * Transactions that a client sends at once. Servers may execute those of several accounts in another order than they stand in: of a group all offers are of one seller, and
 * acceptances take those of the group before.
 */
export const GROUP = 100;
const OFFERS_OF_GROUP = GROUP / 4;
/** Accounts that a network of the workload begins with: the households, and who runs bank and registry. */
export const TRADE_ACCOUNTS = HOUSEHOLDS + 1;
/** Accounts that transfers go to. */
const RECEIVERS = 1_000;
/** Above any base fee that full blocks lead to. */
const GAS_PRICE = 2_000n * 10n ** 9n;
/** Below the most that EIP-7825 lets a transaction have. */
const DEPLOY_GAS = 16_000_000;
/** Of every transaction: Anvil loses one for which a block has room while it has none for an earlier one of the same account. */
const GAS_LIMIT = 400_000;
const DAY = 86_400n;
const TOKEN = 10n ** 18n;
const UNLIMITED = 2n ** 256n - 1n;
const GRID_PRICE = 10n * TOKEN;
/** Most that a meter can show for a period, mWh. */
const RATING = 10n ** 10n;
const NO_METER = `0x${'00'.repeat(32)}`;
const PERIOD = 900n;

const accounts = (() => {
  let known: readonly DevelopmentAccount[] | undefined;
  return () => {
    known ??= deriveAccounts(DEVELOPMENT_MNEMONIC, TRADE_ACCOUNTS);
    return known;
  };
})();

/** Who begins with {@link START_COINS}. */
export function tradeAddresses(): readonly Address[] {
  return accounts().map(({ address }) => address);
}

const household = (index: number) => accounts()[index % HOUSEHOLDS] as DevelopmentAccount;
const indexOfSeller = (group: number) => (group + SELLERS) % SELLERS;
const sellerOf = (group: number) => household(indexOfSeller(group));
const operator = () => accounts()[HOUSEHOLDS] as DevelopmentAccount;
const seedOf = (text: string, index: number) => sha256(textToBytes(`wattchain bench ${text}`), numberToBytes(index, 4));
const meterOf = (index: number) => toHex(seedOf('meter', index % HOUSEHOLDS));
/** Nobody needs their keys. */
const receiverOf = (index: number): Address => toHex(seedOf('receiver', index % RECEIVERS).subarray(12));

/** Where a contract of the workload stands. */
export function placeOf(contract: TradeContract): Address {
  return contractAddress(operator().address, TRADE_CONTRACTS.indexOf(contract));
}

/** The data of a call. */
export function callData(contract: TradeContract, name: string, args: readonly AbiInput[]): Uint8Array {
  const abi = CONTRACT_ARTIFACTS[contract].abi as readonly AbiEntry[];
  const entry = abi.find((candidate) => candidate.type === 'function' && candidate.name === name);
  assert(entry?.type === 'function', `${contract} has a function ${name}`);
  return concatBytes(encodeCall(selectorOf(signatureOfEntry(entry)), []), encodeArguments(entry.inputs, args));
}

/** What a market needs before its first trade: contracts, meters, tokens, and offers for the first acceptances. To be executed in this order. */
export function setUpTransactions(codes: TradeCodes, startS: number): Transaction[] {
  const deployments = TRADE_CONTRACTS.map((contract, nonce) => {
    const abi = CONTRACT_ARTIFACTS[contract].abi as readonly AbiEntry[];
    const inputs = abi.find((entry) => entry.type === 'constructor')?.inputs ?? [];
    const data = concatBytes(codes[contract], encodeArguments(inputs, constructorArguments(contract)));
    return signed(operator(), { nonce, gasLimit: DEPLOY_GAS, to: null, data });
  });
  const people = Array.from({ length: HOUSEHOLDS }, (_, index) => {
    const { address } = household(index);
    const nonce = TRADE_CONTRACTS.length + 2 * index;
    const register = [meterOf(index), address, operator().address, false, RATING];
    return [
      call(operator(), nonce, 'EnergyToken', 'mint', [address, TOKEN ** 2n]),
      call(operator(), nonce + 1, 'MeterRegistry', 'registerMeter', register),
      call(household(index), 0, 'EnergyToken', 'approve', [placeOf('EnergyTrade'), UNLIMITED]),
    ];
  });
  const offers = Array.from({ length: OFFERS_OF_GROUP }, (_, i) => offer(startS, i - OFFERS_OF_GROUP, 1 + i));
  return [...deployments, ...people.flat(), ...offers];
}

function constructorArguments(contract: TradeContract): readonly AbiInput[] {
  const [other] = accounts();
  switch (contract) {
    case 'EnergyToken':
      return [operator().address];
    case 'Council':
      return [[operator().address, (other as DevelopmentAccount).address], household(1).address, 60n];
    case 'MeterRegistry':
      return [placeOf('Council'), [PERIOD, 0n, DAY, 0n]];
    case 'EnergyTrade':
      // Settled by the seller's meter, without bonds, as in the paper; offers reach far, because blocks a second apart run ahead of the clock.
      return [
        placeOf('EnergyToken'),
        placeOf('MeterRegistry'),
        placeOf('Council'),
        [0n, false, GRID_PRICE, 1_000n, 60n * DAY, -30n * DAY, 60n * DAY],
      ];
  }
}

/**
 * Signed transactions without end, for a market whose time is about `startS` (seconds) and which {@link setUpTransactions} has prepared: of four one is an offer, one
 * an acceptance and two are transfers of coins. They come in groups, see {@link GROUP}.
 */
export function* tradeTransactions(startS: number): Generator<Transaction, never> {
  const nonces = new Map<DevelopmentAccount, number>();
  for (let index = 0; ; index++) {
    const from = senderOf(index);
    // The first nonce of everybody is that of the approval, those after it of the seller of the group before the first.
    const nonce = nonces.get(from) ?? 1 + (from === sellerOf(-1) ? OFFERS_OF_GROUP : 0);
    nonces.set(from, nonce + 1);
    yield tradeTransaction(startS, index, from, nonce);
  }
}

function senderOf(index: number): DevelopmentAccount {
  if (index % 4 === 0) return sellerOf(Math.floor(index / GROUP));
  return index % 4 === 3 ? household(SELLERS + (Math.floor(index / 4) % (HOUSEHOLDS - SELLERS))) : household(index);
}

function tradeTransaction(startS: number, index: number, from: DevelopmentAccount, nonce: number): Transaction {
  // Pools that go by price have them in this order.
  const gasPrice = GAS_PRICE - BigInt(index);
  const round = Math.floor(index / 4);
  switch (index % 4) {
    case 0:
      return offer(startS, round, nonce, gasPrice);
    case 3: {
      const { id, from: seller, meter, periodStart, price, until, energy } = offerOf(startS, round - OFFERS_OF_GROUP);
      const terms = [id, seller.address, meter, periodStart, price, GRID_PRICE, ...until];
      return call(from, nonce, 'EnergyTrade', 'accept', [terms, energy / 2n, NO_METER], gasPrice);
    }
    default: {
      const { to, value } = transferOf(index);
      return signed(from, { nonce, gasLimit: GAS_LIMIT, to, value, gasPrice });
    }
  }
}

function offer(startS: number, round: number, nonce: number, gasPrice = GAS_PRICE): Transaction {
  const { from, meter, periodStart, price, until, energy } = offerOf(startS, round);
  const args = [meter, periodStart, energy, price, GRID_PRICE, ...until];
  return call(from, nonce, 'EnergyTrade', 'offer', args, gasPrice);
}

/** An offer; the contract numbers them in their order, of which the first group is made before the first trade. */
function offerOf(startS: number, round: number) {
  const group = Math.floor(round / OFFERS_OF_GROUP);
  const firstPeriod = (BigInt(startS) / PERIOD + 2n) * PERIOD;
  const periodStart = firstPeriod + PERIOD * BigInt(round - group * OFFERS_OF_GROUP);
  return {
    id: BigInt(round + OFFERS_OF_GROUP + 1),
    from: sellerOf(group),
    meter: meterOf(indexOfSeller(group)),
    periodStart,
    price: TOKEN + 10n ** 15n * BigInt((round + OFFERS_OF_GROUP) % 100),
    /** Open so long, and to be settled a day later. */
    until: [periodStart + 20n * DAY, periodStart + 21n * DAY] as const,
    energy: 2_000n + BigInt(toHex(seedOf('energy', round + OFFERS_OF_GROUP).subarray(0, 3))),
  };
}

function transferOf(index: number): { readonly to: Address; readonly value: bigint } {
  return { to: receiverOf(index), value: 1n + BigInt(toHex(seedOf('value', index).subarray(0, 3))) };
}

/** What must be so after the first `count` of the {@link tradeTransactions}: offers and trades made, and what each receiver has got. */
export function tradeResults(count: number): {
  readonly offers: bigint;
  readonly trades: bigint;
  readonly balances: ReadonlyMap<Address, bigint>;
} {
  const balances = new Map<Address, bigint>();
  for (let index = 0; index < count; index++) {
    if (index % 4 === 0 || index % 4 === 3) continue;
    const { to, value } = transferOf(index);
    balances.set(to, (balances.get(to) ?? 0n) + value);
  }
  return { offers: BigInt(Math.ceil(count / 4) + OFFERS_OF_GROUP), trades: BigInt(Math.floor(count / 4)), balances };
}

/** Signed transfers of tokens between the households, for a market that {@link setUpTransactions} has prepared and in which nothing else was done. */
export function tokenTransfers(count: number): Transaction[] {
  return Array.from({ length: count }, (_, index) => {
    const from = household(index);
    const nonce = 1 + (from === sellerOf(-1) ? OFFERS_OF_GROUP : 0) + Math.floor(index / HOUSEHOLDS);
    const to = household(index * 7 + 1).address;
    return call(from, nonce, 'EnergyToken', 'transfer', [to, 1n + BigInt(index)]);
  });
}

function call(
  from: DevelopmentAccount,
  nonce: number,
  contract: TradeContract,
  name: string,
  args: readonly AbiInput[],
  gasPrice = GAS_PRICE,
): Transaction {
  const data = callData(contract, name, args);
  return signed(from, { nonce, gasLimit: GAS_LIMIT, to: placeOf(contract), data, gasPrice });
}

interface Unsigned {
  readonly nonce: number;
  readonly gasLimit: number;
  readonly to: Address | null;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly gasPrice?: bigint;
}

function signed({ privateKey }: DevelopmentAccount, transaction: Unsigned): Transaction {
  const { value = 0n, data = EMPTY_BYTES, gasPrice = GAS_PRICE } = transaction;
  return signTransaction({ ...transaction, value, data, gasPrice, chainId: TRADE_CHAIN_ID }, privateKey);
}
