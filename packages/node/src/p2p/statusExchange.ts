import { genesisRecord, maxLeadMs } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import type { Runtime } from '../runtime.js';
import type { PeerFault } from './faultPolicy.js';
import { STRANGER_TEXTS, type StrangerFault, statusOf, strangeness } from './handshake.js';
import { PATIENCE } from './limits.js';
import type { MemberSight } from './memberSight.js';
import {
  decodeStatus,
  decodeStatusResponse,
  encodeRefusal,
  encodeStatus,
  encodeStatusResponse,
  type Status,
} from './messages.js';
import type { Peer } from './peer.js';
import type { PeerLog } from './peerLog.js';
import type { ChainView } from './serving.js';
import type { Transport } from './transport.js';

/** What the exchange of statuses needs of the network. */
export interface StatusExchangeOptions {
  readonly transport: Pick<Transport, 'request'>;
  readonly chain: ChainView;
  /** Name and version of this software. */
  readonly agent: string;
  readonly runtime: Runtime;
  readonly log: PeerLog;
  /** Members are seen by what they answer. */
  readonly members: Pick<MemberSight, 'onHead' | 'onAnswer'>;
  readonly isConnected: (peer: Peer) => boolean;
  readonly penalise: (peerId: string, fault: PeerFault) => void;
  readonly disconnect: (peerId: string) => void;
  /** The handshake stands now. */
  readonly onHandshake: (peer: Peer, status: Status) => void;
  /** Another head than before. */
  readonly onHead: (peer: Peer, status: Status) => void;
  /** Somebody of another network. */
  readonly onRefused: (peer: Peer, fault: StrangerFault) => void;
}

/** Tells peers where this node stands and hears where they do. The first exchange with each is the handshake. */
export class StatusExchange {
  /** What was last said in the log about a refused peer, so that a redialled stranger is one line. */
  readonly #refusalsLogged = new BoundedMap<string, string>(256);
  #claimsNothing = false;

  constructor(private readonly options: StatusExchangeOptions) {}

  /** Headers of our chain cannot be read: from now on no work is claimed that could not be shown. */
  claimNothing(): void {
    this.#claimsNothing = true;
  }

  /** Tells a peer our status and takes its own; what is under way already is waited for, see {@link Peer.exchangeStatus}. */
  exchangeWith(peer: Peer): Promise<void> {
    return peer.exchangeStatus(
      () => this.#tellAndAsk(peer),
      () => this.#pause(PATIENCE.statusAgainMs),
    );
  }

  /** Takes the status that a peer tells, and gives the answer to it. */
  answer(peer: Peer, payload: Uint8Array): Uint8Array {
    const status = decodeStatus(payload);
    if (status.fault) {
      this.options.penalise(peer.id, status.fault);
      return encodeRefusal('malformed');
    }
    const nowMs = this.options.runtime.clock.nowMs();
    // One way only; an exchange of our own says more.
    if (peer.clockOffsetMs === undefined) peer.noteClock(status.value, nowMs, nowMs);
    const own = this.#own();
    return this.#meet(peer, status.value) === 'known' ? encodeStatusResponse(own) : encodeRefusal('stranger', own);
  }

  #own(): Status {
    const { chain, agent, runtime } = this.options;
    const head = this.#claimsNothing ? genesisRecord(chain.genesis) : chain.head;
    return statusOf(chain.genesis, head, agent, runtime.clock.nowMs());
  }

  async #tellAndAsk(peer: Peer): Promise<void> {
    const { transport, chain, members } = this.options;
    const { clock, stopwatch } = this.options.runtime;
    const [sentMs, sentElapsedMs] = [clock.nowMs(), stopwatch.elapsedMs()];
    const answer = await transport.request(peer.id, 'status', encodeStatus(this.#own()));
    const response = answer.fault ? answer : decodeStatusResponse(answer.value);
    if (!this.options.isConnected(peer)) return;
    if (response.fault) {
      this.options.penalise(peer.id, response.fault);
      if (!peer.status) this.options.disconnect(peer.id);
      return;
    }
    const status = response.value.refusal ? response.value.status : response.value.payload;
    if (!status) return;
    peer.noteClock(status, sentMs, clock.nowMs());
    if (this.#meet(peer, status) === 'stranger' || response.value.refusal) return;
    members.onAnswer(peer.id, sentElapsedMs, peer.clockDistanceMs(clock.nowMs(), maxLeadMs(chain.genesis)));
  }

  /** Takes a peer's status: refuses it, makes the handshake stand, or brings its head up to date. */
  #meet(peer: Peer, status: Status): 'known' | 'stranger' {
    const fault = strangeness(status, this.#own());
    if (fault) {
      this.#refuse(peer, fault);
      return 'stranger';
    }
    const before = peer.status;
    peer.status = status;
    this.options.members.onHead(peer.id, { hash: status.headHash, totalWork: status.totalWork });
    if (!before) {
      peer.settle(true);
      this.options.onHandshake(peer, status);
      // A question does not show that our words arrive there; an answer does, and a member is seen by it.
      if (peer.direction === 'inbound') void this.exchangeWith(peer);
    } else if (status.headHash !== before.headHash || status.totalWork !== before.totalWork) {
      this.options.onHead(peer, status);
    }
    return 'known';
  }

  #refuse(peer: Peer, fault: StrangerFault): void {
    const { runtime, log, onRefused, disconnect } = this.options;
    const reason = JSON.stringify([fault.code, fault.got]);
    const level = this.#refusalsLogged.get(peer.id) === reason ? 'debug' : 'warn';
    this.#refusalsLogged.set(peer.id, reason);
    const fields = { address: peer.address, theirs: fault.got, ours: fault.expected };
    log.say(level, peer.id, fields, `peer refused: ${STRANGER_TEXTS[fault.code]}`);
    onRefused(peer, fault);
    // It shall be able to read our answer, which says our side of it.
    peer.cancelTimer();
    peer.cancelTimer = runtime.scheduler.setTimeout(() => disconnect(peer.id), PATIENCE.farewellMs);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.runtime.scheduler.setTimeout(resolve, delayMs);
    });
  }
}
