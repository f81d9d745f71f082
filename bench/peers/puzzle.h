/*
 * The proof-of-work puzzle (docs/protocol.md, "Proof of work") for the rivals of `wattchain bench mine`: what they
 * share, and their main program. Each rival includes this file and defines
 *
 *   static void prepare(void);                      once, when the midstates are there
 *   static void prepareNonce(uint32_t nonce);       once per header nonce
 *   static int tryMidstates(uint32_t limit);        the first midstate whose top word is at most limit, or -1
 *
 * It is compiled with -DMIDSTATES=…, a multiple of 4: how many midstates share a header nonce.
 *
 * A rival reads lines `milliseconds` and answers each with `tries seconds solutions`. Started with the argument `check`
 * it prints instead the top word for extra nonce 0 and header nonce 7.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define SUM0(x) (ROTATE(x, 2) ^ ROTATE(x, 13) ^ ROTATE(x, 22))
#define SUM1(x) (ROTATE(x, 6) ^ ROTATE(x, 11) ^ ROTATE(x, 25))
#define SIGMA0(x) (ROTATE(x, 7) ^ ROTATE(x, 18) ^ (x) >> 3)
#define SIGMA1(x) (ROTATE(x, 17) ^ ROTATE(x, 19) ^ (x) >> 10)
#define CHOICE(e, f, g) ((((f) ^ (g)) & (e)) ^ (g))
#define MAJORITY(a, b, c) (((a) & (b)) | ((c) & ((a) | (b))))

static const uint32_t K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint32_t INITIAL_STATE[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};
static const char TAG[] = "Wattchain proof of work: block one, then nonces.";

/* State after the first block (seal hash of zeros, extra nonce i), for every i. */
static uint32_t midstates[MIDSTATES][8];
/* Message schedule of the second block. */
static uint32_t schedule[64];
/* How many midstates are tried: all but in the check. */
static int midstateCount = MIDSTATES;

static void expandSchedule(uint32_t *w) {
  for (int t = 16; t < 64; t++) w[t] = SIGMA1(w[t - 2]) + w[t - 7] + SIGMA0(w[t - 15]) + w[t - 16];
}

/* Rounds `from` to before `to`, in place. */
static inline void runRounds(uint32_t *s, const uint32_t *w, int from, int to) {
  uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  for (int t = from; t < to; t++) {
    const uint32_t t1 = h + SUM1(e) + CHOICE(e, f, g) + K[t] + w[t];
    const uint32_t t2 = SUM0(a) + MAJORITY(a, b, c);
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e, s[5] = f, s[6] = g, s[7] = h;
}

/* Words of the second block that do not depend on the header nonce. */
static void putTail(uint32_t *w, uint32_t nonce) {
  for (int i = 0; i < 12; i++)
    w[i] = (uint32_t)(uint8_t)TAG[4 * i] << 24 | (uint32_t)(uint8_t)TAG[4 * i + 1] << 16 |
           (uint32_t)(uint8_t)TAG[4 * i + 2] << 8 | (uint8_t)TAG[4 * i + 3];
  w[12] = nonce, w[13] = 0x80000000, w[14] = 0, w[15] = 116 * 8;
}

static void prepareMidstates(void) {
  uint32_t w[64] = {0};
  for (uint32_t i = 0; i < MIDSTATES; i++) {
    memset(w, 0, sizeof w);
    w[9] = i;
    expandSchedule(w);
    memcpy(midstates[i], INITIAL_STATE, sizeof INITIAL_STATE);
    runRounds(midstates[i], w, 0, 64);
    for (int k = 0; k < 8; k++) midstates[i][k] += INITIAL_STATE[k];
  }
}

static void prepare(void);
static void prepareNonce(uint32_t nonce);
static int tryMidstates(uint32_t limit);

static double nowSeconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  prepareMidstates();
  prepare();
  if (count > 1 && strcmp(arguments[1], "check") == 0) {
    /* The smallest limit that midstate 0 meets is its top word. */
    prepareNonce(7);
    midstateCount = 1;
    uint32_t low = 0, high = 0xffffffff;
    while (low < high) {
      const uint32_t middle = low + (high - low) / 2;
      if (tryMidstates(middle) == 0) high = middle;
      else low = middle + 1;
    }
    printf("%08x\n", low);
    return 0;
  }
  double milliseconds;
  uint32_t nonce = 0, found = 0;
  while (scanf("%lf", &milliseconds) == 1) {
    const double start = nowSeconds();
    double elapsed;
    uint64_t tries = 0;
    do {
      for (int i = 0; i < 32; i++) {
        prepareNonce(nonce++);
        found += tryMidstates(0) >= 0;
        tries += MIDSTATES;
      }
      elapsed = nowSeconds() - start;
    } while (elapsed * 1000 < milliseconds);
    printf("%llu %.9f %u\n", (unsigned long long)tries, elapsed, found);
    fflush(stdout);
  }
  return 0;
}
