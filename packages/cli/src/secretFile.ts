import { writeFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';

/**
 * Writes a secret that a node reads without a passphrase, so that its mode is all that guards it. Errors: `keyExists`,
 * `unwritableFile`.
 */
export function writeSecret(path: string, text: string): void {
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
