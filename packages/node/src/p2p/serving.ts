import { type Hash, type Header, type Outcome, unlessDamaged } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { MessageFault } from './faultPolicy.js';
import { MAX_BODIES_BYTES, MAX_HEADERS } from './limits.js';
import { decodeBodiesRequest, decodeHeadersRequest, encodeBodiesResponse, encodeHeadersResponse } from './messages.js';

/** What the network reads of the chain, to say where it stands and to answer peers. */
export type ChainView = Pick<
  Chain,
  'genesis' | 'head' | 'headerByHash' | 'headerByHeight' | 'canonicalHash' | 'bodyBytes'
>;

/** An answer that is ready to be made: what it costs the asking peer in items, and the answer. */
export interface Serving {
  readonly items: number;
  encode(): Uint8Array;
}

/** Reads a request for headers. */
export function serveHeaders(chain: ChainView, payload: Uint8Array): Outcome<Serving, MessageFault> {
  const locator = decodeHeadersRequest(payload);
  if (locator.fault) return locator;
  const headers = headersAfter(chain, locator.value);
  return { value: { items: 1 + headers.length, encode: () => encodeHeadersResponse(headers) } };
}

/** Reads a request for bodies. */
export function serveBodies(chain: ChainView, payload: Uint8Array): Outcome<Serving, MessageFault> {
  const hashes = decodeBodiesRequest(payload);
  if (hashes.fault) return hashes;
  const { value } = hashes;
  return { value: { items: value.length, encode: () => encodeBodiesResponse(bodiesOf(chain, value)) } };
}

/** Canonical headers after the first hash of the locator that is canonical, oldest first; none when no hash is. */
function headersAfter(chain: ChainView, locator: readonly Hash[]): Header[] {
  const headers: Header[] = [];
  for (const hash of locator) {
    const height = chain.headerByHash(hash)?.header.height;
    if (height === undefined || chain.canonicalHash(height) !== hash) continue;
    for (let next = height + 1; headers.length < MAX_HEADERS; next++) {
      const record = chain.headerByHeight(next);
      if (!record) break;
      headers.push(record.header);
    }
    break;
  }
  return headers;
}

/** Bodies by hash, as many of them as fit an answer and at least one; those before one that is damaged. */
function bodiesOf(chain: ChainView, hashes: readonly Hash[]): (Uint8Array | undefined)[] {
  const bodies: (Uint8Array | undefined)[] = [];
  let bytes = 0;
  for (const hash of hashes) {
    const read = () => chain.bodyBytes(hash);
    const body = bodies.length === 0 ? read() : unlessDamaged(read, 'damaged');
    if (body === 'damaged') break;
    bytes += body?.length ?? 0;
    if (bytes > MAX_BODIES_BYTES && bodies.length > 0) break;
    bodies.push(body);
  }
  return bodies;
}
