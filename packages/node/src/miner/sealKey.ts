import { readFileSync } from 'node:fs';
import { type Address, addressOf, fromHex, type Genesis, isHexOf, WattchainError } from '@wattchain/core';

/**
 * Reads the key that seals blocks: a file with 32 bytes as hex text, `0x` in front or not.
 * Throws `badSealKey`, also when genesis does not list the key's address.
 */
export function readSealKey(path: string, genesis: Genesis): Uint8Array {
  const key = parseSealKey(path);
  const address: Address = addressOf(key);
  if (!genesis.miners.includes(address)) {
    throw badSealKey(path, `its address ${address} is not among the miners of genesis`, { address });
  }
  return key;
}

function parseSealKey(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw badSealKey(path, 'it cannot be read', { cause });
  }
  const hex = text.startsWith('0x') ? text : `0x${text}`;
  if (!isHexOf(hex, 32)) throw badSealKey(path, 'it does not hold 32 bytes as hexadecimal text');
  const key = fromHex(hex);
  try {
    addressOf(key);
  } catch (cause) {
    throw badSealKey(path, 'it is not a key of the curve', { cause });
  }
  return key;
}

function badSealKey(path: string, detail: string, { cause, ...values }: Record<string, unknown> = {}): WattchainError {
  return new WattchainError('badSealKey', `the sealing key "${path}" cannot be used: ${detail}`, {
    values: { path, ...values },
    hint: 'set mine.sealKeyPath to the key of one of the miners that genesis lists',
    ...(cause === undefined ? {} : { cause }),
  });
}
