/**
 * `string` and `bytes`: a text of up to 31 bytes is one word, its bytes at the left and twice its length in the last byte, which is
 * how solc stores short ones. A longer constant is a pointer to length and words in memory, times two plus one.
 */
import { bytesToBigInt } from '@wattchain/core';
import { selectorOf } from '@wattchain/vm';
import { allocateWords, storeMemory } from './memory.js';
import type { Routine } from './routine.js';

export const MAX_SHORT_BYTES = 31;
const WORD_BYTES = 32;

/** The words of a text's bytes, the last one filled up with zeros. */
export function textWords(bytes: Uint8Array): bigint[] {
  const words: bigint[] = [];
  for (let start = 0; start < bytes.length; start += WORD_BYTES) {
    const word = new Uint8Array(WORD_BYTES);
    word.set(bytes.subarray(start, start + WORD_BYTES));
    words.push(bytesToBigInt(word));
  }
  return words;
}

/** The word that stands for a short text. */
export function shortText(bytes: Uint8Array): bigint {
  return (textWords(bytes)[0] ?? 0n) | BigInt(2 * bytes.length);
}

/** ( -- text ) A constant text. */
export function pushText(r: Routine, bytes: Uint8Array): void {
  if (bytes.length <= MAX_SHORT_BYTES) {
    r.push(shortText(bytes));
    return;
  }
  const words = [BigInt(bytes.length), ...textWords(bytes)];
  r.scope(() => {
    allocateWords(r, words.length);
    const pointer = r.keep();
    for (const [i, word] of words.entries()) {
      r.push(word);
      storeMemory(r, r.plus(pointer, i));
    }
    r.get(pointer);
    r.push(1);
    r.op('SHL');
    r.push(1);
    r.op('OR');
  });
}

/** `StringTooLong()` */
const TOO_LONG_SELECTOR = selectorOf('StringTooLong()');

/** ( text -- text ) Fails with `StringTooLong()` unless the text is one word. */
export function requireShort(r: Routine): void {
  const fine = r.newLabel();
  r.op('DUP', 1);
  r.push(1);
  r.op('AND');
  r.jumpUnless(fine);
  failTooLong(r);
  r.mark(fine);
}

/** Fails with `StringTooLong()`. */
export function failTooLong(r: Routine): void {
  r.op('REVERT', TOO_LONG_SELECTOR, 0);
}

/** ( text -- length ) In bytes. */
export function pushTextLength(r: Routine): void {
  r.call(
    r.unit.subroutine('text length', 1, 1, (s) => {
      const [long, end] = [s.newLabel(), s.newLabel()];
      s.op('DUP', 1);
      s.push(1);
      s.op('AND');
      s.jumpIf(long);
      s.push(0xff);
      s.op('AND');
      s.push(1);
      s.op('SHR');
      s.jump(end);
      s.mark(long);
      s.push(1);
      s.op('SHR');
      s.op('MLOAD');
      s.mark(end);
    }),
  );
}
