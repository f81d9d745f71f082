import type { Pieces } from '@wattchain/core';
import { CHARACTERS_PER_PIECE, MAX_RESPONSE_BYTES } from '../limits.js';
import { RpcError, serverError } from './rpcError.js';

/**
 * The value of JSON text whose arrays and objects nest at most `maxDepth` deep, which is counted before anything is built.
 * Keys such as `__proto__` become plain own properties, and nothing here or later copies by assignment, so they are harmless.
 * Throws −32700.
 */
export function parseJson(text: string, maxDepth: number): unknown {
  if (nestingDepth(text) > maxDepth) {
    throw new RpcError('rpcParse', `the request nests more than ${maxDepth} arrays and objects`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new RpcError('rpcParse', `the request is not JSON: ${reason.slice(0, 160)}`);
  }
}

/** How deep brackets nest outside of strings; for text that is not JSON some number, which its parser will refuse anyway. */
function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (char === '[' || char === '{') {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (char === ']' || char === '}') {
      depth--;
    }
  }
  return deepest;
}

/**
 * JSON text of plain data, as `JSON.stringify` writes it: short text at once, longer in pieces and as UTF-8, since a text of 25 MB would take a
 * fifth of a second to join and to encode. Throws −32000 once there are more than `maxCharacters`, before the rest is written.
 */
export function* writeJson(value: unknown, maxCharacters: number): Pieces<string | Buffer[]> {
  const chunks: Buffer[] = [];
  let parts: string[] = [];
  let characters = 0;
  let written = 0;
  const add = (text: string) => {
    parts.push(text);
    characters += text.length;
    if (characters <= maxCharacters) return;
    throw serverError(
      `the answer, with those before it in its batch, has more than ${MAX_RESPONSE_BYTES} bytes: ask for less at once`,
    );
  };
  function* rest(): Pieces<void> {
    if (characters - written <= CHARACTERS_PER_PIECE) return;
    written = characters;
    chunks.push(Buffer.from(parts.join('')));
    parts = [];
    yield;
  }
  function* writeText(text: string): Pieces<void> {
    add('"');
    for (let from = 0; from < text.length; ) {
      let end = Math.min(text.length, from + CHARACTERS_PER_PIECE);
      // The two halves of one character are escaped when they stand alone.
      if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1;
      add(JSON.stringify(text.slice(from, end)).slice(1, -1));
      yield* rest();
      from = end;
    }
    add('"');
  }
  function* write(part: unknown): Pieces<void> {
    yield* rest();
    if (isShort(part)) {
      add(JSON.stringify(part) ?? 'null');
      return;
    }
    if (typeof part !== 'object' || part === null) {
      yield* writeText(String(part));
      return;
    }
    const isList = Array.isArray(part);
    let separator = isList ? '[' : '{';
    for (const [key, inner] of isList ? part.entries() : Object.entries(part)) {
      if (!isList && inner === undefined) continue;
      add(isList ? separator : `${separator}${JSON.stringify(key)}:`);
      separator = ',';
      yield* write(inner);
    }
    add(separator === ',' ? (isList ? ']' : '}') : isList ? '[]' : '{}');
  }
  yield* write(value);
  const last = parts.join('');
  return chunks.length === 0 ? last : [...chunks, Buffer.from(last)];
}

/** Whether plain data has text that is written in one go. */
function isShort(part: unknown): boolean {
  return roomAfter(part, CHARACTERS_PER_PIECE) >= 0;
}

/** Room for about as many characters as are left when plain data has its own; negative as soon as there are none. */
function roomAfter(part: unknown, room: number): number {
  if (typeof part === 'string') return room - part.length;
  if (typeof part !== 'object' || part === null) return room - 1;
  let left = room - 1;
  if (Array.isArray(part)) {
    for (let i = 0; i < part.length && left >= 0; i++) left = roomAfter(part[i], left);
    return left;
  }
  for (const [name, inner] of Object.entries(part)) {
    left = roomAfter(inner, left - name.length);
    if (left < 0) break;
  }
  return left;
}
