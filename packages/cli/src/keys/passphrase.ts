import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { WattchainError } from '@wattchain/core';

/** Shortest passphrase for a new key file: scrypt slows guessing down, it does not help a four-letter word. */
export const MIN_PASSPHRASE_LENGTH = 8;

/**
 * The passphrase of a key file: from `file`, else from `WATTCHAIN_PASSPHRASE`, else asked for at the terminal without echo;
 * never from the arguments, which other users of the machine can read. Errors: `noPassphrase`, `unreadableFile`.
 */
export async function readPassphrase(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return fromFile(file);
  const fromEnvironment = process.env.WATTCHAIN_PASSPHRASE;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (!process.stdin.isTTY) {
    throw new WattchainError('noPassphrase', 'a passphrase is needed and there is no terminal to ask at', {
      hint: 'give --passphrase-file FILE or set WATTCHAIN_PASSPHRASE',
    });
  }
  return askHidden(question);
}

/** A passphrase for a new key file, asked for twice at a terminal. Errors: `weakPassphrase`, `passphraseMismatch`. */
export async function readNewPassphrase(file: string | undefined): Promise<string> {
  const passphrase = await readPassphrase(file, 'New passphrase: ');
  if (passphrase.length < MIN_PASSPHRASE_LENGTH) {
    throw new WattchainError(
      'weakPassphrase',
      `the passphrase has ${passphrase.length} characters, fewer than ${MIN_PASSPHRASE_LENGTH}`,
      {
        hint: 'choose a longer one, a few words for instance',
      },
    );
  }
  const asked = file === undefined && process.env.WATTCHAIN_PASSPHRASE === undefined;
  if (asked && (await askHidden('Repeat it: ')) !== passphrase) {
    throw new WattchainError('passphraseMismatch', 'the two passphrases differ', { hint: 'try again' });
  }
  return passphrase;
}

function fromFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new WattchainError('unreadableFile', `the passphrase file ${file} cannot be read`, {
      values: { file },
      hint: 'check the path and its permissions',
      cause,
    });
  }
}

async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve) => terminal.question('', resolve));
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
