import {
  type Address,
  fromHex,
  type Hex,
  isHexOf,
  textToBytes,
  toChecksumAddress,
  toHex,
  WattchainError,
} from '@wattchain/core';
import type { Connection } from '../client.js';
import { participantAt } from '../testbed/participants.js';
import { formatBlockTime } from './energyOptions.js';

/** One byte of a word stays zero, so that a text is told from a hash. */
const MAX_LABEL_BYTES = 31;
/** What a terminal prints as it stands: labels on the chain come from others, so nothing that moves a cursor or turns text around. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** How meters, references and destinations are written, for `--help`. */
export const LABEL_FORMAT = 'text of at most 31 bytes, or 0x and 64 hexadecimal digits';

/**
 * The 32 bytes of a meter's id, a reference or a destination: text padded with zeros on the right, or hexadecimal digits as they are.
 * Errors: `badLabel`, with the text's size when it is too long.
 */
export function parseLabel(what: string, text: string): Hex {
  if (isHexOf(text.toLowerCase(), 32)) return text.toLowerCase() as Hex;
  const bytes = textToBytes(text);
  if (isLabel(text) && bytes.length <= MAX_LABEL_BYTES) return toHex(padded(bytes));
  const reason = bytes.length > MAX_LABEL_BYTES ? `has ${bytes.length} bytes` : 'is not one';
  throw new WattchainError('badLabel', `${what} is ${LABEL_FORMAT}, and "${text}" ${reason}`, {
    values: { what, text, bytes: bytes.length },
    hint: 'shorten the text, or give the hash of a longer one that you keep',
  });
}

/** The text of 32 bytes where there is one, else their digits; {@link parseLabel} takes back what this gives. */
export function formatLabel(word: Hex): string {
  const bytes = fromHex(word);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (end > MAX_LABEL_BYTES) return word;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    return isLabel(text) ? text : word;
  } catch {
    return word;
  }
}

/** Text that is printed as it is read: no unprintable character, no space at an end, nothing that looks like hexadecimal digits. */
function isLabel(text: string): boolean {
  return PRINTABLE.test(text) && text.trim() === text && !/^0x/i.test(text);
}

function padded(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes);
  return word;
}

/** An address as people read it: on a testbed the participant's name, else EIP-55. */
export function formatWho(connection: Connection, address: Address): string {
  const participant = connection.genesis.testbed ? participantAt(address.toLowerCase() as Address) : undefined;
  return participant === undefined
    ? toChecksumAddress(address.toLowerCase() as Address)
    : `testbed:${participant.name}`;
}

/** Sentences of the market library for people here: hexadecimal words as labels, addresses as names, moments by the community's clock. */
export function inWords(connection: Connection, text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, (instant) =>
      formatBlockTime(BigInt(Date.parse(instant)) / 1_000n, connection.clock),
    )
    .replace(/0x[0-9a-fA-F]{64}\b/g, (word) => quoted(formatLabel(word.toLowerCase() as Hex)))
    .replace(/0x[0-9a-fA-F]{40}\b/g, (address) => formatWho(connection, address as Address));
}

const quoted = (label: string) => (label.startsWith('0x') ? label : `"${label}"`);
