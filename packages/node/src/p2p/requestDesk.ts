import { type Outcome, unlessDamaged } from '@wattchain/core';
import type { PeerFault } from './faultPolicy.js';
import type { RequestKind, RequestProtocol } from './limits.js';
import { decodeTransactionsRequest, encodeRefusal, encodeTransactionsResponse } from './messages.js';
import type { Peer } from './peer.js';
import { type ChainView, type Serving, serveBodies, serveHeaders } from './serving.js';

export interface RequestDeskOptions {
  readonly chain: ChainView;
  readonly protocols: Readonly<Record<RequestKind, RequestProtocol>>;
  readonly penalise: (peerId: string, fault: PeerFault) => void;
  /** Judges pushed transactions, after they were answered. */
  readonly takeTransactions: (peer: Peer, raws: readonly Uint8Array[]) => void;
  /** Headers that this node says it has cannot be read. */
  readonly onDamagedHeaders: () => void;
}

/** Answers what peers ask for after the handshake, as far as each one's rate allows. */
export class RequestDesk {
  constructor(private readonly options: RequestDeskOptions) {}

  /** The answer, or the refusal: `busy` above the rate or where the store is damaged, `malformed` when it cannot be read. */
  answer(peer: Peer, kind: Exclude<RequestKind, 'status'>, payload: Uint8Array): Uint8Array {
    const answer = unlessDamaged(() => this.#answer(peer, kind, payload), 'damaged');
    if (answer !== 'damaged') return answer;
    // What cannot be read here is nobody's fault and must not look like a lie.
    if (kind === 'headers') this.options.onDamagedHeaders();
    return encodeRefusal('busy');
  }

  /** Refuses what comes too often; who goes on all the same is scored. */
  refuseAsBusy(peer: Peer, kind: RequestKind, items: number): Uint8Array {
    const protocol = this.options.protocols[kind].name;
    if (!peer.refusals.take(1)) this.options.penalise(peer.id, { code: 'rateLimited', protocol, items });
    return encodeRefusal('busy');
  }

  #answer(peer: Peer, kind: Exclude<RequestKind, 'status'>, payload: Uint8Array): Uint8Array {
    const serving = this.#serve(peer, kind, payload);
    if (serving.fault) {
      this.options.penalise(peer.id, serving.fault);
      return encodeRefusal('malformed');
    }
    const { items, encode } = serving.value;
    return peer.buckets[kind].take(items) ? encode() : this.refuseAsBusy(peer, kind, items);
  }

  #serve(peer: Peer, kind: Exclude<RequestKind, 'status'>, payload: Uint8Array): Outcome<Serving, PeerFault> {
    const { chain, takeTransactions } = this.options;
    if (kind === 'headers') return serveHeaders(chain, payload);
    if (kind === 'bodies') return serveBodies(chain, payload);
    const raws = decodeTransactionsRequest(payload);
    if (raws.fault) return raws;
    const encode = () => {
      takeTransactions(peer, raws.value);
      return encodeTransactionsResponse();
    };
    return { value: { items: raws.value.length, encode } };
  }
}
