import { isDeepStrictEqual } from 'node:util';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import {
  commitState,
  encodeReceipt,
  genesisChanges,
  type Hash,
  MemoryKeyValues,
  runToEnd,
  sha256,
  TREE_PREFIX,
} from '@wattchain/core';
import { Group, groupDepth } from '../../../packages/core/src/state/treeGroup.js';
import { decodeState, encodeState } from '../../../packages/node/src/dev/stateFile.js';
import { seal, unseal } from '../../../packages/node/src/store/envelope.js';
import { crc32c, maskCrc } from '../../../packages/node/src/store/leveldb/crc32c.js';
import { readBatch, readLog, salvageLog } from '../../../packages/node/src/store/leveldb/logFile.js';
import { decompressSnappy } from '../../../packages/node/src/store/leveldb/snappy.js';
import { readTable } from '../../../packages/node/src/store/leveldb/tableFile.js';
import {
  decodeCommit,
  decodePlaces,
  decodeReceipts,
  decodeStoredHeader,
  decodeUndo,
  encodeCommit,
  encodeHeaderRecord,
  encodePlaces,
  encodeReceipts,
  encodeUndo,
} from '../../../packages/node/src/store/schema.js';
import { crowdedGenesis } from '../../../packages/node/testing/chainKit.js';
import { LINES } from '../structure.js';
import { mustHold, sameBytes, type Target, unlessRefused } from '../target.js';
import { blocks, developmentGenesis } from './fixtures.js';

const HASH: Hash = `0x${'ab'.repeat(32)}`;

/** Reads stored bytes and writes what was read again; `undefined` where that needs more than the bytes. */
type Rewrite = (bytes: Uint8Array) => Uint8Array | undefined;

/** The first byte of an input chooses; what follows is the stored value. */
const KINDS: readonly Rewrite[] = [
  (bytes) => {
    decodeStoredHeader(HASH, bytes);
    return undefined;
  },
  (bytes) => encodeReceipts(runToEnd(decodeReceipts(HASH, bytes)).map(encodeReceipt)),
  (bytes) => encodePlaces(decodePlaces(bytes)),
  (bytes) => encodeUndo(decodeUndo(HASH, bytes)),
  (bytes) => encodeCommit(decodeCommit(bytes)),
  // A commit record whose checksum is right.
  (bytes) => {
    const content = bytes.subarray(0, 100);
    encodeCommit(decodeCommit(Uint8Array.from([...content, ...sha256(content)])));
    return undefined;
  },
  // A value on the disk whose checksum is right: what is squeezed is unpacked.
  (bytes) => {
    const key = Uint8Array.of('b'.charCodeAt(0), 1);
    const checksum = crc32(bytes, crc32(key));
    const value = unseal(
      key,
      Uint8Array.from([...bytes, checksum >>> 24, (checksum >> 16) & 255, (checksum >> 8) & 255, checksum & 255]),
    );
    if (value === undefined) return undefined;
    const again = unseal(key, seal(key, value));
    mustHold(again !== undefined && sameBytes(again, value), 'a sealed value is another one when it is opened');
    return undefined;
  },
];

const withKind = (kind: number, bytes: Uint8Array) => Uint8Array.from([kind, ...bytes]);
const stripped = (sealed: Uint8Array) => sealed.subarray(0, sealed.length - 4);

/** A stored value is damage, or the one encoding of what was read of it. */
const stored: Target = {
  name: 'stored',
  inputsPerRound: 2_048,
  maxBytes: 2_048,
  seeds: () => [
    ...blocks().map(({ record }) => withKind(0, encodeHeaderRecord(record))),
    withKind(
      1,
      encodeReceipts([
        encodeReceipt({
          gasUsed: 1,
          failure: null,
          logs: [{ address: `0x${'aa'.repeat(20)}`, topics: [HASH], data: new Uint8Array(3) }],
        }),
      ]),
    ),
    withKind(
      2,
      encodePlaces([
        { height: 7, index: 0 },
        { height: 70_000, index: 300 },
      ]),
    ),
    withKind(
      3,
      encodeUndo([
        { key: Uint8Array.of(0x61, 1, 2), before: undefined },
        { key: Uint8Array.of(0x73, 1), before: new Uint8Array(200) },
      ]),
    ),
    withKind(4, encodeCommit({ height: 9, hash: HASH, stateRoot: HASH, previousHead: HASH })),
    withKind(5, encodeCommit({ height: 9, hash: HASH, stateRoot: HASH, previousHead: HASH })),
    ...[0, 10, 500].map((length) =>
      withKind(6, stripped(seal(Uint8Array.of('b'.charCodeAt(0), 1), new Uint8Array(length).fill(7)))),
    ),
  ],
  run: (input) => {
    const bytes = input.subarray(1);
    const rewrite = KINDS[(input[0] ?? 0) % KINDS.length] as Rewrite;
    return (
      unlessRefused(() => {
        const again = rewrite(bytes);
        mustHold(again === undefined || sameBytes(again, bytes), 'takes a stored value that is not the one it writes');
        return true;
      }) ?? false
    );
  },
};

function treeRecords(): Uint8Array[] {
  const reader = new MemoryKeyValues();
  const { writes } = commitState(reader, genesisChanges(crowdedGenesis()).changes);
  return writes.flatMap(({ key, value }) =>
    key[0] === TREE_PREFIX && value !== undefined ? [Uint8Array.from([groupDepth(key), ...value])] : [],
  );
}

/** A record of the state tree is damage, or slots that are written and read again as they were. The first byte is the depth. */
const treeRecord: Target = {
  name: 'treeRecord',
  inputsPerRound: 2_048,
  maxBytes: 4_096,
  seeds: () => treeRecords().slice(0, 12),
  run: (input) => {
    const depth = (input[0] ?? 0) & 0xfc;
    const path = new Uint8Array(32);
    const slots = unlessRefused(() => new Group(depth, path, input.slice(1)).slots);
    if (slots === undefined) return false;
    const written = new Group(depth, path);
    for (const [index, slot] of slots.entries()) written.replace(index, slot);
    const again = new Group(depth, path, written.encode()).slots;
    mustHold(isDeepStrictEqual(again, slots), 'slots are others when they are written and read again');
    return true;
  },
};

/** Bytes of a block of a table, with type and checksum behind it. */
function tableBlock(content: readonly number[], type: number): number[] {
  const bytes = Uint8Array.from([...content, type]);
  const crc = maskCrc(crc32c(bytes));
  return [...bytes, crc & 255, (crc >>> 8) & 255, (crc >>> 16) & 255, crc >>> 24];
}

/** A table of two blocks, of which the second is the index: `type, size of the first, the first, the index`. */
function tableOf(input: Uint8Array): Uint8Array {
  const [type = 0, size = 0] = input;
  const first = [...input.subarray(2, 2 + size)];
  const data = tableBlock(first, type & 1);
  const index = [...input.subarray(2 + size)];
  const meta = tableBlock([0, 0, 0, 0], 0);
  const handles = [...varint(data.length), ...varint(4), ...varint(data.length + meta.length), ...varint(index.length)];
  const footer = [
    ...handles,
    ...new Array<number>(Math.max(0, 40 - handles.length)).fill(0),
    0x57,
    0xfb,
    0x80,
    0x8b,
    0x24,
    0x75,
    0x47,
    0xdb,
  ];
  return Uint8Array.from([...data, ...meta, ...tableBlock(index, 0), ...footer]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

/** Readers of LevelDB's files by the first byte of an input. */
const FILES: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => decompressSnappy(bytes, 'a block'),
  (bytes) => readBatch(bytes),
  (bytes) => readLog(bytes).records.length,
  (bytes) => salvageLog(bytes).records.length,
  (bytes) => readTable(bytes, () => {}),
  (bytes) => readTable(tableOf(bytes), () => {}),
];
/** Key `k`, value `vvv`, no restarts. */
const ENTRY = [0, 9, 3, 0x6b, 1, 0, 0, 0, 0, 0, 0, 0, 0x76, 0x76, 0x76, 0, 0, 0, 0];

/** A file of LevelDB is read as far as it goes, or is damage. */
const levelFiles: Target = {
  name: 'levelFiles',
  inputsPerRound: 2_048,
  maxBytes: 4_096,
  seeds: () => [
    Uint8Array.from([0, 6, 4, 0x61, 0x62, 0x12, 2, 0]),
    Uint8Array.from([1, ...new Array<number>(7).fill(1), 0, 1, 0, 0, 0, 1, 1, 0x6b, 1, 0x76]),
    Uint8Array.from([2, ...new Array<number>(7).fill(0)]),
    Uint8Array.from([3, ...new Array<number>(40).fill(0)]),
    Uint8Array.from([4, ...tableOf(Uint8Array.from([0, ENTRY.length, ...ENTRY, ...ENTRY]))]),
    Uint8Array.from([5, 0, ENTRY.length, ...ENTRY, 0, 9, 2, 0x6b, 1, 0, 0, 0, 0, 0, 0, 0, 0, ENTRY.length, 0, 0, 0, 0]),
    Uint8Array.from([5, 1, 7, 6, 4, 0x61, 0x62, 0x12, 2, 0, 0, 9, 2, 0x6b, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0]),
  ],
  run: (input) => {
    const read = FILES[(input[0] ?? 0) % FILES.length] as (typeof FILES)[number];
    return unlessRefused(() => [read(input.subarray(1))]) !== undefined;
  },
};

/** A saved development chain is refused, or it is the one that is saved of it. */
const developmentState: Target = {
  name: 'developmentState',
  inputsPerRound: 64,
  maxBytes: 8_192,
  structure: LINES,
  seeds: async () => {
    const entries = new Map([
      ['01', [Uint8Array.of(1), Uint8Array.of(2, 3)] as const],
      ['0102', [Uint8Array.of(1, 2), new Uint8Array(0)] as const],
    ]);
    return [new Uint8Array(gunzipSync(await encodeState({ genesis: developmentGenesis(), offsetMs: 5, entries })))];
  },
  run: async (input) => {
    // What begins as gzip is taken as it is.
    const packed = input[0] === 0x1f ? input : new Uint8Array(gzipSync(input));
    const state = await decodeState(packed).catch((error: unknown) => {
      unlessRefused(() => {
        throw error;
      });
      return undefined;
    });
    if (state === undefined) return false;
    const again = await decodeState(await encodeState(state));
    mustHold(
      again.entries.size === state.entries.size &&
        again.genesis.hash === state.genesis.hash &&
        again.offsetMs === state.offsetMs,
      'a state is another one when it is saved again',
    );
    return true;
  },
};

export const STORED_TARGETS: readonly Target[] = [stored, treeRecord, levelFiles, developmentState];
