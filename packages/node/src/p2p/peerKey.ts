import './promiseWithResolvers.js';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPairFromSeed, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { WattchainError } from '@wattchain/core';
import type { Random } from '../runtime.js';

/**
 * The node's identity on the network: an Ed25519 key in `<dataDir>/peer.key` (libp2p's protobuf encoding, mode 0600),
 * made on the first start. It owns nothing. Errors: `badPeerKey`.
 */
export async function loadPeerKey(dataDir: string, random: Random): Promise<PrivateKey> {
  const path = join(dataDir, 'peer.key');
  const existing = await readIfThere(path);
  if (existing) return parsePeerKey(existing, path);
  const key = await createPeerKey(random);
  await mkdir(dataDir, { recursive: true });
  // Renamed into place, so that a crash leaves no half of a key behind.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, privateKeyToProtobuf(key), { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
  return key;
}

/** What a node with this key is called by its peers. */
export function peerIdOfKey(key: PrivateKey): string {
  return peerIdFromPrivateKey(key).toString();
}

/** A new identity. */
export function createPeerKey(random: Random): Promise<PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', random.bytes(32));
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new WattchainError('badPeerKey', `the peer key ${path} cannot be read`, {
      values: { path },
      hint: 'check who owns the file',
      cause,
    });
  }
}

function parsePeerKey(bytes: Uint8Array, path: string): PrivateKey {
  try {
    const key = privateKeyFromProtobuf(bytes);
    if (key.type === 'Ed25519') return key;
  } catch {
    // Reported below, with what to do.
  }
  throw new WattchainError('badPeerKey', `${path} is not an Ed25519 key of libp2p`, {
    values: { path, bytes: bytes.length },
    hint: 'delete the file to give the node a new identity; allow-lists of its peers must then name the new one',
  });
}
