import { type Address, toHex, WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { type LocalAccount, privateKeyToAccount } from 'viem/accounts';
import type { Connection } from '../client.js';
import { findParticipant, PARTICIPANTS, participantAccount } from '../testbed/participants.js';
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
  const misnamed = misnamedParticipant(options.from, directory);
  if (misnamed) throw misnamed;
  const key = findKeyFile(directory, options.from);
  refusePublishedOn(connection, key.address);
  const passphrase = await readPassphrase(options.passphraseFile, `Passphrase of ${key.name}: `);
  return privateKeyToAccount(toHex(openKeyFile(key, passphrase)));
}

/** The error for the bare name of a participant of the testbed, where no key has that name. */
export function misnamedParticipant(name: string, directory: string): WattchainError | undefined {
  if (findParticipant(name) === undefined || listKeyFiles(directory).some((key) => key.name === name)) return undefined;
  return new WattchainError('unknownKey', `"${name}" is no address, and there is no key of that name in ${directory}`, {
    values: { name, directory },
    hint: `the testbed's ${name} is called ${TESTBED_PREFIX}${name}`,
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
  const participant = findParticipant(name);
  if (!participant) {
    throw new WattchainError('unknownKey', `the testbed has no participant "${name}"`, {
      values: { name },
      hint: `its participants are ${PARTICIPANTS.map((candidate) => candidate.name).join(', ')}`,
    });
  }
  return participantAccount(participant.name);
}
