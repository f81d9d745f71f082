import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex, WattchainError } from '@wattchain/core';
import type { Random } from '../../runtime.js';

/** The file of the control token in a node's data directory. */
export const TOKEN_FILE = 'control.token';
/** The file of the token that opens the page from other machines. */
export const PAGE_TOKEN_FILE = 'page.token';
const TOKEN_BYTES = 32;

/**
 * A token: 64 hex digits from a file in the data directory, which is made when it is needed first and only its owner may
 * read. Errors: `badToken` (something else stands in the file), `tokenFile` (it cannot be read or written).
 */
export async function loadToken(
  dataDir: string,
  file: typeof TOKEN_FILE | typeof PAGE_TOKEN_FILE,
  random: Random,
): Promise<string> {
  const path = join(dataDir, file);
  try {
    const existing = await readToken(path);
    if (existing !== undefined) return existing;
    const token = toHex(random.bytes(TOKEN_BYTES)).slice(2);
    await mkdir(dataDir, { recursive: true });
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (cause) {
    if (cause instanceof WattchainError) throw cause;
    throw new WattchainError('tokenFile', `the token ${path} cannot be read or written`, {
      values: { path },
      hint: 'check who owns the data directory and that the disk is not full',
      cause,
    });
  }
}

async function readToken(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const token = text.trim();
  if (!/^[0-9a-f]{64}$/.test(token)) {
    throw new WattchainError('badToken', `${path} does not hold a token of 64 hexadecimal digits`, {
      values: { path },
      hint: 'delete the file: the node makes a new one at its next start',
    });
  }
  // A copied or restored data directory may have lost the mode.
  await chmod(path, 0o600);
  return token;
}
