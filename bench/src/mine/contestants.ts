import { hash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, MIDSTATE_COUNT, POW_TAG, powBlock1, search, targetToWords } from '@wattchain/core';
import { createSHA256 } from 'hash-wasm';

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

/** Makes a contestant, by the fastest of its library's ways to hash the message (docs/mining.md, "Against others"). */
export async function makeContestant(kind: JsContestant): Promise<Contestant> {
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
function inBatches(
  digest: (headerNonce: number) => Uint8Array,
  hashOnly: (headerNonce: number) => unknown = digest,
): Contestant {
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
  return inBatches((nonce) => {
    setNonce(nonce);
    return midstate._cloneInto(copy).update(tail).digest();
  });
}

/** One call for the whole message: faster than a copied `Hash` object. A string is its fastest result. */
function makeNodeCrypto(): Contestant {
  const { bytes, setNonce } = makeMessage();
  const hashText = (nonce: number) => {
    setNonce(nonce);
    return hash('sha256', bytes, 'binary');
  };
  return inBatches((nonce) => Buffer.from(hashText(nonce), 'binary'), hashText);
}

/** The whole message: faster than to load the midstate as a saved state. */
async function makeHashWasm(): Promise<Contestant> {
  const { bytes, setNonce } = makeMessage();
  const hasher = await createSHA256();
  return inBatches((nonce) => {
    setNonce(nonce);
    return hasher.init().update(bytes).digest('binary');
  });
}
