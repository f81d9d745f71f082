/**
 * The only place of the page where keys are: a worker of its own, so that scrypt's seconds block nothing and no view can
 * reach a key. It forgets everything when the tab closes.
 */
import {
  addressOf,
  bigIntToBytes,
  createMnemonic,
  decryptKey,
  encryptKey,
  fromHex,
  type KeystoreV3,
  MNEMONIC_ENTROPY_BYTES,
  PUBLISHED_MNEMONIC,
  parsePrivateKey,
  privateKeyOfMnemonic,
  sign,
  toHex,
  WattchainError,
} from '@wattchain/core';
import type { Hex } from 'viem';
import type { KeyAnswer, KeyRequest } from './messages.js';

const unlocked = new Map<Hex, Uint8Array>();

addEventListener('message', ({ data }: MessageEvent<{ id: number; request: KeyRequest }>) => {
  postMessage({ id: data.id, answer: answer(data.request) });
});

function answer(request: KeyRequest): KeyAnswer {
  try {
    return answerOrThrow(request);
  } catch (error) {
    if (error instanceof WattchainError) {
      return { kind: 'failed', message: error.hint === undefined ? error.message : `${error.message}: ${error.hint}` };
    }
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function answerOrThrow(request: KeyRequest): KeyAnswer {
  switch (request.kind) {
    case 'create':
      return create(request.passphrase);
    case 'import':
      return keep(readSecret(request.secret, request.index, request.filePassphrase), request.passphrase);
    case 'openPublished': {
      const key = privateKeyOfMnemonic(PUBLISHED_MNEMONIC, request.index);
      return { kind: 'key', address: hold(key), file: undefined };
    }
    case 'unlock':
      return { kind: 'unlocked', address: hold(decryptKey(request.file, request.passphrase)) };
    case 'lock':
      if (request.address === undefined) unlocked.clear();
      else unlocked.delete(request.address);
      return { kind: 'locked' };
    case 'sign': {
      const key = unlocked.get(request.address);
      if (key === undefined) return { kind: 'failed', message: 'the key is locked: unlock it with its passphrase' };
      const { r, s, recovery } = sign(fromHex(request.hash), key);
      return { kind: 'signature', r: wordHex(r), s: wordHex(s), yParity: recovery };
    }
  }
}

function create(passphrase: string): KeyAnswer {
  const words = createMnemonic(random(MNEMONIC_ENTROPY_BYTES));
  return { ...keep(privateKeyOfMnemonic(words), passphrase), words };
}

/** Encrypts a key for storing and keeps it unlocked. */
function keep(key: Uint8Array, passphrase: string): KeyAnswer & { readonly kind: 'key' } {
  const file: KeystoreV3 = encryptKey(key, passphrase, { salt: random(32), iv: random(16), uuid: random(16) });
  return { kind: 'key', address: hold(key), file };
}

function hold(key: Uint8Array): Hex {
  const address = addressOf(key);
  unlocked.set(address, key);
  return address;
}

/** A private key from whatever a person has: the text of a v3 file, words, or hexadecimal digits. */
function readSecret(text: string, index: number, filePassphrase: string): Uint8Array {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    let file: unknown;
    try {
      file = JSON.parse(trimmed);
    } catch {
      throw new WattchainError('badKeyFile', 'this is no key file: it is not JSON');
    }
    return decryptKey(file, filePassphrase);
  }
  return /\s/.test(trimmed) ? privateKeyOfMnemonic(trimmed, index) : parsePrivateKey(trimmed);
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

const wordHex = (word: bigint): Hex => toHex(bigIntToBytes(word, 32));
