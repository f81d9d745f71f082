/*
 * The same midstates and shared schedule with the SHA instructions of x86: rounds 12 to 61, four midstates at a time so
 * that their latency is hidden. The top word needs no later round.
 */
#include <immintrin.h>
#include "puzzle.h"

#define LANES 4

/* Per midstate the state after round 11, as the instructions want it, and the midstate's last word. */
static __m128i abefs[MIDSTATES], cdghs[MIDSTATES];
static uint32_t lasts[MIDSTATES];

static void prepare(void) {
  uint32_t w[64], s[8];
  putTail(w, 0);
  for (int i = 0; i < MIDSTATES; i++) {
    memcpy(s, midstates[i], sizeof s);
    runRounds(s, w, 0, 12);
    abefs[i] = _mm_set_epi32((int)s[0], (int)s[1], (int)s[4], (int)s[5]);
    cdghs[i] = _mm_set_epi32((int)s[2], (int)s[3], (int)s[6], (int)s[7]);
    lasts[i] = midstates[i][7];
  }
}

static void prepareNonce(uint32_t nonce) {
  putTail(schedule, nonce);
  expandSchedule(schedule);
  for (int t = 0; t < 64; t++) schedule[t] += K[t];
}

static int tryMidstates(uint32_t limit) {
  for (int i = 0; i < midstateCount; i += LANES) {
    __m128i abef[LANES], cdgh[LANES];
    for (int l = 0; l < LANES; l++) abef[l] = abefs[i + l], cdgh[l] = cdghs[i + l];
#pragma GCC unroll 25
    for (int t = 12; t < 62; t += 2) {
      const __m128i words = _mm_loadl_epi64((const __m128i *)(schedule + t));
      for (int l = 0; l < LANES; l++) {
        const __m128i next = _mm_sha256rnds2_epu32(cdgh[l], abef[l], words);
        cdgh[l] = abef[l];
        abef[l] = next;
      }
    }
    /* After round 61 the e of round 60 stands in f. */
    for (int l = 0; l < LANES && i + l < midstateCount; l++)
      if ((uint32_t)_mm_cvtsi128_si32(abef[l]) + lasts[i + l] <= limit) return i + l;
  }
  return -1;
}
