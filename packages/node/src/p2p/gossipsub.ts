import { gossipsub, StrictNoSign } from '@libp2p/gossipsub';
import { sha256 } from '@wattchain/core';
import { MAX_CONNECTIONS_PER_PEER, MAX_GOSSIP_FRAME_BYTES } from './limits.js';

const MESSAGE_ID_BYTES = 20;
/** Gossip remembers what it has seen for so many block intervals, and at least for this time. */
const SEEN_INTERVALS = 12;
const SEEN_LEAST_MS = 120_000;

/** libp2p's gossip as this network uses it: two topics, no signatures, small limits. */
export function createGossipsub(topics: readonly string[], blockIntervalMs: number): ReturnType<typeof gossipsub> {
  return gossipsub({
    allowedTopics: [...topics],
    globalSignaturePolicy: StrictNoSign,
    // Blocks and transactions prove themselves: the content is the identity, and a signature on top only costs.
    msgIdFn: ({ data }) => sha256(data).subarray(0, MESSAGE_ID_BYTES),
    asyncValidation: true,
    allowPublishToZeroTopicPeers: true,
    fallbackToFloodsub: false,
    doPX: false,
    // Up to twenty nodes: whoever makes a block or takes a transaction tells everybody at once.
    floodPublish: true,
    D: 4,
    Dlo: 3,
    Dhi: 8,
    Dscore: 2,
    Dout: 2,
    Dlazy: 4,
    seenTTL: Math.max(SEEN_LEAST_MS, SEEN_INTERVALS * blockIntervalMs),
    // A validation may wait for a large body; a message older than this is not passed on.
    mcacheLength: 12,
    gossipsubIWantFollowupMs: 12_000,
    maxInboundStreams: MAX_CONNECTIONS_PER_PEER,
    maxOutboundStreams: MAX_CONNECTIONS_PER_PEER,
    maxInboundDataLength: MAX_GOSSIP_FRAME_BYTES,
    maxOutboundBufferSize: 2 * MAX_GOSSIP_FRAME_BYTES,
    decodeRpcLimits: {
      maxSubscriptions: 16,
      maxMessages: 256,
      maxIhaveMessageIDs: 1024,
      maxIwantMessageIDs: 256,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 16,
      maxPeerInfos: 0,
    },
    // Judged by our own scores alone: the default ones punish honest peers on a topic with one message each few
    // seconds, and a testbed for being one host.
    // What is left of them is kept for a minute: by default for an hour of every key that ever came.
    scoreParams: { topics: {}, IPColocationFactorWeight: 0, retainScore: 60_000 },
  });
}
