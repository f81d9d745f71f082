/*
 * The tricks of packages/core/src/pow/kernel.ts in C: rounds 0 to 12 once per midstate, one schedule per header nonce for
 * all midstates, every round unrolled, only what the top word needs of rounds 57 to 60, and none after.
 *
 * With -DVECTORISED it does not leave the loop at a solution (and says only whether there is one), so that gcc can make four lanes of it.
 */
#include "puzzle.h"

/* Per midstate the state after round 12 for header nonce 0, and the midstate's last word. */
static uint32_t heads[MIDSTATES][16];
static uint32_t headerNonce;

static void prepare(void) {
  uint32_t w[64];
  putTail(w, 0);
  for (int i = 0; i < MIDSTATES; i++) {
    memcpy(heads[i], midstates[i], sizeof midstates[i]);
    runRounds(heads[i], w, 0, 13);
    heads[i][8] = midstates[i][7];
  }
}

static void prepareNonce(uint32_t nonce) {
  headerNonce = nonce;
  putTail(schedule, nonce);
  expandSchedule(schedule);
  for (int t = 0; t < 64; t++) schedule[t] += K[t];
}

/* bc is b ^ c, left over from the round before as a ^ b. */
#define ROUND(a, b, c, d, e, f, g, h, t) \
  h += w[t] + CHOICE(e, f, g) + SUM1(e); \
  d += h; \
  ab = a ^ b; \
  h += SUM0(a) + ((bc & ab) ^ b); \
  bc = ab;
/* In place: the new e stands in d and the new a in h. */
#define EIGHT_ROUNDS(t) \
  ROUND(a, b, c, d, e, f, g, h, t) \
  ROUND(h, a, b, c, d, e, f, g, t + 1) \
  ROUND(g, h, a, b, c, d, e, f, t + 2) \
  ROUND(f, g, h, a, b, c, d, e, t + 3) \
  ROUND(e, f, g, h, a, b, c, d, t + 4) \
  ROUND(d, e, f, g, h, a, b, c, t + 5) \
  ROUND(c, d, e, f, g, h, a, b, t + 6) \
  ROUND(b, c, d, e, f, g, h, a, t + 7)

static int tryMidstates(uint32_t limit) {
  const uint32_t *w = schedule;
#ifdef VECTORISED
  int found = 0;
#endif
  for (int i = 0; i < midstateCount; i++) {
    const uint32_t *s = heads[i];
    uint32_t a = s[0] + headerNonce, b = s[1], c = s[2], d = s[3];
    uint32_t e = s[4] + headerNonce, f = s[5], g = s[6], h = s[7];
    uint32_t bc = b ^ c, ab;
    EIGHT_ROUNDS(13)
    EIGHT_ROUNDS(21)
    EIGHT_ROUNDS(29)
    EIGHT_ROUNDS(37)
    EIGHT_ROUNDS(45)
    ROUND(a, b, c, d, e, f, g, h, 53)
    ROUND(h, a, b, c, d, e, f, g, 54)
    ROUND(g, h, a, b, c, d, e, f, 55)
    ROUND(f, g, h, a, b, c, d, e, 56)
    /* Now a stands in e, b in f, c in g, d in h, e in a, f in b, g in c and h in d. */
    const uint32_t e58 = h + d + w[57] + CHOICE(a, b, c) + SUM1(a);
    const uint32_t e59 = g + c + w[58] + CHOICE(e58, a, b) + SUM1(e58);
    const uint32_t e60 = f + b + w[59] + CHOICE(e59, e58, a) + SUM1(e59);
    const uint32_t e61 = e + a + w[60] + CHOICE(e60, e59, e58) + SUM1(e60);
#ifdef VECTORISED
    found += s[8] + e61 <= limit;
#else
    if (s[8] + e61 <= limit) return i;
#endif
  }
#ifdef VECTORISED
  return found > 0 ? 0 : -1;
#else
  return -1;
#endif
}
