import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { fromHex, type Genesis, type GenesisJson, genesisToJson, parseGenesis, WattchainError } from '@wattchain/core';
import { nextTurn } from '../base/turn.js';
import { Heap } from '../mempool/heap.js';
import { keyText } from '../store/store.js';

/** A development chain as it stands: its network, all that its store holds, and how far its time is ahead of the clock's. */
export interface DevelopmentState {
  readonly genesis: Genesis;
  readonly offsetMs: number;
  /** Of a memory store: by key text, key and value. */
  readonly entries: Map<string, readonly [Uint8Array, Uint8Array]>;
}

/** The first line of a state. */
interface StateHead {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly offsetMs: number;
  readonly genesis: GenesisJson;
}

const FORMAT = 'wattchain development state';
const VERSION = 1;
/** Bytes of a state when unpacked; a chain of some hundred thousand blocks. */
const MAX_STATE_BYTES = 512 * 1_048_576;
/** Farther than any time that a developer may set. */
const MAX_OFFSET_MS = 2 ** 50;
/** Bytes that are packed, unpacked or read at once: less than a millisecond. */
const PIECE_BYTES = 65_536;
/** Keys that are put in order at once: a millisecond or two. */
const SORTED_AT_ONCE = 4_096;
const ENTRY = /^((?:[0-9a-f]{2})+) ((?:[0-9a-f]{2})*)$/;

/**
 * A state as bytes: gzip of a line of JSON (format, version, offset of time, genesis) and a line for each entry of the store, key
 * and value as hex, in the order of keys. Others get their turns in between; the entries must stay as they are until it is done.
 */
export async function encodeState(state: DevelopmentState): Promise<Uint8Array> {
  const packed: Uint8Array[] = [];
  await pipeline(textOf(state), createGzip({ chunkSize: PIECE_BYTES }), async (chunks) => {
    for await (const chunk of chunks) packed.push(chunk as Uint8Array);
  });
  return Buffer.concat(packed);
}

/** The text of a state in parts of moderate length. */
async function* textOf({ genesis, offsetMs, entries }: DevelopmentState): AsyncGenerator<string, void, undefined> {
  const head: StateHead = { format: FORMAT, version: VERSION, offsetMs, genesis: genesisToJson(genesis) };
  let text = `${JSON.stringify(head)}\n`;
  for await (const name of inOrder([...entries.keys()])) {
    const [key, value] = entries.get(name) ?? [];
    if (key && value) text += `${hexOf(key)} ${hexOf(value)}\n`;
    if (text.length < PIECE_BYTES) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Texts in order: parts of them are sorted, each in a turn of its own, and then merged. */
async function* inOrder(texts: readonly string[]): AsyncGenerator<string, void, undefined> {
  const parts = new Heap<{ readonly sorted: readonly string[]; readonly at: number }>(
    (a, b) => (a.sorted[a.at] ?? '') < (b.sorted[b.at] ?? ''),
  );
  for (let from = 0; from < texts.length; from += SORTED_AT_ONCE) {
    parts.push({ sorted: texts.slice(from, from + SORTED_AT_ONCE).sort(), at: 0 });
    await nextTurn();
  }
  for (let next = parts.pop(); next !== undefined; next = parts.pop()) {
    const { sorted, at } = next;
    yield sorted[at] as string;
    if (at + 1 < sorted.length) parts.push({ sorted, at: at + 1 });
  }
}

/**
 * Reverse of {@link encodeState}, in turns with others too. Throws `badState`, `badGenesis`; whether the entries are a chain shows when it is
 * opened.
 */
export async function decodeState(bytes: Uint8Array): Promise<DevelopmentState> {
  let head: Pick<DevelopmentState, 'genesis' | 'offsetMs'> | undefined;
  const entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  let number = 0;
  for await (const line of linesOf(bytes)) {
    number += 1;
    if (head === undefined) {
      head = parseHead(line);
      continue;
    }
    const [, key, value] = ENTRY.exec(line) ?? [];
    if (key === undefined || value === undefined) throw badState(`line ${number} is no entry`);
    const keyBytes = fromHex(`0x${key}`);
    entries.set(keyText(keyBytes), [keyBytes, fromHex(`0x${value}`)]);
  }
  return { ...(head ?? parseHead('')), entries };
}

/** The lines of packed text, without the empty one at the end. */
async function* linesOf(bytes: Uint8Array): AsyncGenerator<string, void, undefined> {
  const unpacked = createGunzip({ chunkSize: PIECE_BYTES });
  unpacked.setEncoding('utf8');
  unpacked.end(bytes);
  let length = 0;
  let begun: string[] = [];
  try {
    for await (const chunk of unpacked as AsyncIterable<string>) {
      length += chunk.length;
      if (length > MAX_STATE_BYTES) throw badState(`it has more than ${MAX_STATE_BYTES} bytes when unpacked`);
      const [first = '', ...others] = chunk.split('\n');
      begun.push(first);
      for (const other of others) {
        yield begun.join('');
        begun = [other];
      }
    }
  } catch (cause) {
    throw cause instanceof WattchainError ? cause : badState('it is cut off, damaged or no gzip file', cause);
  }
  const last = begun.join('');
  if (last !== '') yield last;
}

function parseHead(line: string): Pick<DevelopmentState, 'genesis' | 'offsetMs'> {
  let head: Partial<StateHead> | null;
  try {
    head = JSON.parse(line) as Partial<StateHead> | null;
  } catch (cause) {
    throw badState('its first line is not JSON', cause);
  }
  if (head?.format !== FORMAT || head.version !== VERSION) {
    throw badState(`it is not of the format "${FORMAT}", version ${VERSION}`);
  }
  const { offsetMs } = head;
  if (!Number.isSafeInteger(offsetMs) || Math.abs(offsetMs as number) > MAX_OFFSET_MS) {
    throw badState('its offset of time is no number of milliseconds');
  }
  const genesis = parseGenesis(head.genesis);
  if (!genesis.development) throw badState('its genesis is not that of a development chain');
  return { genesis, offsetMs: offsetMs as number };
}

function badState(detail: string, cause?: unknown): WattchainError {
  return new WattchainError('badState', `this is no state of a development chain: ${detail}`, {
    hint: 'use a file that "wattchain dev --state" or --dump-state wrote, or what anvil_dumpState answered',
    ...(cause === undefined ? {} : { cause }),
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
