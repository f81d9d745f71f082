import type { Logger } from '../src/base/log.js';
import { silentLogger } from '../src/base/log.js';
import type { PeerFault } from '../src/p2p/faultPolicy.js';
import { ChainKit } from './chainKit.js';
import { NetworkKit } from './networkKit.js';
import { RawPeer, type RawPeerOptions } from './rawPeer.js';

/** Nodes of a test, and attackers from addresses of their own; nodes that have `log` write down what they blame them for. */
export class AttackedNetwork extends NetworkKit {
  /** The chain that attackers pretend to know. */
  readonly kit = new ChainKit();
  /** What was held against peers, and what that cost them. */
  readonly faults: { readonly fault: PeerFault; readonly sentence: string }[] = [];
  readonly log: Logger = {
    ...silentLogger,
    warn: (fields: object, message: string) => {
      if (message === 'fault of a peer') this.faults.push(fields as (typeof this.faults)[number]);
    },
  };
  /** What the end of a test ends. */
  readonly ends: (() => unknown)[] = [];

  /** A bare libp2p peer. */
  async raw(options?: RawPeerOptions): Promise<RawPeer> {
    const peer = await RawPeer.start(this.kit, options);
    this.ends.push(() => peer.stop());
    return peer;
  }

  override async stop(): Promise<void> {
    await Promise.all(this.ends.splice(0).map((end) => end()));
    await super.stop();
  }
}
