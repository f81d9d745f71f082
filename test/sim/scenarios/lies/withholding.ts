import type { Hash } from '@wattchain/core';
import {
  type ChainView,
  decodeBlockAnnouncement,
  encodeBlockAnnouncement,
  type GossipTopic,
  MAX_INLINE_BODY_BYTES,
  type Published,
  type Transport,
  type TransportHandlers,
} from '@wattchain/node/parts';
import type { Disguise, SimNode } from '../../world/simNode.js';
import { ChainMask } from './chainMask.js';

/** Shows the headers of the blocks that it mines, and gives no body of them. */
class WithheldBodies extends ChainMask {
  constructor(
    chain: ChainView,
    private readonly node: SimNode,
  ) {
    super(chain);
  }

  override bodyBytes(hash: Hash): Uint8Array | undefined {
    return this.chain.headerByHash(hash)?.header.miner === this.node.address ? undefined : this.chain.bodyBytes(hash);
  }
}

export const withheldBlocks: Disguise = {
  name: 'withheldBlocks',
  view: (chain, node) => new WithheldBodies(chain, node),
};

/** Announces its blocks without their bodies, says where it stands, and answers nothing else that it is asked. */
export const silence: Disguise = {
  name: 'silence',
  transport: (inner) => new SilentTransport(inner),
};

class SilentTransport implements Transport {
  constructor(private readonly inner: Transport) {}

  get id(): string {
    return this.inner.id;
  }

  get traffic() {
    return this.inner.traffic;
  }

  start(handlers: TransportHandlers): Promise<void> {
    return this.inner.start({
      ...handlers,
      request: (peerId, kind, payload) =>
        kind === 'status' ? handlers.request(peerId, kind, payload) : new Promise<undefined>(() => {}),
    });
  }

  stop(): Promise<void> {
    return this.inner.stop();
  }

  addresses(): string[] {
    return this.inner.addresses();
  }

  dial(address: string): Promise<string> {
    return this.inner.dial(address);
  }

  disconnect(peerId: string): Promise<void> {
    return this.inner.disconnect(peerId);
  }

  request(...call: Parameters<Transport['request']>): ReturnType<Transport['request']> {
    return this.inner.request(...call);
  }

  publish(topic: GossipTopic, data: Uint8Array): Promise<Published> {
    return this.inner.publish(topic, topic === 'blocks' ? withoutBody(data) : data);
  }
}

/** A body that is too large rides along with no announcement. */
const TOO_LARGE = new Uint8Array(MAX_INLINE_BODY_BYTES + 1);

function withoutBody(data: Uint8Array): Uint8Array {
  const announcement = decodeBlockAnnouncement(data);
  return announcement.value === undefined ? data : encodeBlockAnnouncement(announcement.value.header, TOO_LARGE);
}
