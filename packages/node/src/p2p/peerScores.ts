import { BoundedMap } from '../base/boundedMap.js';
import type { Stopwatch } from '../runtime.js';
import { consequenceOf, type PeerFault, SCORE } from './faultPolicy.js';

interface Entry {
  score: number;
  updatedMs: number;
  bannedUntilMs: number;
}

/** What to do with a peer after a fault. */
export type Sentence = 'none' | 'disconnect' | 'ban';

/** The faults of peers, by peer id: points that fade with time, and bans. Holds {@link SCORE.maxEntries} peers. */
export class PeerScores {
  readonly #entries = new BoundedMap<string, Entry>(SCORE.maxEntries);

  constructor(private readonly stopwatch: Stopwatch) {}

  /** Takes a fault's points off and says what follows. */
  record(peerId: string, fault: PeerFault): Sentence {
    const { penalty, bans } = consequenceOf(fault);
    if (penalty === 0) return 'none';
    const nowMs = this.stopwatch.elapsedMs();
    const before = this.score(peerId);
    const score = Math.max(bans ? SCORE.worst : Math.min(before, SCORE.banBelow), before - penalty);
    const isBan = bans && score < SCORE.banBelow;
    const bannedUntilMs = isBan ? nowMs + SCORE.banMs : (this.#entries.get(peerId)?.bannedUntilMs ?? 0);
    this.#entries.set(peerId, { score, updatedMs: nowMs, bannedUntilMs });
    if (isBan) return 'ban';
    return score < SCORE.disconnectBelow ? 'disconnect' : 'none';
  }

  /** Score now: 0 without faults, {@link SCORE.worst} at worst. */
  score(peerId: string): number {
    const entry = this.#entries.get(peerId);
    if (!entry) return 0;
    const elapsedMs = this.stopwatch.elapsedMs() - entry.updatedMs;
    return entry.score * 2 ** (-elapsedMs / SCORE.halfLifeMs);
  }

  isBanned(peerId: string): boolean {
    return (this.#entries.get(peerId)?.bannedUntilMs ?? 0) > this.stopwatch.elapsedMs();
  }
}
