/* SHA-256 as the standard describes it, from the midstate: 64 rounds in a loop and a schedule of its own per try. */
#include "puzzle.h"

static void prepare(void) {}

static void prepareNonce(uint32_t nonce) { putTail(schedule, nonce); }

static int tryMidstates(uint32_t limit) {
  for (int i = 0; i < midstateCount; i++) {
    uint32_t w[64], state[8];
    memcpy(w, schedule, 16 * sizeof *w);
    expandSchedule(w);
    memcpy(state, midstates[i], sizeof state);
    runRounds(state, w, 0, 64);
    for (int k = 0; k < 8; k++) state[k] += midstates[i][k];
    if (state[7] <= limit) return i;
  }
  return -1;
}
