/** Signatures of meters and registrars, as a day's script carries them. */
import { fromHex, sign } from '@wattchain/core';
import { hashTypedData, type TypedData } from 'viem';
import { CONTRACT_ADDRESSES, keyOf, meaningOf } from './names.js';
import type { Json } from './script.js';

const TYPES = {
  Reading: [
    { name: 'meter', type: 'bytes32' },
    { name: 'number', type: 'uint32' },
    { name: 'periodStart', type: 'uint64' },
    { name: 'producedMwh', type: 'uint64' },
    { name: 'consumedMwh', type: 'uint64' },
  ],
  Correction: [
    { name: 'meter', type: 'bytes32' },
    { name: 'periodStart', type: 'uint64' },
    { name: 'correction', type: 'uint32' },
    { name: 'oldProducedMwh', type: 'uint64' },
    { name: 'oldConsumedMwh', type: 'uint64' },
    { name: 'newProducedMwh', type: 'uint64' },
    { name: 'newConsumedMwh', type: 'uint64' },
  ],
} as const;

/** What may be otherwise with a signature that is no good here. */
export interface Place {
  readonly chainId?: number;
  readonly contract?: string;
}

/** A person's signature over a reading or a correction, in two words. */
export function signed(
  primaryType: keyof typeof TYPES,
  message: Readonly<Record<string, string>>,
  person: string,
  { chainId = 77, contract = 'registry' }: Place = {},
): Json {
  const verifyingContract = CONTRACT_ADDRESSES[contract] as `0x${string}`;
  const values = Object.fromEntries(
    Object.entries(message).map(([key, value]) => [key, key === 'meter' ? meaningOf(value) : BigInt(value)]),
  );
  const digest = hashTypedData({
    domain: { name: 'Wattchain MeterRegistry', version: '1', chainId, verifyingContract },
    types: TYPES as unknown as TypedData,
    primaryType,
    message: values,
  });
  const { r, s, recovery } = sign(fromHex(digest), keyOf(person));
  const word = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  return { r: word(r), vs: word((BigInt(recovery) << 255n) | s) };
}
