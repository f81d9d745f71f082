import type { Hash, Outcome } from '@wattchain/core';
import type { PeerFault } from '../p2p/faultPolicy.js';
import type { Network } from '../p2p/network.js';

/** A body and who sent it. */
export interface FetchedBody {
  readonly body: Uint8Array;
  readonly peerId: string;
}

export interface BodyFetcherOptions {
  readonly network: Pick<Network, 'requestBodies' | 'penalise'>;
  /** Whose headers these are: it must have the bodies. */
  readonly sourceId: string;
  /** Who may have a body now, the source first. */
  readonly holders: (hash: Hash) => readonly string[];
  /** Waits so many milliseconds. */
  readonly pause: (delayMs: number) => Promise<void>;
}

type Answer = Outcome<(Uint8Array | undefined)[], PeerFault>;

/** A question that waits for its answer: for the bodies from the place `from` on. */
interface Question {
  readonly peerId: string;
  readonly from: number;
  readonly answer: Promise<Answer>;
}

/** Busy answers in a row before a batch is given up: with these waits between them, five seconds. */
const MAX_BUSY = 6;
const BUSY_FIRST_MS = 100;
const BUSY_MOST_MS = 2_000;
/** Who has not answered by then is not waited for while somebody else can be asked. */
const SLOW_MS = 1_000;

/**
 * Fetches bodies of one peer's chain from every peer that may have them. Peers that do not help are not asked again; who is
 * slow is asked last.
 */
export class BodyFetcher {
  readonly #unhelpful = new Set<string>();
  readonly #slow = new Set<string>();
  readonly #distrusted = new Set<string>();
  #turn = 0;

  constructor(private readonly options: BodyFetcherOptions) {}

  /** All bodies, in the order of `hashes`. */
  async fetch(hashes: readonly Hash[]): Promise<Outcome<FetchedBody[], PeerFault>> {
    const bodies: FetchedBody[] = [];
    const late: Question[] = [];
    for (let busy = 0; bodies.length < hashes.length; ) {
      const next = this.#nextQuestion(hashes, bodies.length, late);
      if (!next && late.length === 0) {
        return { fault: { code: 'bodyUnavailable', got: hashes[bodies.length] as Hash } };
      }
      const question = next ?? (await this.#takeFirstAnswered(late));
      if (!question) continue;
      const answer = await this.#answerOf(question, hashes, late);
      if (answer === 'slow') {
        this.#slow.add(question.peerId);
        late.push(question);
      } else if (answer.fault?.code === 'requestRefused') {
        if (++busy > MAX_BUSY) return { fault: answer.fault };
        await this.options.pause(Math.min(BUSY_MOST_MS, BUSY_FIRST_MS * 2 ** (busy - 1)));
      } else if (answer.fault) this.#giveUpOn(question.peerId, answer.fault);
      else this.#take(question, answer.value, hashes, bodies);
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

  /** The answer, or `slow` when it takes long and somebody else can be asked in the meantime, who may have come since. */
  async #answerOf({ peerId, from, answer }: Question, hashes: readonly Hash[], late: readonly Question[]) {
    for (;;) {
      const first = await Promise.race([answer, this.#slowly()]);
      if (first !== 'slow') return first;
      if (this.#candidates(hashes[from] as Hash, late).some((id) => id !== peerId)) return first;
    }
  }

  /** Takes the question out of the list that is answered first; `undefined` when none is for a while, and somebody new may be asked. */
  async #takeFirstAnswered(late: Question[]): Promise<Question | undefined> {
    const answered = late.map((question) => question.answer.then(() => question));
    const first = await Promise.race([...answered, this.#slowly()]);
    if (first === 'slow') return undefined;
    late.splice(late.indexOf(first), 1);
    return first;
  }

  async #slowly(): Promise<'slow'> {
    await this.options.pause(SLOW_MS);
    return 'slow';
  }

  #nextQuestion(hashes: readonly Hash[], from: number, late: readonly Question[]): Question | undefined {
    const candidates = this.#candidates(hashes[from] as Hash, late);
    const quick = candidates.filter((id) => !this.#slow.has(id));
    const peers = quick.length > 0 ? quick : candidates;
    const peerId = peers[this.#turn++ % peers.length];
    if (peerId === undefined) return undefined;
    return { peerId, from, answer: this.options.network.requestBodies(peerId, hashes.slice(from)) };
  }

  /** Who may be asked now: nobody whose answer is still awaited. */
  #candidates(hash: Hash, late: readonly Question[]): string[] {
    const isAsked = (id: string) => late.some(({ peerId }) => peerId === id);
    return this.options.holders(hash).filter((id) => !this.#unhelpful.has(id) && !isAsked(id));
  }

  #take(
    { peerId, from }: Question,
    answer: Answer['value'] & {},
    hashes: readonly Hash[],
    bodies: FetchedBody[],
  ): void {
    const until = answer.indexOf(undefined);
    const got = until < 0 ? answer : answer.slice(0, until);
    // Others may have brought some of it while this one was slow.
    for (const body of got.slice(bodies.length - from)) if (body) bodies.push({ body, peerId });
    if (until >= 0) this.#giveUpOn(peerId, { code: 'bodyUnavailable', got: hashes[from + until] as Hash });
  }

  #giveUpOn(peerId: string, fault: PeerFault): void {
    this.#unhelpful.add(peerId);
    // Another peer than the source may well lack a body: that it has shown as much work does not say on which branch.
    if (fault.code !== 'bodyUnavailable' || peerId === this.options.sourceId) {
      this.options.network.penalise(peerId, fault);
    }
  }
}
