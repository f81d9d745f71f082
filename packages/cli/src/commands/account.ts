import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createMnemonic,
  MNEMONIC_ENTROPY_BYTES,
  parsePrivateKey,
  privateKeyOfMnemonic,
  toChecksumAddress,
  WattchainError,
} from '@wattchain/core';
import type { Command } from 'commander';
import {
  exportKeyFile,
  type KeyFile,
  keysDirectory,
  listKeyFiles,
  openKeyFile,
  unreadableKeyFiles,
  writeKeyFile,
} from '../keys/keyFiles.js';
import { readNewPassphrase, readPassphrase } from '../keys/passphrase.js';
import { parseWhole } from '../options.js';
import { formatTable, type Output, reportTable } from '../output.js';
import { addCommand, addGroup } from '../program.js';
import { PARTICIPANTS, participantAccount } from '../testbed/participants.js';

interface KeysOptions {
  readonly keys?: string;
}
interface PassphraseOptions extends KeysOptions {
  readonly passphraseFile?: string;
}
interface ImportOptions extends PassphraseOptions {
  readonly file?: string;
  readonly mnemonicFile?: string;
  readonly index: string;
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

  addCommand<PassphraseOptions & { readonly mnemonic?: boolean }>(
    group,
    'new <name>',
    'make a key and encrypt it',
    (command) =>
      withPassphrase(command).option('--mnemonic', 'make it from twelve words, shown once, to write on paper'),
    async (output, options, name) => {
      const passphrase = await readNewPassphrase(options.passphraseFile);
      const mnemonic = options.mnemonic ? createMnemonic(randomBytes(MNEMONIC_ENTROPY_BYTES)) : undefined;
      const privateKey = mnemonic === undefined ? freshPrivateKey() : privateKeyOfMnemonic(mnemonic);
      const key = writeKeyFile(keysDirectory(options.keys), name as string, privateKey, passphrase);
      const lines = [toChecksumAddress(key.address), key.file];
      if (mnemonic !== undefined) {
        lines.push('', mnemonic, '', 'Whoever has these words has the key. They are stored nowhere: write them down.');
      }
      output.result({ ...shown(key), ...(mnemonic === undefined ? {} : { mnemonic }) }, lines.join('\n'));
    },
  );

  addCommand<ImportOptions>(
    group,
    'import <name>',
    'take over a key from a v3 key file, from 64 hexadecimal digits, or from a mnemonic',
    (command) =>
      withPassphrase(command)
        .option('--file <file>', 'v3 key file, or a file with 64 hexadecimal digits; keys are never given as arguments')
        .option('--mnemonic-file <file>', 'file with the words of a BIP-39 mnemonic')
        .option('--index <n>', "which account of the mnemonic, m/44'/60'/0'/0/n", '0'),
    async (output, options, name) => {
      const { privateKey, passphrase } = await readForeignKey(options);
      const key = writeKeyFile(keysDirectory(options.keys), name as string, privateKey, passphrase);
      output.result(shown(key), `${toChecksumAddress(key.address)}\n${key.file}`);
    },
  );

  addCommand<KeysOptions & { readonly out: string }>(
    group,
    'export <name>',
    'copy a key, encrypted as it is, into a v3 file that other wallets take',
    (command) => withKeys(command).requiredOption('--out <file>', 'the file to write; it must not exist yet'),
    async (output, options, name) => {
      const key = exportKeyFile(keysDirectory(options.keys), name as string, options.out);
      output.result(shown(key), `${toChecksumAddress(key.address)}\n${key.file}`);
    },
  );

  addCommand<KeysOptions & { readonly testbed?: boolean }>(
    group,
    'list',
    'show the keys of this machine',
    (command) => withKeys(command).option('--testbed', "show the testbed's published accounts instead"),
    async (output, options) => {
      if (options.testbed) return listTestbed(output);
      const directory = keysDirectory(options.keys);
      const keys = listKeyFiles(directory).map(shown);
      const rows = keys.map((key) => [key.name, key.address, key.file]);
      for (const file of unreadableKeyFiles(directory)) output.progress(`${join(directory, file)} is not a key file`);
      reportTable(
        output,
        keys,
        rows.length > 0 ? formatTable([['name', 'address', 'file'], ...rows]) : `no keys in ${directory}`,
      );
    },
  );
}

function listTestbed(output: Output): void {
  const accounts = PARTICIPANTS.map((participant) => ({
    key: `testbed:${participant.name}`,
    address: participantAccount(participant.name).address,
    machine: participant.machine,
    role: participant.role,
  }));
  const rows = accounts.map((account) => [account.key, account.address, account.machine, account.role]);
  reportTable(output, accounts, formatTable([['key', 'address', 'machine', 'role'], ...rows]));
}

/** 32 random bytes; a number outside 1 … n−1 has a chance of 2^−128, and `writeKeyFile` would refuse it. */
function freshPrivateKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

async function readForeignKey(options: ImportOptions) {
  if ((options.file === undefined) === (options.mnemonicFile === undefined)) {
    throw new WattchainError('badOption', 'give either --file or --mnemonic-file', {
      hint: 'wattchain account import --help',
    });
  }
  if (options.mnemonicFile !== undefined) {
    const index = parseWhole('--index', options.index, 0, 2 ** 31 - 1);
    const privateKey = privateKeyOfMnemonic(readKeyText(options.mnemonicFile), index);
    return { privateKey, passphrase: await readNewPassphrase(options.passphraseFile) };
  }
  const file = options.file as string;
  const text = readKeyText(file);
  if (!text.trimStart().startsWith('{')) {
    return { privateKey: parsePrivateKey(text), passphrase: await readNewPassphrase(options.passphraseFile) };
  }
  // The new file keeps the passphrase of the one it comes from.
  const passphrase = await readPassphrase(options.passphraseFile, `Passphrase of ${file}: `);
  return { privateKey: openKeyFile({ name: file, address: '0x', file }, passphrase), passphrase };
}

function readKeyText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `${file} cannot be read`, { values: { file }, cause });
  }
}
