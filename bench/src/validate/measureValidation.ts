import { cpus } from 'node:os';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import {
  type Address,
  addressOf,
  assert,
  bytesEqual,
  fromHex,
  type Hash,
  keccak256,
  numberToBytes,
  type RecoverySource,
  recoverAddresses,
  recoverPublicKeyByNoble,
  sha256,
  sign,
  toHex,
} from '@wattchain/core';
import { median, medianRatio } from '../statistics.js';
import { measureBlocks, type TurnTimes } from './blockRates.js';
import { cpuRate, type RivalMeasure } from './rivals.js';

/** What `wattchain bench validate` says. */
export interface ValidationReport {
  readonly node: string;
  readonly cpu: string;
  readonly rounds: number;
  readonly rivals: readonly RivalMeasure[];
  /** Processor time between two turns of the event loop while full blocks are imported. */
  readonly turns: TurnTimes;
  /** Hash of every address and digest that was computed, and of the last block. */
  readonly checksum: Hash;
}

/** How long it takes. */
export interface ValidationExtent {
  readonly rounds: number;
  readonly signatures: number;
  readonly hashes: number;
  readonly blocks: { readonly rounds: number; readonly transactions: number };
}

/** Bytes of a transfer in its envelope, about. */
const TRANSFER_BYTES = 112;
/** Bytes of a record of the state's tree. */
const RECORD_BYTES = 65;
/** Noble recovers one for so many of ours, so that both take about as long. */
const NOBLE_SHARE = 16;

/** Something that is done `times` times; its result goes into the checksum. */
interface Work {
  readonly times: number;
  readonly run: () => Uint8Array;
}

interface Pair {
  readonly name: string;
  readonly measure: string;
  readonly ours: Work;
  readonly theirs: Work;
}

/**
 * Measures what validating spends its time on against the libraries that could do it, in turns in one run. Rates are per CPU second of this
 * process, because machines are shared.
 */
export async function measureValidation(
  extent: ValidationExtent,
  progress: (text: string) => void,
): Promise<ValidationReport> {
  const pairs = [...recoveryPairs(extent), ...hashPairs(extent)];
  const rates = pairs.map(() => ({ ours: [] as number[], theirs: [] as number[] }));
  const results = pairs.map(({ ours, theirs }) => [ours.run(), theirs.run()]);
  for (let round = 1; round <= extent.rounds; round++) {
    progress(`round ${round} of ${extent.rounds} …`);
    for (const [i, { ours, theirs }] of pairs.entries()) {
      rates[i]?.ours.push((await cpuRate(ours.times, ours.run))[1]);
      rates[i]?.theirs.push((await cpuRate(theirs.times, theirs.run))[1]);
    }
  }
  const blocks = await measureBlocks(extent.blocks, progress);
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    rounds: extent.rounds,
    rivals: [
      ...pairs.map(({ name, measure }, i) => {
        const { ours, theirs } = rates[i] as { ours: number[]; theirs: number[] };
        return { name, measure, ratio: medianRatio(ours, theirs), ours: median(ours), theirs: median(theirs) };
      }),
      ...blocks.rivals,
    ],
    turns: blocks.turns,
    checksum: toHex(sha256(...results.flat(), fromHex(blocks.head))),
  };
}

/** Senders of different transactions, and each alone; ours end as addresses, noble's as public keys. */
function recoveryPairs({ signatures }: ValidationExtent): Pair[] {
  const sources: RecoverySource[] = [];
  const senders: Address[] = [];
  for (let i = 0; i < signatures; i++) {
    const digest = keccak256(numberToBytes(i, 4));
    const key = sha256(digest);
    const { r, s, recovery } = sign(digest, key);
    sources.push({ digest, r, s, yParity: recovery });
    senders.push(addressOf(key));
  }
  const few = sources.slice(0, Math.ceil(signatures / NOBLE_SHARE));
  const checked = (addresses: readonly (Address | undefined)[]) => {
    assert(
      addresses.every((address, i) => address === senders[i]),
      'every sender is the one who signed',
    );
    return keccak256(...addresses.map((address) => new TextEncoder().encode(address)));
  };
  const theirs: Work = {
    times: few.length,
    run: () => keccak256(...few.map((source) => recoverPublicKeyByNoble(source) ?? new Uint8Array(0))),
  };
  return [
    {
      name: '@noble/secp256k1',
      measure: 'recover',
      ours: { times: signatures, run: () => checked(recoverAddresses(sources)) },
      theirs,
    },
    {
      name: '@noble/secp256k1',
      measure: 'recoverSingle',
      ours: { times: signatures, run: () => checked(sources.map((source) => recoverAddresses([source])[0])) },
      theirs,
    },
  ];
}

function hashPairs({ hashes }: ValidationExtent): Pair[] {
  const chain = (hash: (bytes: Uint8Array) => Uint8Array, length: number): Work => ({
    times: hashes,
    run: () => {
      const message = new Uint8Array(length);
      for (let i = 0; i < hashes; i++) message.set(hash(message));
      return message;
    },
  });
  const pairs = [
    { measure: 'keccak256', ours: chain(keccak256, TRANSFER_BYTES), theirs: chain(keccak_256, TRANSFER_BYTES) },
    { measure: 'sha256', ours: chain(sha256, RECORD_BYTES), theirs: chain(nobleSha256, RECORD_BYTES) },
  ];
  for (const { ours, theirs } of pairs) assert(bytesEqual(ours.run(), theirs.run()), 'both hash alike');
  return pairs.map((pair) => ({ name: '@noble/hashes', ...pair }));
}
