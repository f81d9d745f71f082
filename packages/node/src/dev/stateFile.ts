import { gunzipSync, gzipSync } from 'node:zlib';
import { fromHex, type Genesis, type GenesisJson, genesisToJson, parseGenesis, WattchainError } from '@wattchain/core';
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
const ENTRY = /^((?:[0-9a-f]{2})+) ((?:[0-9a-f]{2})*)$/;

/**
 * A state as bytes: gzip of a line of JSON (format, version, offset of time, genesis) and a line for each entry of the store, key
 * and value as hex, in the order of keys.
 */
export function encodeState({ genesis, offsetMs, entries }: DevelopmentState): Uint8Array {
  const head: StateHead = { format: FORMAT, version: VERSION, offsetMs, genesis: genesisToJson(genesis) };
  const lines = [...entries.values()].map(([key, value]) => `${hexOf(key)} ${hexOf(value)}`).sort();
  return gzipSync(`${[JSON.stringify(head), ...lines].join('\n')}\n`);
}

/** Reverse of {@link encodeState}. Throws `badState`, `badGenesis`; whether the entries are a chain shows when it is opened. */
export function decodeState(bytes: Uint8Array): DevelopmentState {
  let text: string;
  try {
    text = gunzipSync(bytes, { maxOutputLength: MAX_STATE_BYTES }).toString('utf8');
  } catch (cause) {
    throw badState('it is cut off, damaged or no gzip file', cause);
  }
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const { offsetMs, genesis } = parseHead(first);
  const entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  for (const [index, line] of lines.entries()) {
    const [, key, value] = ENTRY.exec(line) ?? [];
    if (key === undefined || value === undefined) throw badState(`line ${index + 2} is no entry`);
    const keyBytes = fromHex(`0x${key}`);
    entries.set(keyText(keyBytes), [keyBytes, fromHex(`0x${value}`)]);
  }
  return { genesis, offsetMs, entries };
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
