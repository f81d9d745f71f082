import { readFile } from 'node:fs/promises';
import { WattchainError } from '@wattchain/core';

/** libp2p's file for the key of a private network, as other implementations write it, too. */
const NETWORK_KEY = /^\/key\/swarm\/psk\/1\.0\.0\/\r?\n\/base16\/\r?\n[0-9a-f]{64}\s*$/i;

/** The key that all nodes of a private network have, in the form in which its file has it. Errors: `badNetworkKey`. */
export async function readNetworkKey(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw badNetworkKey(path, 'cannot be read', cause);
  });
  if (!NETWORK_KEY.test(bytes.toString('latin1'))) throw badNetworkKey(path, 'is not the key of a private network');
  return new Uint8Array(bytes);
}

function badNetworkKey(path: string, problem: string, cause?: unknown): WattchainError {
  return new WattchainError('badNetworkKey', `p2p.pskPath: the file ${path} ${problem}`, {
    values: { path },
    hint: 'copy it again from another node of the network, for this node\'s user alone; "wattchain network-key" makes a new one',
    ...(cause === undefined ? {} : { cause }),
  });
}
