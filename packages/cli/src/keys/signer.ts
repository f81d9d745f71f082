import { type Address, toHex, WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { type LocalAccount, privateKeyToAccount } from 'viem/accounts';
import type { Connection } from '../client.js';
import {
  findParticipant,
  PARTICIPANTS,
  type Participant,
  participantAccount,
  participantLike,
} from '../testbed/participants.js';
import { findKeyFile, keysDirectory, listKeyFiles, openKeyFile, refusePublished } from './keyFiles.js';
import { readPassphrase } from './passphrase.js';

/** Options of every command that signs. */
export interface SignerOptions {
  readonly from: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
}

const TESTBED_PREFIX = 'testbed:';

/** Adds the options that choose who signs. */
export function withSigner(command: Command): Command {
  return command
    .requiredOption('--from <key>', 'who signs: a key name, its address, or on a testbed testbed:node-1 and the like')
    .option('--keys <dir>', 'directory of key files (default: $WATTCHAIN_KEYS or ~/.wattchain/keys)')
    .option('--passphrase-file <file>', 'file with the passphrase (default: $WATTCHAIN_PASSPHRASE, else asked for)');
}

/** The account that signs. Errors: `unknownKey`, `wrongPassphrase`, `publishedKey` on a network that is not a testbed. */
export async function openSigner(options: SignerOptions, connection: Connection): Promise<LocalAccount> {
  if (options.from.startsWith(TESTBED_PREFIX))
    return testbedSigner(options.from.slice(TESTBED_PREFIX.length), connection);
  const directory = keysDirectory(options.keys);
  const slip = misnamed(options.from, directory);
  if (slip) throw slip;
  const key = findKeyFile(directory, options.from);
  refusePublishedOn(connection, key.address);
  const passphrase = await readPassphrase(options.passphraseFile, `Passphrase of ${key.name}: `);
  return privateKeyToAccount(toHex(openKeyFile(key, passphrase)));
}

/** The error for the bare name of a participant of the testbed, or a name in other case than a key's, where no key has that name. */
export function misnamed(name: string, directory: string): WattchainError | undefined {
  const keys = listKeyFiles(directory);
  if (keys.some((key) => key.name === name)) return undefined;
  const key = keys.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  const participant = participantLike(name);
  if (key === undefined && participant === undefined) return undefined;
  return new WattchainError('unknownKey', `"${name}" is no address, and there is no key of that name in ${directory}`, {
    values: { name, directory },
    hint: key
      ? `there is a key "${key.name}"`
      : `the testbed's ${participant?.name} is called ${TESTBED_PREFIX}${participant?.name}`,
  });
}

/** The participant of the testbed that is called so. Errors: `unknownKey`. */
export function requireParticipant(name: string): Participant {
  const participant = findParticipant(name);
  if (participant) return participant;
  const alike = participantLike(name);
  throw new WattchainError('unknownKey', `the testbed has no participant "${name}"`, {
    values: { name },
    hint: alike
      ? `it is called ${TESTBED_PREFIX}${alike.name}`
      : `its participants are ${PARTICIPANTS.map((each) => each.name).join(', ')}`,
  });
}

/** Refuses the testbed's accounts on every other network: they sign nothing there, and what they get is lost. Errors: `publishedKey`. */
export function refusePublishedOn({ genesis }: Connection, ...addresses: readonly Address[]): void {
  if (!genesis.testbed) addresses.forEach(refusePublished);
}

function testbedSigner(name: string, connection: Connection): LocalAccount {
  if (!connection.genesis.testbed) {
    throw new WattchainError(
      'publishedKey',
      `${TESTBED_PREFIX}${name} signs with a published key, and "${connection.genesis.name}" is not a testbed`,
      {
        values: { name, genesis: connection.genesis.hash },
        hint: 'make a key of your own with "wattchain account new NAME"',
      },
    );
  }
  return participantAccount(requireParticipant(name).name);
}
