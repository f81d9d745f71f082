import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Address,
  addressOf,
  decryptKey,
  encryptKey,
  isPublishedAddress,
  parseAddress,
  toChecksumAddress,
  WattchainError,
} from '@wattchain/core';
import { makePrivateDirectory } from '../directory.js';

/** An encrypted key on this machine. */
export interface KeyFile {
  readonly name: string;
  readonly address: Address;
  readonly file: string;
}

/** Where key files are: `--keys`, else `WATTCHAIN_KEYS`, else `~/.wattchain/keys`. */
export function keysDirectory(option: string | undefined): string {
  return resolve(option ?? process.env.WATTCHAIN_KEYS ?? join(homedir(), '.wattchain', 'keys'));
}

/** Every key file in a directory, by name; files that are not key files are left out. */
export function listKeyFiles(directory: string): KeyFile[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      const path = join(directory, file);
      const address = addressIn(path);
      return address === undefined ? [] : [{ name: file.slice(0, -'.json'.length), address, file: path }];
    });
}

/** Files that look like key files by their name and are none. */
export function unreadableKeyFiles(directory: string): string[] {
  const known = new Set(listKeyFiles(directory).map(({ name }) => `${name}.json`));
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((file) => file.endsWith('.json') && !known.has(file));
}

function addressIn(path: string): Address | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const text = typeof content === 'object' && content !== null && 'address' in content ? content.address : undefined;
    if (typeof text !== 'string') return undefined;
    return parseAddress(text.startsWith('0x') ? text : `0x${text}`);
  } catch {
    return undefined;
  }
}

/** Encrypts a key into `<directory>/<name>.json`, readable by its owner only. Errors: `badName`, `keyExists`, `publishedKey`. */
export function writeKeyFile(directory: string, name: string, privateKey: Uint8Array, passphrase: string): KeyFile {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new WattchainError('badName', `"${name}" cannot name a key`, {
      hint: 'use up to 64 letters, digits, dots and dashes',
    });
  }
  const address = addressOf(privateKey);
  refusePublished(address);
  const file = join(directory, `${name}.json`);
  if (existsSync(file)) {
    throw new WattchainError('keyExists', `there is already a key named "${name}" in ${directory}`, {
      values: { file },
      hint: 'choose another name; key files are never overwritten',
    });
  }
  const entropy = { salt: randomBytes(32), iv: randomBytes(16), uuid: randomBytes(16) };
  const keystore = encryptKey(privateKey, passphrase, entropy);
  makePrivateDirectory(directory);
  writeFileSync(file, `${JSON.stringify(keystore)}\n`, { mode: 0o600, flag: 'wx' });
  return { name, address, file };
}

/** The key file that `nameOrAddress` means. Errors: `unknownKey`, with the names there are. */
export function findKeyFile(directory: string, nameOrAddress: string): KeyFile {
  const known = listKeyFiles(directory);
  const wanted = nameOrAddress.toLowerCase();
  const found = known.find((key) => key.name === nameOrAddress || key.address === wanted);
  if (found) return found;
  if (unreadableKeyFiles(directory).includes(`${nameOrAddress}.json`)) {
    throw new WattchainError('badKeystore', `${join(directory, nameOrAddress)}.json is not a key file`, {
      values: { nameOrAddress, directory },
      hint: 'it is damaged or something else: put a copy of the key file in its place',
    });
  }
  const names = known.map((key) => `${key.name} (${toChecksumAddress(key.address)})`);
  throw new WattchainError('unknownKey', `there is no key "${nameOrAddress}" in ${directory}`, {
    values: { nameOrAddress, directory },
    hint:
      names.length > 0
        ? `known are: ${names.join(', ')}`
        : 'make one with "wattchain account new NAME", or on a testbed use testbed:node-1 and the like',
  });
}

/** Copies a key's file, still encrypted, to where another wallet can take it. Errors: `unknownKey`, `unwritableFile`. */
export function exportKeyFile(directory: string, nameOrAddress: string, out: string): KeyFile {
  const key = findKeyFile(directory, nameOrAddress);
  const file = resolve(out);
  try {
    writeFileSync(file, readFileSync(key.file), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new WattchainError('unwritableFile', `${file} cannot be written: ${(cause as Error).message}`, {
      values: { file },
      hint: 'choose a file that does not exist yet, in a folder of yours',
      cause,
    });
  }
  return { ...key, file };
}

/** Opens a key file. Errors: `badKeystore`, `wrongPassphrase`. */
export function openKeyFile(key: KeyFile, passphrase: string): Uint8Array {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(key.file, 'utf8'));
  } catch (cause) {
    throw new WattchainError('badKeystore', `${key.file} is not a key file: it is not JSON`, {
      values: { file: key.file },
      cause,
    });
  }
  return decryptKey(content, passphrase);
}

/** Refuses the testbed's accounts: everybody knows their keys. */
export function refusePublished(address: Address): void {
  if (isPublishedAddress(address)) {
    throw new WattchainError(
      'publishedKey',
      `${toChecksumAddress(address)} belongs to the testbed's published mnemonic`,
      {
        values: { address },
        hint: 'everybody can sign for it: make a key of your own with "wattchain account new NAME"',
      },
    );
  }
}
