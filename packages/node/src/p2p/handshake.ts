import type { Genesis, HeaderRecord } from '@wattchain/core';
import type { HandshakeFault } from './faultPolicy.js';
import { P2P_VERSION } from './limits.js';
import type { Status } from './messages.js';

/** What a node says of itself: its network, the head that it claims, its software and its clock. */
export function statusOf(genesis: Genesis, head: HeaderRecord, agent: string, timeMs: number): Status {
  return {
    version: P2P_VERSION,
    genesisHash: genesis.hash,
    chainId: genesis.chainId,
    headHash: head.hash,
    height: head.header.height,
    totalWork: head.totalWork,
    agent,
    timeMs,
  };
}

/** Why a peer is not one of this network, with what it has and what we have. */
export type StrangerFault = Exclude<HandshakeFault, { code: 'handshakeTimeout' }>;

/** The sentence of each fault, for the log. */
export const STRANGER_TEXTS: Readonly<Record<StrangerFault['code'], string>> = {
  wrongGenesis: 'it has another genesis block',
  wrongChainId: 'it has another chain id',
  wrongVersion: 'it speaks another version of the protocol',
};

/** Whether a status is that of another network; the version first, because it says how to read the rest. */
export function strangeness(theirs: Status, ours: Status): StrangerFault | undefined {
  if (theirs.version !== ours.version) return { code: 'wrongVersion', got: theirs.version, expected: ours.version };
  if (theirs.genesisHash !== ours.genesisHash) {
    return { code: 'wrongGenesis', got: theirs.genesisHash, expected: ours.genesisHash };
  }
  if (theirs.chainId !== ours.chainId) return { code: 'wrongChainId', got: theirs.chainId, expected: ours.chainId };
  return undefined;
}
