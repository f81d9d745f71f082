import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { addressOf, toChecksumAddress, toHex } from '@wattchain/core';
import type { Command } from 'commander';
import { formatFields } from '../output.js';
import { addCommand } from '../program.js';
import { writeSecret } from '../secretFile.js';

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
      writeSecret(path, `${toHex(key)}\n`);
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
