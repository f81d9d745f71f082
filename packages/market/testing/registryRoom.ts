import { type Hex, numberToHex, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { compactSignature } from '../src/actions/registrySignatures.js';
import type { MeterReading } from '../src/actions/reportReadings.js';
import { correctionTypedData, type MeterCorrection } from '../src/actions/signCorrection.js';
import { readingTypedData } from '../src/actions/signReading.js';
import { GENESIS_ADDRESSES } from '../src/contracts/contracts.js';
import type { GenesisContractsOptions } from '../src/genesisContracts.js';
import { CHAIN_ID, MarketVm, operators, RESOLUTION, type TestAccount, testAccount } from './marketVm.js';

/** The n-th meter of the tests. */
export const meterId = (n: number): Hex => numberToHex(n, { size: 32 });
/** Most that the meters of the tests can show for a period, in mWh. */
export const RATING = 3_000_000n;
/** What the tests sign for, unless they say otherwise. */
export const PLACE = { registryAddress: GENESIS_ADDRESSES.registryAddress, chainId: CHAIN_ID };

/** The registrar, a household, the meter's key, its reporter where it has none, and somebody else. */
export const [registrar, otherRegistrar] = operators;
export const household = testAccount(3);
export const device = testAccount(4);
export const gateway = testAccount(5);
export const stranger = testAccount(6);

/** The time where the first period of the tests begins: their meters are registered in it. */
export const FIRST = 999_900n;

/** A registry with meter 1, which has a device key, and meter 2, whose readings `gateway` reports. */
export function registryRoom(rules: Partial<GenesisContractsOptions> = {}): MarketVm {
  const vm = new MarketVm(rules);
  register(vm, 1, device, true);
  register(vm, 2, gateway, false);
  return vm;
}

export function register(vm: MarketVm, n: number, source: TestAccount, isDevice: boolean): void {
  vm.send(registrar, 'registry', 'registerMeter', [meterId(n), household.address, source.address, isDevice, RATING]);
}

/** The reading number n of a meter, of the n-th period from {@link FIRST} on. */
export function readingOf(meter: number, n: number, changes: Partial<MeterReading> = {}): MeterReading {
  return {
    meter: meterId(meter),
    number: BigInt(n),
    periodStart: FIRST + BigInt(n - 1) * RESOLUTION,
    producedMwh: 1_900_000n,
    consumedMwh: 800_000n,
    ...changes,
  };
}

/** A reading as the contract takes it. */
export const asReported = (reading: MeterReading) => ({ ...reading, number: Number(reading.number) });

const accountOf = ({ privateKey }: TestAccount) => privateKeyToAccount(toHex(privateKey));

/** A reading with the signature of a key, as the contract takes it. */
export async function signedBy(key: TestAccount, reading: MeterReading, place = PLACE) {
  const signature = await accountOf(key).signTypedData(readingTypedData({ reading, ...place }));
  return { reading: asReported(reading), signature: compactSignature(signature) };
}

/** A key's signature of a correction, as the contract takes it. */
export async function correctionSignedBy(key: TestAccount, correction: MeterCorrection, place = PLACE) {
  return compactSignature(await accountOf(key).signTypedData(correctionTypedData({ correction, ...place })));
}

/** A correction as the contract takes it. */
export const asCorrected = (correction: MeterCorrection) => ({
  ...correction,
  correction: Number(correction.correction),
});

/** The arguments of `correct` with the signatures of two keys. */
export async function correctionOf(correction: MeterCorrection, source: TestAccount, by: TestAccount, place = PLACE) {
  return [
    asCorrected(correction),
    await correctionSignedBy(source, correction, place),
    await correctionSignedBy(by, correction, place),
  ] as const;
}

/** Moves the clock to the end of the n-th period from {@link FIRST} on. */
export function endPeriod(vm: MarketVm, n: number): void {
  vm.nowS = FIRST + BigInt(n) * RESOLUTION;
}

/** What markets see of a period: whether there is a reading, whether it is final, produced and consumed. */
export function seenOf(vm: MarketVm, meter: number, periodStart = FIRST): unknown[] {
  return vm.read<unknown[]>('registry', 'readingOf', [meterId(meter), periodStart]).slice(1);
}
