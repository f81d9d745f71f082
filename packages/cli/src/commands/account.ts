import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { toChecksumAddress, WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import {
  type KeyFile,
  keysDirectory,
  listKeyFiles,
  openKeyFile,
  parsePrivateKey,
  writeKeyFile,
} from '../keys/keyFiles.js';
import { readNewPassphrase, readPassphrase } from '../keys/passphrase.js';
import { formatTable } from '../output.js';
import { addCommand, addGroup } from '../program.js';
import { PARTICIPANTS, participantAccount } from '../testbed/participants.js';

interface KeysOptions {
  readonly keys?: string;
}
interface PassphraseOptions extends KeysOptions {
  readonly passphraseFile?: string;
}

const withKeys = (command: Command) =>
  command.option('--keys <dir>', 'directory of key files (default: $WATTCHAIN_KEYS or ~/.wattchain/keys)');
const withPassphrase = (command: Command) =>
  withKeys(command).option(
    '--passphrase-file <file>',
    'file with the passphrase (default: $WATTCHAIN_PASSPHRASE, else asked for)',
  );

const shown = (key: KeyFile) => ({ name: key.name, address: toChecksumAddress(key.address), file: key.file });

/** `wattchain account …`: encrypted key files on this machine. */
export function addAccountCommands(program: Command): void {
  const group = addGroup(program, 'account', 'keys on this machine: Web3 Secret Storage v3 files');

  addCommand<PassphraseOptions>(
    group,
    'new <name>',
    'make a key and encrypt it',
    withPassphrase,
    async (output, options, name) => {
      const passphrase = await readNewPassphrase(options.passphraseFile);
      const key = writeKeyFile(keysDirectory(options.keys), name as string, freshPrivateKey(), passphrase);
      output.result(shown(key), `${toChecksumAddress(key.address)}\n${key.file}`);
    },
  );

  addCommand<PassphraseOptions & { readonly file: string }>(
    group,
    'import <name>',
    'take over a key from a v3 key file or from a file with 64 hexadecimal digits',
    (command) =>
      withPassphrase(command).requiredOption('--file <file>', 'the file to read; keys are never given as arguments'),
    async (output, options, name) => {
      const { privateKey, passphrase } = await readForeignKey(options);
      const key = writeKeyFile(keysDirectory(options.keys), name as string, privateKey, passphrase);
      output.result(shown(key), `${toChecksumAddress(key.address)}\n${key.file}`);
    },
  );

  addCommand<KeysOptions & { readonly testbed?: boolean }>(
    group,
    'list',
    'show the keys of this machine',
    (command) => withKeys(command).option('--testbed', "show the testbed's published accounts instead"),
    async (output, options) => {
      if (options.testbed) return listTestbed(output.result);
      const directory = keysDirectory(options.keys);
      const keys = listKeyFiles(directory).map(shown);
      const rows = keys.map((key) => [key.name, key.address, key.file]);
      output.result(
        keys,
        rows.length > 0 ? formatTable([['name', 'address', 'file'], ...rows]) : `no keys in ${directory}`,
      );
    },
  );
}

function listTestbed(result: (value: unknown, text: string) => void): void {
  const accounts = PARTICIPANTS.map((participant) => ({
    key: `testbed:${participant.name}`,
    address: participantAccount(participant.name).address,
    machine: participant.machine,
    role: participant.role,
  }));
  const rows = accounts.map((account) => [account.key, account.address, account.machine, account.role]);
  result(accounts, formatTable([['key', 'address', 'machine', 'role'], ...rows]));
}

/** 32 random bytes; a number outside 1 … n−1 has a chance of 2^−128, and `writeKeyFile` would refuse it. */
function freshPrivateKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

async function readForeignKey(options: PassphraseOptions & { readonly file: string }) {
  let text: string;
  try {
    text = readFileSync(options.file, 'utf8');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `${options.file} cannot be read`, {
      values: { file: options.file },
      cause,
    });
  }
  if (!text.trimStart().startsWith('{')) {
    return { privateKey: parsePrivateKey(text), passphrase: await readNewPassphrase(options.passphraseFile) };
  }
  // The new file keeps the passphrase of the one it comes from.
  const passphrase = await readPassphrase(options.passphraseFile, `Passphrase of ${options.file}: `);
  const foreign = { name: options.file, address: '0x', file: options.file } as const;
  return { privateKey: openKeyFile(foreign, passphrase), passphrase };
}
