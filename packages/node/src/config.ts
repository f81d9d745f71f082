/**
 * Local policy: what a node decides for itself, each default with its unit and reason. What all nodes of a network must
 * agree on stands in genesis instead.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Address, parseAddress, WattchainError } from '@wattchain/core';
import { LOG_LEVELS, type LogLevel } from './log.js';

/** Who this node talks to. */
export interface P2pConfig {
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** Multiaddrs of peers that are dialled at start and again whenever they are lost. */
  readonly peers: readonly string[];
  /** Peer ids that may connect; absent: everybody. */
  readonly allow?: readonly string[];
}

/** The JSON-RPC door. */
export interface RpcConfig {
  /** Address to bind. */
  readonly host: string;
  /** TCP port, 0 lets the operating system choose. */
  readonly port: number;
  /** Host names (without port) that a request may name, against DNS rebinding. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call, beside the node's own page and browser extensions. */
  readonly allowedOrigins: readonly string[];
}

/** Mining. */
export interface MineConfig {
  readonly enabled: boolean;
  /** Worker threads. */
  readonly threads: number;
  /** Part of the time in which each thread works, 0.01 to 1. */
  readonly duty: number;
  /** Earns the reward and the fees; needed when mining. */
  readonly address?: Address;
  /** Status handshakes that must stand before the node mines. */
  readonly minPeers: number;
  /** File with the 32-byte sealing key as hex, needed where genesis lists the miners. */
  readonly sealKeyPath?: string;
}

/** Limits of the transaction pool. */
export interface MempoolConfig {
  readonly maxTransactions: number;
  /** Of raw transactions together. */
  readonly maxBytes: number;
  /** Transactions of one account that wait for nothing but a block. */
  readonly maxPerAccount: number;
  /** Transactions of one account that wait for an earlier nonce or for funds. */
  readonly maxQueuedPerAccount: number;
  /** Of all accounts together. */
  readonly maxQueued: number;
  /** How long a transaction may wait for an earlier nonce or for funds. */
  readonly queuedLifetimeMs: number;
}

/** A complete configuration; paths are absolute. */
export interface NodeConfig {
  readonly dataDir: string;
  readonly genesisPath: string;
  readonly p2p: P2pConfig;
  readonly rpc: RpcConfig;
  readonly mine: MineConfig;
  readonly mempool: MempoolConfig;
  readonly log: { readonly level: LogLevel };
}

/** What a person writes: the two paths, and of the rest only what differs from the defaults. */
export interface NodeConfigInput {
  readonly dataDir: string;
  readonly genesisPath: string;
  readonly p2p?: Partial<P2pConfig>;
  readonly rpc?: Partial<RpcConfig>;
  readonly mine?: Partial<MineConfig>;
  readonly mempool?: Partial<MempoolConfig>;
  readonly log?: { readonly level?: LogLevel };
}

/** The defaults, each with its reason. */
export const NODE_DEFAULTS = {
  p2p: {
    // Loopback: a node is opened to others on purpose, not by forgetting a line.
    listen: ['/ip4/127.0.0.1/tcp/0'] as readonly string[],
    peers: [] as readonly string[],
  },
  rpc: {
    // The door has no users of its own, so it opens to this machine only.
    host: '127.0.0.1',
    // The port that Ethereum clients expect.
    port: 8545,
    allowedHosts: ['localhost', '127.0.0.1', '[::1]'] as readonly string[],
    allowedOrigins: [] as readonly string[],
  },
  mine: {
    // Somebody must name who earns before a node mines.
    enabled: false,
    // One thread leaves a two-core machine usable.
    threads: 1,
    // Half of a core: mining for a neighbourhood should not heat the room.
    duty: 0.5,
    // A miner with nobody to tell would grow a history of its own.
    minPeers: 1,
  },
  mempool: {
    // 4,096 transfers are about 20 blocks of 4.2 Mgas; 16 MiB hold them even when each carries 4 KiB.
    maxTransactions: 4_096,
    maxBytes: 16 * 1024 * 1024,
    // A household's whole day of offers and settlements at once, four times over.
    maxPerAccount: 512,
    // Room for transactions that arrive in the wrong order, little for somebody who parks there.
    maxQueuedPerAccount: 64,
    maxQueued: 1_024,
    // Geth's figure is three hours; a gap that is not filled within one is a mistake of the sender.
    queuedLifetimeMs: 3_600_000,
  },
  log: { level: 'info' as LogLevel },
} as const;
