import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { addressOf, toChecksumAddress, toHex, WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { formatFields } from '../output.js';
import { addCommand } from '../program.js';

const KEY_BYTES = 32;

/** `wattchain seal-key FILE`: the key with which a node seals its blocks, where genesis lists the miners. */
export function addSealKeyCommand(program: Command): void {
  addCommand(
    program,
    'seal-key <file>',
    "make a sealing key for a miner's node, for networks whose genesis lists the miners; it owns nothing",
    (command) => command,
    async (output, _options, file = '') => {
      const path = resolve(file);
      const key = new Uint8Array(randomBytes(KEY_BYTES));
      const address = toChecksumAddress(addressOf(key));
      write(path, `${toHex(key)}\n`);
      output.result(
        { file: path, address },
        formatFields([
          ['sealing key', path],
          ['address', address],
          ['next', `wattchain init --sealer ${address} … --seal-key ${file}`],
        ]),
      );
    },
  );
}

/** A node reads it without a passphrase, so its mode is all that guards it. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new WattchainError(
      exists ? 'keyExists' : 'unwritableFile',
      exists ? `there is already a file ${path}` : `the file ${path} cannot be written`,
      {
        values: { path },
        hint: exists ? 'choose another name; keys are never overwritten' : 'check the path and who may write there',
        cause,
      },
    );
  }
}
