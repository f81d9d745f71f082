/**
 * The parts of a node one by one, for whoever puts nodes together in a world of another kind (`test/sim`). Nothing here opens a file, a
 * socket or a thread by itself.
 */
export * from './assembly.js';
export { AGENT } from './base/agent.js';
export { Emitter } from './base/events.js';
export { type Logger, silentLogger } from './base/log.js';
export { nextTurn } from './base/turn.js';
export { Chain } from './chain/chain.js';
export type { BlockSummary, ChainAlarm, HeadEvent } from './chain/types.js';
export { type Compute, type DecodedTransaction, decodeInTurns, inlineCompute } from './compute/compute.js';
export { type MempoolConfig, type MineConfig, NODE_DEFAULTS, type P2pConfig } from './config.js';
export type { MinerThread } from './miner/minerThread.js';
export type { SearchJob, SearchReport } from './miner/searcher.js';
export { buildTemplate, type Template } from './miner/template.js';
export { FAULT_POLICY, type PeerFault, type RequestFault } from './p2p/faultPolicy.js';
export * from './p2p/limits.js';
export * from './p2p/messages.js';
export type { Judgement, Network, NetworkEvents, PeerHead, PeerInfo, Penalty } from './p2p/network.js';
export { PeerNetwork } from './p2p/peerNetwork.js';
export type { ChainView } from './p2p/serving.js';
export type { TrafficCount } from './p2p/traffic.js';
export type { GossipTopic, GossipVerdict, Published, Transport, TransportHandlers } from './p2p/transport.js';
export type { Cancel, Clock, Random, Runtime, Scheduler } from './runtime.js';
export { liveFilesOf } from './store/leveldb/liveFiles.js';
export { readLog } from './store/leveldb/logFile.js';
export * from './store/schema.js';
export { type IterateOptions, keyText, type Store } from './store/store.js';
