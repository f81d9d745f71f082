import { bigIntToBytes, type Hex, toHex } from '@wattchain/core';

/** A number as Ethereum's JSON-RPC writes it: hex without leading zeros, `0x0` for zero. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

/** A number as exactly `length` bytes of hex. */
export function fixedHex(value: bigint | number, length: number): Hex {
  return toHex(bigIntToBytes(BigInt(value), length));
}
