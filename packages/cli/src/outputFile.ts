import { writeFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';

/** Writes a file that a person named. Errors: `unwritableFile`. */
export function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new WattchainError('unwritableFile', `${file} cannot be written`, {
      values: { file },
      hint: 'check the path and who may write there',
      cause,
    });
  }
}
