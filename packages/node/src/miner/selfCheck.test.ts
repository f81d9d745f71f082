import { describe, expect, it } from 'vitest';
import { isStuck } from './selfCheck.js';

/** A search on a clock of its own: so many milliseconds for a new template, and for a header nonce. */
function searchTaking(templateMs: number, nonceMs: number, hiccupMs: (call: number) => number = () => 0) {
  let [nowMs, call] = [0, 0];
  let last = -1;
  return isStuck({
    search: (sealHash, _target, _extraNonce, midstates, nonceStart, nonceEnd) => {
      if (sealHash[0] !== last) nowMs += templateMs;
      last = sealHash[0] as number;
      nowMs += (nonceEnd - nonceStart) * nonceMs + hiccupMs(call++);
      return { tries: midstates * (nonceEnd - nonceStart) };
    },
    nowMs: () => nowMs,
  });
}

describe('the self-check of a mining thread', () => {
  it('tells a slow kernel by the time that preparing a template takes', () => {
    expect(searchTaking(0.09, 0.016)).toBe(false);
    expect(searchTaking(0.09, 0.06)).toBe(true);
    // A slow machine slows both down.
    expect(searchTaking(0.9, 0.16)).toBe(false);
  });

  it('does not blame the kernel for single interruptions', () => {
    expect(searchTaking(0.09, 0.016, (call) => (call % 10 === 1 ? 5 : 0))).toBe(false);
    expect(searchTaking(0.09, 0.06, (call) => (call % 10 === 0 ? 5 : 0))).toBe(true);
  });
});
