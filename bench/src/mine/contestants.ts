import { hash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, MIDSTATE_COUNT, POW_TAG, powBlock1, search, targetToWords } from '@wattchain/core';

/** A searcher of the puzzle in this thread. */
export interface Contestant {
  /** Makes a batch of tries that takes a few milliseconds at most; says how many. */
  run(): number;
  /** The digest for extra nonce 0 and this header nonce; `undefined` where the API gives solutions only. */
  digest?(headerNonce: number): Uint8Array;
}

/** Names of the contestants that run in a JavaScript thread. */
export const JS_CONTESTANTS = {
  kernel: 'Wattchain',
  noble: '@noble/hashes sha256',
  nodeCrypto: 'node:crypto hash()',
  hashWasm: 'hash-wasm sha256',
} as const;
export type JsContestant = keyof typeof JS_CONTESTANTS;

/** The template of the contest. */
export const CONTEST_SEAL_HASH = new Uint8Array(32);

/** Tries between two looks at the clock for the slow ones. */
const BATCH = 256;
/** Nobody finds a solution during the contest. */
const IMPOSSIBLE = targetToWords(1n);

/** Makes a contestant; `undefined` where its library is not installed. */
export async function makeContestant(kind: JsContestant): Promise<Contestant | undefined> {
  switch (kind) {
    case 'kernel':
      return makeKernel();
    case 'noble':
      return makeNoble();
    case 'nodeCrypto':
      return makeNodeCrypto();
    case 'hashWasm':
      return await makeHashWasm();
  }
}

/** The search as a mining thread calls it, polling of the stop word included. */
function makeKernel(): Contestant {
  const nonces = 32;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let nonce = 0;
  return {
    run() {
      const { tries } = search(CONTEST_SEAL_HASH, IMPOSSIBLE, 0n, MIDSTATE_COUNT, nonce, nonce + nonces, stop);
      nonce = (nonce + nonces) % 2 ** 31;
      return tries;
    },
  };
}

/** The message of 116 bytes, of which only the header nonce changes. */
function makeMessage() {
  const block1 = powBlock1(CONTEST_SEAL_HASH, 0n);
  const bytes = concatBytes(block1, POW_TAG, new Uint8Array(4));
  const view = new DataView(bytes.buffer);
  return { bytes, block1, tail: bytes.subarray(64), setNonce: (nonce: number) => view.setUint32(112, nonce) };
}

/** A contestant from one that hashes for a header nonce. */
function inBatches(digest: (headerNonce: number) => Uint8Array, hashOnly: (headerNonce: number) => unknown = digest) {
  let nonce = 0;
  return {
    digest,
    run() {
      for (let i = 0; i < BATCH; i++) hashOnly(nonce++);
      nonce %= 2 ** 31;
      return BATCH;
    },
  };
}

/** With its midstate, copied into one object that is used again and again. */
function makeNoble(): Contestant {
  const { block1, tail, setNonce } = makeMessage();
  const midstate = sha256.create().update(block1);
  const copy = midstate.clone();
  const output = new Uint8Array(32);
  return inBatches((nonce) => {
    setNonce(nonce);
    midstate._cloneInto(copy).update(tail).digestInto(output);
    return output;
  });
}

/** One call for the whole message: faster than a copied `Hash` object. Text is its fastest result. */
function makeNodeCrypto(): Contestant {
  const { bytes, setNonce } = makeMessage();
  const hashText = (nonce: number) => {
    setNonce(nonce);
    return hash('sha256', bytes);
  };
  return inBatches((nonce) => Buffer.from(hashText(nonce), 'hex'), hashText);
}

/** What is used of hash-wasm. */
interface HashWasm {
  createSHA256(): Promise<{
    init(): void;
    update(bytes: Uint8Array): void;
    digest(as: 'binary'): Uint8Array;
    save(): Uint8Array;
    load(state: Uint8Array): void;
  }>;
}

/** With its midstate as a saved state. */
async function makeHashWasm(): Promise<Contestant | undefined> {
  // A name that the compiler does not resolve: this rival is optional.
  const name: string = 'hash-wasm';
  const library = await import(name).then(
    (loaded) => loaded as HashWasm,
    () => undefined,
  );
  if (library === undefined) return undefined;
  const { block1, tail, setNonce } = makeMessage();
  const hasher = await library.createSHA256();
  hasher.init();
  hasher.update(block1);
  const midstate = hasher.save();
  return inBatches((nonce) => {
    setNonce(nonce);
    hasher.load(midstate);
    hasher.update(tail);
    return hasher.digest('binary');
  });
}
