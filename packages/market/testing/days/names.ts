/** Who and what is meant by the names of a day's script. */
import { type Address, addressOf, type Hex, ZERO_ADDRESS } from '@wattchain/core';
import { GENESIS_ADDRESSES } from '@wattchain/market';

/** People of every day: members of the council first, then the recovery key, households, gateway, stranger, devices, new keys. */
export const PEOPLE = Array.from({ length: 16 }, (_, i) => `p${i + 1}`);
export const RECOVERY = 'p5';
export const HOUSEHOLDS = ['p6', 'p7', 'p8'] as const;
export const GATEWAY = 'p9';
export const STRANGER = 'p10';
/** Keys of the meters m1, m2, m3 and m4. */
export const DEVICES = ['p11', 'p12', 'p13', 'p14'] as const;
export const NEW_KEYS = ['p15', 'p16'] as const;
export const METERS = ['m1', 'm2', 'm3', 'm4', 'm5'] as const;

/** Addresses of the contracts, by the names that acts use. */
export const CONTRACT_ADDRESSES: Readonly<Record<string, Address>> = {
  token: GENESIS_ADDRESSES.tokenAddress,
  bank: GENESIS_ADDRESSES.bankAddress,
  trade: GENESIS_ADDRESSES.tradeAddress,
  registry: GENESIS_ADDRESSES.registryAddress,
  council: GENESIS_ADDRESSES.councilAddress,
};

/** The private key of a person. */
export function keyOf(person: string): Uint8Array {
  return new Uint8Array(32).fill(Number(person.slice(1)));
}

const addresses = new Map<string, Address>([
  ...PEOPLE.map((person): [string, Address] => [person, addressOf(keyOf(person))]),
  ['p0', ZERO_ADDRESS],
  ...Object.entries(CONTRACT_ADDRESSES),
]);
const names = new Map([...addresses].map(([name, address]) => [address.toLowerCase(), name]));

/** Address of each person. */
export const ADDRESSES: Readonly<Record<string, string>> = Object.fromEntries(
  PEOPLE.map((person) => [person, addresses.get(person) ?? '']),
);

const word = (kind: bigint, number: bigint): Hex => `0x${((kind << 64n) | number).toString(16).padStart(64, '0')}`;

/** What a name means: an address or 32 bytes; any other text is what it is. */
export function meaningOf(text: string): string {
  const address = addresses.get(text);
  if (address !== undefined) return address;
  const [, kind, number] = /^([mr])(\d+)$/.exec(text) ?? [];
  if (kind === undefined || number === undefined) return text;
  return word(kind === 'r' && number !== '0' ? 0xeen : 0n, BigInt(number));
}

/** The name of a person or contract, or of 32 bytes where `kind` says what they are; else the text itself. */
export function nameOf(text: string, kind?: 'm' | 'r'): string {
  const name = names.get(text.toLowerCase());
  if (name !== undefined) return name;
  return kind !== undefined && text.length === 66 ? `${kind}${BigInt(text) & ((1n << 64n) - 1n)}` : text;
}
