import { WattchainError } from '@wattchain/core';
import { parseCoins, parseKwh, parseTokens } from '@wattchain/market';
import { getAddress, type Hex, isAddress, stringToHex } from 'viem';

/** What a person typed, understood; or what is wrong with it, as a sentence for beside the field. */
export type Checked<T> = { readonly value: T } | { readonly problem: string };

interface AmountBounds {
  /** Whether nothing is an amount too. */
  readonly mayBeZero?: boolean;
  /** What there is, and what to say when somebody wants more. */
  readonly most?: { readonly value: bigint; readonly text: string };
}

/** An amount of tokens, in token units. */
export function readTokens(text: string, bounds: AmountBounds = {}): Checked<bigint> {
  return readAmount(text, parseTokens, 'ENT, for example 2.5', bounds);
}

/** An amount of coins, in wei. */
export function readCoins(text: string, bounds: AmountBounds = {}): Checked<bigint> {
  return readAmount(text, parseCoins, 'WATT, for example 0.5', bounds);
}

/** Energy in kWh, as mWh. */
export function readEnergy(text: string, bounds: AmountBounds = {}): Checked<bigint> {
  return readAmount(text, parseKwh, 'kWh, for example 1.5', bounds);
}

/** What a meter counted, in kWh, as mWh; it may be nothing. */
export function readCounted(text: string): Checked<bigint> {
  return readAmount(text, parseKwh, 'kWh, for example 1.5, or 0', { mayBeZero: true });
}

/** An account's address; `own` is refused, for sending to oneself is a slip. */
export function readAddress(text: string, own: Hex): Checked<Hex> {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Enter the address of the account that receives it.' };
  if (!/^0x[0-9a-fA-F]{40}$/.test(trimmed)) {
    return { problem: 'An address begins with 0x and has 40 letters a to f and digits after it.' };
  }
  if (!isAddress(trimmed)) {
    return { problem: 'The capital letters of this address do not fit: one of its characters is wrong.' };
  }
  if (BigInt(trimmed) === 0n) return { problem: "This address is nobody's: what is sent there is lost." };
  if (trimmed.toLowerCase() === own.toLowerCase()) return { problem: 'This is the address of this account itself.' };
  return { value: getAddress(trimmed) };
}

const MAX_LABEL_BYTES = 31;

/** A short text that fits a word of the chain: a destination of a payout. */
export function readLabel(text: string): Checked<Hex> {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Enter what the operator knows you by, such as the end of an account number.' };
  const bytes = new TextEncoder().encode(trimmed).length;
  if (bytes > MAX_LABEL_BYTES) return { problem: `This has ${bytes} bytes; at most ${MAX_LABEL_BYTES} fit.` };
  if (/\p{C}/u.test(trimmed)) return { problem: 'This has characters that cannot be shown.' };
  return { value: stringToHex(trimmed, { size: 32 }) };
}

/** A passphrase for a new key. */
export function readPassphrase(text: string): Checked<string> {
  return text.length < MIN_PASSPHRASE
    ? { problem: `A passphrase has at least ${MIN_PASSPHRASE} characters; this one has ${text.length}.` }
    : { value: text };
}
const MIN_PASSPHRASE = 8;

/** The value of a field that is right. */
export const understood = <T>(checked: Checked<T>): T | undefined => ('value' in checked ? checked.value : undefined);
/** What is wrong with a field. */
export const problemOf = (checked: Checked<unknown>): string | undefined =>
  'problem' in checked ? checked.problem : undefined;

function readAmount(
  text: string,
  parse: (text: string) => bigint,
  example: string,
  { most, mayBeZero = false }: AmountBounds,
): Checked<bigint> {
  if (text.trim() === '') return { problem: `Enter an amount in ${example}.` };
  let value: bigint;
  try {
    value = parse(text.trim());
  } catch (error) {
    if (!(error instanceof WattchainError)) throw error;
    return { problem: `${error.message}: ${error.hint}.` };
  }
  if (value === 0n && !mayBeZero) return { problem: 'Enter more than 0.' };
  if (most !== undefined && value > most.value) return { problem: most.text };
  return { value };
}
