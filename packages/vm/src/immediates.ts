/** What stands behind an opcode in the code: the kinds of immediates, their bounds and their bytes. */
import { assert, bigIntToBytes, bytesToBigInt, concatBytes, textToBytes } from '@wattchain/core';
import { decodeText, MAX_TEXT_BYTES } from './abi.js';

/** The kinds; {@link IMMEDIATES} says what each is. */
export type ImmediateKind =
  | 'word'
  | 'text'
  | 'selector'
  | 'target'
  | 'subroutine'
  | 'count'
  | 'depth'
  | 'local'
  | 'head'
  | 'bits'
  | 'topic'
  | 'indexed';

/** `bigint` for a word and a topic, `string` for a text, `number` for the rest. */
export type ImmediateValue = bigint | string | number;

/** How a kind is written and what it may hold. */
export interface ImmediateForm {
  /** How many; 0 for words and texts, which state it in a byte of their own. */
  readonly bytes: number;
  /** Bounds of a number, or of the length of a word or text; a topic may be any word. */
  readonly min: number;
  readonly max: number;
  readonly prose: string;
}

/** Locals of a function or subroutine. */
export const LOCAL_COUNT = 64;
/** Most words on the stack of a function or subroutine, beside those of who called it within the frame. */
export const MAX_STACK_WORDS = 256;
/** Most indexed values of an event: with topic 0 they make the four topics that Ethereum's clients expect. */
export const MAX_INDEXED = 3;
const TOPIC_BYTES = 32;

/** Every kind with its form. */
export const IMMEDIATES: Readonly<Record<ImmediateKind, ImmediateForm>> = {
  word: {
    bytes: 0,
    min: 1,
    max: 32,
    prose: 'a constant: its length (1 to 32), then its bytes, no leading zero but for 0 itself',
  },
  text: { bytes: 0, min: 0, max: MAX_TEXT_BYTES, prose: 'a text: its length (at most 32), then its UTF-8 bytes' },
  selector: { bytes: 4, min: 0, max: 0xffffffff, prose: 'the first 4 bytes of a signature’s keccak256' },
  target: { bytes: 2, min: 0, max: 0xffff, prose: 'offset of an instruction from the start of the code, 2 bytes' },
  subroutine: { bytes: 2, min: 0, max: 0xffff, prose: 'number of a subroutine in the header, 2 bytes' },
  count: { bytes: 1, min: 0, max: 255, prose: 'a number of words' },
  depth: { bytes: 1, min: 1, max: 255, prose: 'a distance on the stack, from 1' },
  local: { bytes: 1, min: 0, max: LOCAL_COUNT - 1, prose: `number of a local, below ${LOCAL_COUNT}` },
  head: { bytes: 1, min: 0, max: 255, prose: 'index of a head word' },
  bits: { bytes: 1, min: 1, max: 255, prose: 'a number of bits, 1 to 255' },
  topic: { bytes: TOPIC_BYTES, min: 0, max: 0, prose: 'topic 0 of an event: the keccak256 of its signature, 32 bytes' },
  indexed: { bytes: 1, min: 0, max: MAX_INDEXED, prose: `a number of indexed values, at most ${MAX_INDEXED}` },
};

/** Bytes of one immediate; asserts its type and range. */
export function encodeImmediate(kind: ImmediateKind, value: ImmediateValue): Uint8Array {
  const content = encodeContent(kind, value);
  assert(content !== undefined && decodeImmediate(kind, content) === value, 'not of its kind of immediate', value);
  return IMMEDIATES[kind].bytes > 0 ? content : concatBytes(Uint8Array.of(content.length), content);
}

function encodeContent(kind: ImmediateKind, value: ImmediateValue): Uint8Array | undefined {
  if (typeof value === 'string') return kind === 'text' ? textToBytes(value) : undefined;
  if (kind === 'word' && typeof value === 'bigint') {
    return bigIntToBytes(value, Math.max(1, Math.ceil(value.toString(16).length / 2)));
  }
  return kind === 'text' ? undefined : bigIntToBytes(BigInt(value), IMMEDIATES[kind].bytes);
}

/** The value of an immediate's bytes, its length byte taken off; `undefined` when out of range or not the one form of its value. */
export function decodeImmediate(kind: ImmediateKind, content: Uint8Array): ImmediateValue | undefined {
  const { min, max } = IMMEDIATES[kind];
  if (kind === 'topic') return bytesToBigInt(content);
  const isSized = kind === 'word' || kind === 'text';
  const measure = isSized ? content.length : smallNumber(content);
  if (measure < min || measure > max) return undefined;
  if (kind === 'text') return decodeText(content);
  if (kind === 'word') return content[0] === 0 && content.length > 1 ? undefined : decodeWord(content);
  return measure;
}

/** A constant's bytes as a word. Most are short, and those need no detour through hex: code decodes three times as fast. */
function decodeWord(content: Uint8Array): bigint {
  return content.length <= 4 ? BigInt(smallNumber(content)) : bytesToBigInt(content);
}

/** At most 4 bytes as a number. */
function smallNumber(content: Uint8Array): number {
  let number = 0;
  for (const byte of content) number = number * 256 + byte;
  return number;
}
