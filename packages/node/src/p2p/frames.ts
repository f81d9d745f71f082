import type { Stream } from '@libp2p/interface';
import { byteStream } from '@libp2p/utils';
import { numberToBytes, type Outcome } from '@wattchain/core';
import type { MessageFault } from './faultPolicy.js';

/** A frame: length 4 (big-endian) ‖ payload. One each way per stream. */
const LENGTH_BYTES = 4;
/** Written piece by piece, so that a slow reader holds the writer up instead of filling its memory. */
const PIECE_BYTES = 64 * 1024;

/** When to give up reading: until the first byte of a frame, and until its last. */
export interface FrameSignals {
  readonly first: AbortSignal;
  readonly total: AbortSignal;
}

/** One stream as a pair of frames. Must be made in the same tick in which the stream is handed over: unread bytes are lost later. */
export class FrameStream {
  readonly #bytes: ReturnType<typeof byteStream<Stream>>;

  constructor(
    private readonly stream: Stream,
    private readonly maxPayloadBytes: number,
  ) {
    // The buffer holds one frame; a peer that sends more than it announced is cut off.
    this.#bytes = byteStream(stream, { maxBufferSize: LENGTH_BYTES + maxPayloadBytes });
  }

  /** Sends a frame and closes this side. Rejects when the stream breaks or the signal aborts. */
  async write(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#bytes.write(numberToBytes(payload.length, LENGTH_BYTES), { signal });
    for (let offset = 0; offset < payload.length; offset += PIECE_BYTES) {
      await this.#bytes.write(payload.subarray(offset, offset + PIECE_BYTES), { signal });
    }
    await this.stream.close({ signal });
  }

  /** Reads a frame; its length is checked before a byte of it is kept. Rejects when the stream breaks or a signal aborts. */
  async read({ first, total }: FrameSignals): Promise<Outcome<Uint8Array, MessageFault>> {
    const head = (await this.#bytes.read({ bytes: LENGTH_BYTES, signal: first })).subarray();
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length > this.maxPayloadBytes) {
      return { fault: { code: 'messageTooLarge', got: length, expected: this.maxPayloadBytes } };
    }
    if (length === 0) return { value: new Uint8Array(0) };
    return { value: (await this.#bytes.read({ bytes: length, signal: total })).subarray() };
  }
}
