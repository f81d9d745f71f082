import { assert } from '@wattchain/core';
import type { LinkState } from './link.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtualTime.js';

/** What wires lie in. */
export interface WireWorld {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  link(from: number, to: number): LinkState;
}

/** A node as its wires see it. */
export interface WireEnd {
  readonly index: number;
  /** Its end of the wire is closed, by whomever. */
  closed(wire: Wire): void;
}

/** Something on its way. */
interface Parcel {
  readonly bytes: number;
  readonly label: string;
  readonly sentMs: number;
  readonly deliver: () => void;
  /** Whether it comes after everything that was sent before it. */
  readonly isOrdered: boolean;
  /** Whether nobody is surprised that the other end is closed. */
  readonly isFarewell: boolean;
}

/** One direction. */
interface Pipe {
  readonly from: WireEnd;
  readonly to: WireEnd;
  /** What waits for the link to come back, oldest first. */
  held: Parcel[];
  lastArrivalMs: number;
}

/** Data that nobody acknowledges for so long ends a connection, on both sides. */
const BREAK_MS = 60_000;
/** First and longest wait between two tries to get data through. */
const RETRY_FIRST_MS = 200;
const RETRY_MOST_MS = 8_000;
/** Bytes that a link carries in a millisecond: ten megabits a second. */
const BYTES_PER_MS = 1_250;

/**
 * A connection as TCP makes it. While its link is cut it is silent: what is sent waits, comes late when the link is back, and ends the
 * connection when it is not back in time. Each end closes for itself, and learns what the other did as far as the link lets it.
 */
export class Wire {
  readonly #forth: Pipe;
  readonly #back: Pipe;
  readonly #openEnds: Set<WireEnd>;

  constructor(
    private readonly world: WireWorld,
    readonly dialer: WireEnd,
    readonly listener: WireEnd,
  ) {
    this.#forth = { from: dialer, to: listener, held: [], lastArrivalMs: 0 };
    this.#back = { from: listener, to: dialer, held: [], lastArrivalMs: 0 };
    this.#openEnds = new Set([dialer, listener]);
  }

  isOpenAt(end: WireEnd): boolean {
    return this.#openEnds.has(end);
  }

  /** The node at the other end. */
  otherEnd(end: WireEnd): WireEnd {
    return end === this.dialer ? this.listener : this.dialer;
  }

  /** Sends something; `deliver` happens at the other end, unless one of the ends is closed by then. */
  send(from: WireEnd, bytes: number, label: string, deliver: () => void, isOrdered = true): void {
    if (!this.isOpenAt(from)) return;
    const sentMs = this.world.time.nowMs;
    this.#post(this.#pipeFrom(from), { bytes, label, sentMs, deliver, isOrdered, isFarewell: false });
  }

  /** Closes one end. The other one hears of it, behind everything that was sent before. */
  close(end: WireEnd): void {
    if (!this.#openEnds.delete(end)) return;
    this.#tell(end);
    const other = this.otherEnd(end);
    this.#post(this.#pipeFrom(end), {
      bytes: 0,
      label: 'farewell',
      sentMs: this.world.time.nowMs,
      deliver: () => this.#closeAlone(other),
      isOrdered: true,
      isFarewell: true,
    });
  }

  #pipeFrom(end: WireEnd): Pipe {
    assert(end === this.dialer || end === this.listener, 'a wire is used by its ends');
    return end === this.dialer ? this.#forth : this.#back;
  }

  #closeAlone(end: WireEnd): void {
    if (this.#openEnds.delete(end)) this.#tell(end);
  }

  /** An event of its own, since whoever closes is in the middle of something. */
  #tell(end: WireEnd): void {
    const { time } = this.world;
    time.schedule(time.nowMs, `${end.index} closed`, () => end.closed(this));
  }

  #break(): void {
    this.#forth.held = [];
    this.#back.held = [];
    this.#closeAlone(this.dialer);
    this.#closeAlone(this.listener);
  }

  #link({ from, to }: Pipe): LinkState {
    return this.world.link(from.index, to.index);
  }

  #post(pipe: Pipe, parcel: Parcel): void {
    if (pipe.held.length === 0 && !this.#link(pipe).cut) {
      this.#transmit(pipe, parcel);
      return;
    }
    if (pipe.held.push(parcel) === 1) this.#tryLater(pipe, RETRY_FIRST_MS);
  }

  #tryLater(pipe: Pipe, waitMs: number): void {
    const { time } = this.world;
    time.schedule(time.nowMs + waitMs, 'retry', () => {
      const [oldest] = pipe.held;
      if (oldest === undefined) return;
      if (!this.#link(pipe).cut) for (const parcel of pipe.held.splice(0)) this.#transmit(pipe, parcel);
      else if (time.nowMs - oldest.sentMs >= BREAK_MS) this.#break();
      else this.#tryLater(pipe, Math.min(RETRY_MOST_MS, 2 * waitMs));
    });
  }

  #transmit(pipe: Pipe, parcel: Parcel): void {
    const { time, random } = this.world;
    const { latency, slowMs } = this.#link(pipe);
    const takesMs = random.between(latency.minMs, latency.maxMs) + slowMs + Math.floor(parcel.bytes / BYTES_PER_MS);
    let atMs = time.nowMs + takesMs;
    if (parcel.isOrdered) {
      atMs = Math.max(atMs, pipe.lastArrivalMs);
      pipe.lastArrivalMs = atMs;
    }
    time.schedule(atMs, parcel.label, () => this.#arrive(pipe, parcel));
    this.#awaitAnswer(pipe);
  }

  /** Data that comes through while no acknowledgement comes back ends the connection, too. */
  #awaitAnswer(pipe: Pipe): void {
    const { time } = this.world;
    const back = pipe === this.#forth ? this.#back : this.#forth;
    if (!this.#link(back).cut) return;
    time.schedule(time.nowMs + BREAK_MS, 'unanswered', () => {
      if (this.#link(back).cut) this.#break();
    });
  }

  #arrive(pipe: Pipe, parcel: Parcel): void {
    if (this.isOpenAt(pipe.to)) {
      parcel.deliver();
      return;
    }
    if (parcel.isFarewell) return;
    // Nobody is there any more, which the sender is told.
    const back = pipe === this.#forth ? this.#back : this.#forth;
    const { cut, latency } = this.#link(back);
    if (cut) return;
    const { time } = this.world;
    time.schedule(time.nowMs + latency.minMs, 'reset', () => this.#closeAlone(pipe.from));
  }
}
