import type { Hash, Outcome } from '@wattchain/core';
import type { PeerFault } from '../p2p/faultPolicy.js';
import type { Network } from '../p2p/network.js';

/** A body and who sent it. */
export interface FetchedBody {
  readonly body: Uint8Array;
  readonly peerId: string;
}

export interface BodyFetcherOptions {
  readonly network: Pick<Network, 'peers' | 'requestBodies' | 'penalise'>;
  /** Whose headers these are: it must have the bodies. */
  readonly sourceId: string;
  /** Total work of the block that is fetched last: who claims as much may have the bodies too. */
  readonly tipWork: bigint;
  /** Waits before a busy peer is asked again. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** Busy answers in a row, with waits of up to two seconds, before a batch is given up. */
const MAX_BUSY = 20;

/** Fetches bodies of one peer's chain from every peer that may have them. Peers that do not help are not asked again. */
export class BodyFetcher {
  readonly #unhelpful = new Set<string>();
  readonly #distrusted = new Set<string>();
  #turn = 0;

  constructor(private readonly options: BodyFetcherOptions) {}

  /** All bodies, in the order of `hashes`. */
  async fetch(hashes: readonly Hash[]): Promise<Outcome<FetchedBody[], PeerFault>> {
    const bodies: FetchedBody[] = [];
    for (let busy = 0; bodies.length < hashes.length; ) {
      const peerId = this.#nextPeer();
      const missing = hashes.slice(bodies.length);
      if (peerId === undefined) return { fault: { code: 'bodyUnavailable', got: missing[0] as Hash } };
      const answer = await this.options.network.requestBodies(peerId, missing);
      if (answer.fault?.code === 'requestRefused' && ++busy < MAX_BUSY) {
        await this.options.pause(busy);
        continue;
      }
      if (answer.fault) {
        this.#giveUpOn(peerId, answer.fault);
        continue;
      }
      const until = answer.value.indexOf(undefined);
      const got = until < 0 ? answer.value : answer.value.slice(0, until);
      for (const body of got) if (body) bodies.push({ body, peerId });
      if (until >= 0) this.#giveUpOn(peerId, { code: 'bodyUnavailable', got: missing[until] as Hash });
    }
    return { value: bodies };
  }

  /** A peer sent a wrong body: it is not asked again, and what else it sent is not used. */
  distrust(peerId: string): void {
    this.#unhelpful.add(peerId);
    this.#distrusted.add(peerId);
  }

  isDistrusted(peerId: string): boolean {
    return this.#distrusted.has(peerId);
  }

  #giveUpOn(peerId: string, fault: PeerFault): void {
    this.#unhelpful.add(peerId);
    // Another peer than the source may well lack a body: that it claims more work does not say on which branch.
    if (fault.code !== 'bodyUnavailable' || peerId === this.options.sourceId) {
      this.options.network.penalise(peerId, fault);
    }
  }

  #nextPeer(): string | undefined {
    const { network, sourceId, tipWork } = this.options;
    const candidates = network
      .peers()
      .filter(({ id, head }) => !this.#unhelpful.has(id) && (id === sourceId || head.totalWork >= tipWork));
    return candidates[this.#turn++ % candidates.length]?.id;
  }
}
