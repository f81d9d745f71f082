import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { WattchainError } from '@wattchain/core';

const PEERS = fileURLToPath(new URL('../../peers/', import.meta.url));
/** Milliseconds for an installation, which downloads up to some hundred megabytes. */
const INSTALL_MS = 180_000;

/** Where npm links the newer Node.js. */
const NEW_NODE_BIN = join(PEERS, 'node24/node_modules/.bin');

/** A folder of bench/peers: packages of others, which are no part of the workspace. */
export type PeerName = 'anvil' | 'ethereumjs' | 'ganache' | 'hardhat' | 'node24' | 'tiny-secp256k1';

/** The folder of a peer. */
export function peerFolder(name: PeerName): string {
  return join(PEERS, name);
}

/** Whether npm has done all that it does: it writes this file last. */
export function isInstalled(name: PeerName): boolean {
  return existsSync(join(peerFolder(name), 'node_modules/.package-lock.json'));
}

/**
 * Installs what a peer's lock file names, unless that has been done.
 *
 * @throws WattchainError `benchPeer` when npm cannot
 */
export async function installPeer(name: PeerName, progress: (text: string) => void): Promise<void> {
  const cwd = peerFolder(name);
  // npm leaves out the native parts of Hardhat where they are not for the Node.js that it runs on itself.
  const bin = name === 'hardhat' ? [NEW_NODE_BIN] : [];
  if (bin.length > 0) await installPeer('node24', progress);
  if (isInstalled(name)) return;
  progress(`installing ${name} …`);
  try {
    // None of them needs its scripts: native parts come as files.
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd,
      timeout: INSTALL_MS,
      env: { ...process.env, PATH: [...bin, process.env.PATH].join(delimiter) },
    });
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    const reason = /npm error (?!code|errno)(.+)/.exec(stderr)?.[1] ?? message.split('\n')[0];
    throw new WattchainError('benchPeer', `"npm ci" in bench/peers/${name} failed: ${reason}`, { cause });
  }
}

/** Hardhat 3 needs Node.js 22 or newer; the registry has one for Linux, elsewhere the one that runs must do. */
export function newNode(): string {
  const path = join(NEW_NODE_BIN, 'node');
  return existsSync(path) ? path : process.execPath;
}

/** The address of a module of a peer, for `import()`. */
export function peerModule(name: PeerName, module: string): string {
  return pathToFileURL(createRequire(join(peerFolder(name), 'package.json')).resolve(module)).href;
}
