/** The file in which a developer's chain is kept from run to run. */
import { accessSync, constants, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Address, assert, StateJournal, WattchainError } from '@wattchain/core';
import type { DevelopmentNode } from '@wattchain/node';
import { parseWhole } from '../options.js';

/** Options that decide how a chain begins, and so nothing for a chain that goes on. */
export interface BeginningOptions {
  readonly mnemonic?: string;
  readonly accounts?: string;
  readonly balance?: string;
  readonly chainId?: string;
  readonly market?: boolean;
}

/** An account that the process signs for, and what it is called. */
interface NamedAddress {
  readonly name: string;
  readonly address: Address;
}

const WEI_PER_COIN = 10n ** 18n;
const MAX_COINS = 1_000_000_000_000;

/** `--chain-id`. Errors: `badNumber`. */
export function parseChainId(text: string): number {
  return parseWhole('--chain-id', text, 1, 2 ** 31 - 1);
}

/** `--balance`, in wei. Errors: `badNumber`. */
export function parseBalance(text: string): bigint {
  return BigInt(parseWhole('--balance', text, 0, MAX_COINS)) * WEI_PER_COIN;
}

/**
 * What was said of the beginning is true of the chain that was loaded, or the command would do something else than it was told.
 * Gives the names of accounts that neither began with coins there nor got any. Errors: `stateDiffers`, `stateWithoutMarket`.
 */
export function requireAgreement(
  options: BeginningOptions,
  { chain }: { readonly chain: Pick<DevelopmentNode['chain'], 'genesis' | 'head' | 'stateAt'> },
  accounts: readonly NamedAddress[],
): string[] {
  const { genesis } = chain;
  if (options.market === true) requireMarket(genesis);
  if (options.chainId !== undefined && parseChainId(options.chainId) !== genesis.chainId) {
    throw differs('--chain-id', options.chainId, `has ${genesis.chainId}`);
  }
  const reader = chain.stateAt(chain.head.hash);
  assert(reader !== undefined, 'the state of the head is there');
  const state = new StateJournal(reader);
  const began = new Map(Array.from(genesis.alloc, ({ address, balance }) => [address, balance]));
  const poor = accounts
    .filter(({ address }) => !began.has(address) && state.balance(address) === 0n)
    .map(({ name }) => name);
  for (const [option, given] of [
    ['--mnemonic', options.mnemonic],
    ['--accounts', options.accounts],
  ] as const) {
    if (given === undefined || poor.length === 0) continue;
    throw differs(option, given, `has no coins for ${poor.length} of these accounts`);
  }
  if (options.balance !== undefined) {
    const balanceWei = parseBalance(options.balance);
    const other = accounts.find(({ address }) => (began.get(address) ?? 0n) !== balanceWei);
    if (other) {
      throw differs(
        '--balance',
        options.balance,
        `began with ${(began.get(other.address) ?? 0n) / WEI_PER_COIN} coins`,
      );
    }
  }
  return poor;
}

function differs(option: string, given: string, what: string): WattchainError {
  return new WattchainError('stateDiffers', `${option} is "${given}", and the chain in the state file ${what}`, {
    values: { option, given },
    hint: `leave ${option} out, since a chain keeps what it began with, or name another file to begin anew`,
  });
}

/** A chain that was loaded has the contracts that it began with, and no others. Errors: `stateWithoutMarket`. */
function requireMarket({ contracts }: DevelopmentNode['chain']['genesis']): void {
  if (contracts.some(({ name }) => name === 'EnergyToken')) return;
  throw new WattchainError('stateWithoutMarket', 'the chain in the state file was begun without --market', {
    hint: "leave --market out, or name another file: contracts of a chain's genesis cannot be added later",
  });
}

/** The file to begin with, if there is one. Errors: `stateMissing`. */
export function readState({
  state,
  loadState,
}: {
  readonly state?: string;
  readonly loadState?: string;
}): { readonly state: Uint8Array } | undefined {
  const path = loadState ?? (state !== undefined && existsSync(state) ? state : undefined);
  if (path === undefined) return undefined;
  try {
    return { state: readFileSync(path) };
  } catch (cause) {
    throw new WattchainError('stateMissing', `the state file "${path}" cannot be read: ${(cause as Error).message}`, {
      values: { path },
      hint: 'give the file that --state or --dump-state of an earlier run wrote',
      cause,
    });
  }
}

/** Refuses a place where nothing can be saved at the start, before there is work to lose. Errors: `stateNotSaved`. */
export function requireWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw notSaved(path, cause);
  }
}

function notSaved(path: string, cause: unknown): WattchainError {
  return new WattchainError('stateNotSaved', `the state cannot be saved in "${path}": ${(cause as Error).message}`, {
    values: { path },
    hint: 'name a file in a folder that exists and is writable',
    cause,
  });
}

/** Writes a file so that it is there whole or as it was. Errors: `stateNotSaved`. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const unfinished = `${path}.part`;
  try {
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, path);
  } catch (cause) {
    throw notSaved(path, cause);
  }
}
