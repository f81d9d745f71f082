import { type Address, fromHex, type Hash } from '../bytes.js';
import { recoverAddress } from '../crypto/signers.js';
import { assert } from '../error.js';
import type { Genesis } from '../genesis.js';
import { decodeSeal } from '../keys.js';
import { MAX_LEAD_MS, MIN_LEAD_MS } from '../params.js';
import { nextActiveMs, nextTarget, workOf } from '../pow/difficulty.js';
import { meetsTarget } from '../pow/verify.js';
import type { HeaderFault, PlacementFault } from './fault.js';
import { blockHash } from './header.js';
import { appendToHistory } from './history.js';
import type { Header, HeaderRecord } from './types.js';

/**
 * Whether `header` may follow `parent`, whatever its body says. The work is checked first: until it stands, a header
 * costs its sender nothing. Time against the own clock is {@link validateLead}, because it changes as one waits. Who has the header's hash may give it.
 */
export function validateHeader(
  header: Header,
  parent: HeaderRecord,
  genesis: Genesis,
  hash: Hash = blockHash(header),
): HeaderFault | undefined {
  if (!meetsTarget(hash, header.target)) return { code: 'headerWork', got: hash, expected: header.target };
  if (header.parentHash !== parent.hash) {
    return { code: 'headerParent', got: header.parentHash, expected: parent.hash };
  }
  const target = nextTarget(genesis, parent);
  if (header.target !== target) return { code: 'headerTarget', got: header.target, expected: target };
  const height = parent.header.height + 1;
  if (header.height !== height) return { code: 'headerHeight', got: header.height, expected: height };
  const historyRoot = parent.history.top.hash;
  if (header.historyRoot !== historyRoot) {
    return { code: 'headerHistory', got: header.historyRoot, expected: historyRoot };
  }
  if (header.timestampMs <= parent.header.timestampMs) {
    return { code: 'headerTimestamp', got: header.timestampMs, expected: parent.header.timestampMs + 1 };
  }
  if (header.gasLimit !== genesis.blockGasLimit) {
    return { code: 'headerGasLimit', got: header.gasLimit, expected: genesis.blockGasLimit };
  }
  if (header.gasUsed > header.gasLimit) {
    return { code: 'headerGasUsed', got: header.gasUsed, expected: header.gasLimit };
  }
  return validateSeal(header, hash, genesis.miners);
}

/**
 * Whether `header` is too far ahead of a clock that shows `nowMs`: hold it and try again, its sender did nothing wrong.
 * On a development chain, where time is what the developer says, no header is.
 */
export function validateLead(header: Header, nowMs: number, genesis: Genesis): PlacementFault | undefined {
  if (genesis.development) return undefined;
  const latestMs = nowMs + maxLeadMs(genesis);
  if (header.timestampMs <= latestMs) return undefined;
  return { code: 'fromTheFuture', got: header.timestampMs, expected: latestMs };
}

/** Record of a header that {@link validateHeader} accepts after `parent`. Who has its hash may give it. */
export function recordOf(
  header: Header,
  parent: HeaderRecord,
  genesis: Genesis,
  hash: Hash = blockHash(header),
): HeaderRecord {
  assert(header.parentHash === parent.hash, 'a record stands on its own parent', parent.hash);
  const work = workOf(header.target);
  const activeMs = nextActiveMs(parent, header.timestampMs, genesis);
  const history = appendToHistory(parent.history, { hash, work, activeMs: activeMs - parent.activeMs });
  return { header, hash, totalWork: parent.totalWork + work, activeMs, history };
}

function validateSeal(header: Header, hash: Hash, miners: readonly Address[]): HeaderFault | undefined {
  const { minerSeal } = header;
  if (miners.length === 0) {
    if (minerSeal.length === 0) return undefined;
    return { code: 'headerSeal', detail: 'a seal, where genesis lists no miners' };
  }
  const signature = decodeSeal(minerSeal);
  if (signature === undefined) {
    return { code: 'headerSeal', detail: `no valid signature in a seal of ${minerSeal.length} bytes` };
  }
  const { r, s, recovery } = signature;
  const signer = recoverAddress(fromHex(hash), r, s, recovery);
  if (signer === undefined) return { code: 'headerSeal', detail: 'no key gives this seal' };
  return miners.includes(signer) ? undefined : { code: 'headerMiner', got: signer };
}

/** Milliseconds that a block's time may lead a node's clock. */
export function maxLeadMs({ blockIntervalMs }: Pick<Genesis, 'blockIntervalMs'>): number {
  return Math.min(MAX_LEAD_MS, Math.max(2 * blockIntervalMs, MIN_LEAD_MS));
}
