/** Who lives in the simulated network: the same keys in every run, with coins from the genesis on. */
import { type Address, addressOf, type Hex, newBlockGasLimit, sha256, textToBytes } from '@wattchain/core';
import { deployForGenesis, GENESIS_ADDRESSES, TOKEN_UNIT } from '@wattchain/market';
import { numberToHex } from 'viem';

/** Somebody with a key. */
export interface Person {
  readonly name: string;
  readonly key: Uint8Array;
  readonly address: Address;
}

/** A home with a meter. */
export interface Household extends Person {
  readonly meter: Hex;
}

function person(name: string): Person {
  const key = sha256(textToBytes(`wattchain simulated person ${name}`));
  return { name, key, address: addressOf(key) };
}

function household(name: string, meter: number): Household {
  return { ...person(name), meter: numberToHex(meter, { size: 32 }) };
}

/** They sell what their roofs make. */
export const SELLERS: readonly Household[] = [1, 2, 3].map((n) => household(`seller ${n}`, 0xa0 + n));
/** They buy it. */
export const BUYERS: readonly Household[] = [1, 2, 3].map((n) => household(`buyer ${n}`, 0xb0 + n));
export const HOUSEHOLDS: readonly Household[] = [...SELLERS, ...BUYERS];
/** They move coins alone. */
export const PAYERS: readonly Person[] = [1, 2, 3, 4].map((n) => person(`payer ${n}`));
/** Council: registrars of the meters and operators of the bank. */
export const OPERATORS: readonly [Person, Person] = [person('operator 1'), person('operator 2')];
/** Reports the readings of all meters. */
export const GATEWAY: Person = person('gateway');
/** Settles what can be settled; anybody may. */
export const SETTLER: Person = person('settler');
/** Decides on changes of keys; nothing here changes one. */
const RECOVERY: Person = person('recovery');
export const EVERYBODY: readonly Person[] = [...HOUSEHOLDS, ...PAYERS, ...OPERATORS, GATEWAY, SETTLER];

/** Who can have Energy Tokens: households, and the contracts that hold them for others. */
export const TOKEN_HOLDERS: readonly Address[] = [
  ...EVERYBODY.map(({ address }) => address),
  GENESIS_ADDRESSES.tradeAddress,
  GENESIS_ADDRESSES.bankAddress,
];

/** Length of a metered period in seconds: short, so that a run of an hour has a dozen. */
export const PERIOD_S = 300;
/** How long a reading can be corrected, in seconds; then it is final. */
const CORRECTION_S = 60n;
/** The grid's price for 150 Wh. */
export const GRID_PRICE = 2n * TOKEN_UNIT;
/** Wei for a token. */
export const TOKEN_RATE_WEI = 10n ** 15n;
/** The most that a meter can show for a period. */
export const RATING_MWH = 5_000_000n;
/** Block interval of the simulated networks, milliseconds. */
export const INTERVAL_MS = 15_000;
const COINS = String(1_000n * 10n ** 18n);

let contracts: ReturnType<typeof deployForGenesis> | undefined;

/** What the genesis of a simulated network has beside the rules of its chain: coins, and the project's own contracts. */
export function peopledGenesis(): Record<string, unknown> {
  contracts ??= deployForGenesis({
    council: { members: OPERATORS.map(({ address }) => address), recoveryKey: RECOVERY.address },
    registry: { resolutionSeconds: BigInt(PERIOD_S), correctionSeconds: CORRECTION_S },
    // A period's energy can be offered until it begins.
    trade: { gridPrice: GRID_PRICE, gateSeconds: 0n },
    bank: { buyRateWei: TOKEN_RATE_WEI, redeemRateWei: TOKEN_RATE_WEI, attestationLimits: [] },
  });
  const alloc = Object.fromEntries(EVERYBODY.map(({ address }) => [address, { balance: COINS }]));
  return { alloc, contracts, blockGasLimit: newBlockGasLimit(INTERVAL_MS) };
}
