import { TypedDataEncoder } from 'ethers';
import { type Hash, hashTypedData, keccak256, recoverTypedDataAddress, stringToHex, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { CHAIN_ID, CORRECTION_TIME, type MarketVm, NOTICE, RESOLUTION, testAccount } from '../../testing/marketVm.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { compactSignature } from './registrySignatures.js';
import type { SigningClient } from './transaction.js';

const { registryAddress } = GENESIS_ADDRESSES;
const PLACE = { registryAddress, chainId: CHAIN_ID };
const METER = keccak256(stringToHex('SN 4711'));
const device = privateKeyToAccount(toHex(testAccount(9).privateKey));
const registrar = privateKeyToAccount(toHex(testAccount(1).privateKey));

let vm: MarketVm;
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let gateway: SigningClient;
/** Start of the period in which the meters are registered. */
let start: bigint;

beforeEach(() => {
  ({ vm, operator, secondOperator, seller, gateway } = marketPeople());
  start = vm.nowS - (vm.nowS % RESOLUTION);
});

const succeed = async (hash: Promise<Hash>) =>
  expect((await getTransactionReceipt(operator, { hash: await hash })).status).toBe('success');

const source = (isDevice: boolean) => ({
  registryAddress,
  meter: METER,
  source: isDevice ? device.address : gateway.account.address,
  isDevice,
  ratingMwh: 3_000_000n,
});
const register = (isDevice: boolean) =>
  succeed(market.registerMeter(operator, { ...source(isDevice), household: seller.account.address }));
const reading = (number: bigint, changes: Partial<market.MeterReading> = {}): market.MeterReading => ({
  meter: METER,
  number,
  periodStart: start + (number - 1n) * RESOLUTION,
  producedMwh: 1_900_000n,
  consumedMwh: 828_388n,
  ...changes,
});
const named = (periodStart: bigint) => ({ registryAddress, meter: METER, periodStart });

describe('a meter', () => {
  it('is registered and read', async () => {
    await expect(market.getMeter(gateway, { registryAddress, meter: METER })).rejects.toMatchObject({
      code: 'unknownMeter',
    });
    await register(true);
    expect(await market.getMeter(gateway, { registryAddress, meter: METER })).toEqual({
      meter: METER,
      household: seller.account.address,
      source: device.address,
      isDevice: true,
      ratingMwh: 3_000_000n,
      lastNumber: 0n,
      readUntil: start,
    });
    expect(await market.getRegistryRules(gateway, { registryAddress })).toEqual({
      resolutionSeconds: RESOLUTION,
      correctionSeconds: CORRECTION_TIME,
      readingLeadSeconds: 0n,
      marketTimeOffset: 0n,
    });
    expect(await market.getMarketTime(gateway, { registryAddress })).toBe(vm.nowS);
  });

  it('gets another source with notice, which its household can stop', async () => {
    await register(false);
    const next = { ...source(true), ratingMwh: 5_000_000n };
    expect(await market.getAnnouncedSource(gateway, next)).toBeUndefined();
    await succeed(market.announceSource(operator, next));
    const announcedAt = vm.nowS;
    const { registryAddress: _, ...terms } = next;
    expect(await market.getAnnouncedSource(gateway, next)).toEqual({
      ...terms,
      announcedAt,
      announcedBy: 1,
      isConfirmed: false,
      inForceFrom: announcedAt + NOTICE,
      inForceUntil: announcedAt + 2n * NOTICE,
    });
    await expect(market.applySource(gateway, next)).rejects.toMatchObject({
      code: 'refused',
      message: 'this source can be brought into force from 1970-01-12T13:56:40Z until 1970-01-12T14:06:40Z',
    });
    await succeed(market.stopSource(seller, next));
    await succeed(market.announceSource(operator, next));
    await succeed(market.announceSource(secondOperator, next));
    await expect(market.stopSource(seller, next)).rejects.toMatchObject({ message: 'only a registrar may do this' });
    vm.nowS += NOTICE;
    await succeed(market.applySource(gateway, next));
    expect(await market.getMeter(gateway, { registryAddress, meter: METER })).toMatchObject({
      source: device.address,
      isDevice: true,
      ratingMwh: 5_000_000n,
    });
  });
});

describe('readings', () => {
  it('of a reporter go from awaited over correctable to final, in words', async () => {
    await register(false);
    vm.nowS = start + RESOLUTION;
    const explained = () => market.explainReading(gateway, named(start));
    expect(await explained()).toBe('No reading of this period has come yet.');
    await succeed(market.reportReadings(gateway, { registryAddress, readings: [reading(1n)] }));
    expect(await market.getReading(gateway, named(start))).toEqual({
      meter: METER,
      periodStart: start,
      periodEnd: start + RESOLUTION,
      state: 'correctable',
      producedMwh: 1_900_000n,
      consumedMwh: 828_388n,
      number: 1n,
      corrections: 0n,
      reportedAt: vm.nowS,
      finalFrom: vm.nowS + CORRECTION_TIME,
    });
    const figures = 'Reading 1: 1.900000 kWh produced and 0.828388 kWh consumed, reported at 1970-01-12T14:00:00Z.';
    expect(await explained()).toBe(
      `${figures} It can be corrected until 1970-01-12T15:00:00Z, by the source of the meter together with a registrar; then it is final.`,
    );
    vm.nowS += CORRECTION_TIME;
    expect(await explained()).toBe(`${figures} It is final.`);
  });

  it('that a device signs are brought by a gateway, with 65 or 64 bytes', async () => {
    await register(true);
    vm.nowS = start + 2n * RESOLUTION;
    const first = await market.signReading(device, { ...PLACE, reading: reading(1n) });
    const second = await market.signReading(device, { ...PLACE, reading: reading(2n) });
    const { r, vs } = compactSignature(second.signature);
    const short = { ...second, signature: `${r}${vs.slice(2)}` as const };
    await succeed(market.reportSignedReadings(gateway, { registryAddress, readings: [first, short] }));
    expect(await market.getMeter(gateway, { registryAddress, meter: METER })).toMatchObject({ lastNumber: 2n });
    await expect(market.reportSignedReadings(gateway, { registryAddress, readings: [first] })).rejects.toMatchObject({
      code: 'refused',
      message: 'there is no new reading',
    });
    for (const signature of ['0x', '0x1234', `0x${'ff'.repeat(65)}`, `0x${'12'.repeat(66)}`] as const) {
      await expect(
        market.reportSignedReadings(gateway, { registryAddress, readings: [{ ...first, signature }] }),
        signature,
      ).rejects.toMatchObject({ code: 'badMeterSignature' });
    }
  });

  it('are signed as EIP-712 says: another library gives the same digest', async () => {
    const typed = market.readingTypedData({ ...PLACE, reading: reading(1n) });
    const { domain, types, message } = typed;
    const asEthers = { ...types, Reading: [...types.Reading] };
    expect(TypedDataEncoder.hash(domain, asEthers, message)).toBe(hashTypedData(typed));
    const { signature } = await market.signReading(device, { ...PLACE, reading: reading(1n) });
    expect(await recoverTypedDataAddress({ ...typed, signature })).toBe(device.address);
  });
});

describe('corrections', () => {
  it('need device and registrar; a corrected reading says so', async () => {
    await register(true);
    vm.nowS = start + RESOLUTION;
    const signed = await market.signReading(device, { ...PLACE, reading: reading(1n) });
    await succeed(market.reportSignedReadings(gateway, { registryAddress, readings: [signed] }));
    const correction = {
      meter: METER,
      periodStart: start,
      correction: 0n,
      oldProducedMwh: 1_900_000n,
      oldConsumedMwh: 828_388n,
      newProducedMwh: 1_000_000n,
      newConsumedMwh: 828_388n,
    };
    const sourceSignature = await market.signCorrection(device, { ...PLACE, correction });
    const registrarSignature = await market.signCorrection(registrar, { ...PLACE, correction });
    const both = { registryAddress, correction, sourceSignature, registrarSignature };
    await expect(
      market.correctReading(gateway, { ...both, registrarSignature: sourceSignature }),
    ).rejects.toMatchObject({ message: 'no registrar has signed it' });
    await succeed(market.correctReading(gateway, both));
    expect(await market.explainReading(gateway, named(start))).toMatch(
      /^Reading 1: 1.000000 kWh produced and 0.828388 kWh consumed, reported at \S+, corrected once since\. It can be/,
    );
    await expect(market.correctReading(gateway, both)).rejects.toMatchObject({
      message: `the reading of meter ${METER} says 1.000000 kWh produced and 0.828388 kWh consumed (corrections so far: 1), not what is to be corrected`,
    });
  });

  it('bring what was skipped', async () => {
    await register(true);
    vm.nowS = start + 2n * RESOLUTION;
    const late = reading(1n, { periodStart: start + RESOLUTION });
    const signed = await market.signReading(device, { ...PLACE, reading: late });
    await succeed(market.reportSignedReadings(gateway, { registryAddress, readings: [signed] }));
    expect(await market.explainReading(gateway, named(start))).toMatch(/^This period was skipped/);
    const correction = {
      ...{ meter: METER, periodStart: start, correction: 0n, oldProducedMwh: 0n, oldConsumedMwh: 0n },
      ...{ newProducedMwh: 5n, newConsumedMwh: 0n },
    };
    const sourceSignature = await market.signCorrection(device, { ...PLACE, correction });
    const registrarSignature = await market.signCorrection(registrar, { ...PLACE, correction });
    await succeed(market.correctReading(gateway, { registryAddress, correction, sourceSignature, registrarSignature }));
    expect(await market.explainReading(gateway, named(start))).toMatch(/^A reading that came late: .*Z\. It can be/);
  });
});
