/**
 * Writes `src/pow/kernel.ts`, the inner loop of the proof-of-work search, with every round of SHA-256 spelled out.
 *
 *   node packages/core/scripts/generateKernel.mjs
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is constant in the second SHA-256 block: 48 bytes of tag, `undefined` for the nonce, then the padding of 116 bytes. */
const TAG = 'Wattchain proof of work: block one, then nonces.';
const PADDING = [0x8000_0000, 0, 116 * 8];
const NONCE_WORD = 12;
/** The top word is final after this round. */
const LAST_ROUND = 60;
/** The top word needs no `a` that a later round than this one makes. */
const LAST_ROUND_OF_A = 56;
/** Words of one head in `heads`: nine are used, sixteen make it a cache line. */
const HEAD_WORDS = 16;

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
export function roundConstants() {
  /** @type {number[]} */
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes.map((prime) => {
    const cube = BigInt(prime) << 96n;
    let root = BigInt(Math.floor(Math.cbrt(prime) * 2 ** 32));
    while (root ** 3n > cube) root--;
    while ((root + 1n) ** 3n <= cube) root++;
    return Number(BigInt.asUintN(32, root));
  });
}

const rotate = (/** @type {number} */ x, /** @type {number} */ n) => (x >>> n) | (x << (32 - n));
const sigma0 = (/** @type {number} */ x) => rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
const sigma1 = (/** @type {number} */ x) => rotate(x, 17) ^ rotate(x, 19) ^ (x >>> 10);

/**
 * The second block's message schedule as far as it is constant; `undefined` where the nonce has a part in it.
 * @returns {(number | undefined)[]}
 */
function constantSchedule() {
  /** @type {(number | undefined)[]} */
  const w = Array.from({ length: NONCE_WORD }, (_, i) => Buffer.from(TAG).readUInt32BE(4 * i));
  w.push(undefined, ...PADDING);
  for (let t = 16; t < 64; t++) {
    const [late, w7, early, w16] = [w[t - 2], w[t - 7], w[t - 15], w[t - 16]];
    if (late === undefined || w7 === undefined || early === undefined || w16 === undefined) {
      w.push(undefined);
      continue;
    }
    w.push((sigma1(late) + w7 + sigma0(early) + w16) >>> 0);
  }
  return w;
}

/** Source of a rotation to the right; V8 makes one instruction of it. */
export const rotation = (/** @type {string} */ x, /** @type {number} */ n) => `(${x} >>> ${n} | ${x} << ${32 - n})`;

/**
 * Source of the message words that the nonce has a part in; what is constant in their sums is added up here.
 * @param {readonly (number | undefined)[]} schedule
 * @param {readonly number[]} constants
 */
function expansion(schedule, constants) {
  const lines = [`  const v${NONCE_WORD} = headerNonce | 0;`];
  for (let t = 16; t <= LAST_ROUND; t++) {
    if (schedule[t] !== undefined) continue;
    let constant = 0;
    /** @type {string[]} */
    const terms = [];
    /**
     * @param {number} i
     * @param {(x: number) => number} value
     * @param {(x: string) => string} source
     */
    const add = (i, value, source) => {
      const word = schedule[i];
      if (word === undefined) terms.push(source(`v${i}`));
      else constant = (constant + value(word)) | 0;
    };
    add(t - 2, sigma1, (x) => `(${rotation(x, 17)} ^ ${rotation(x, 19)} ^ ${x} >>> 10)`);
    add(t - 7, Number, String);
    add(t - 15, sigma0, (x) => `(${rotation(x, 7)} ^ ${rotation(x, 18)} ^ ${x} >>> 3)`);
    add(t - 16, Number, String);
    if (constant !== 0) terms.push(String(constant));
    const sum = terms.reduce((left, right) => `(${left} + ${right} | 0)`);
    lines.push(`  const v${t} = ${sum};`, `  schedule[${t}] = ${-(/** @type {number} */ (constants[t])) | 0} - v${t};`);
  }
  return lines.join('\n');
}

/**
 * Source of round t. Instead of moving eight variables on by one, the next round's names are: `h` holds the new e,
 * `d` the new a.
 * @param {readonly string[]} names which variable is a, b, … h in this round
 * @param {number} t
 * @param {string} plusWord ` + ` or ` - ` and what is added to h: the round's constant and message word
 * @param {boolean} makesA whether the new a is wanted, or the new e alone
 */
export function round(names, t, plusWord, makesA) {
  const [a, b, , d, e, f, g, h] = names;
  // Which of two variables holds b ^ c, left over from the round before as a ^ b, alternates.
  const [bc, ab] = differencesBefore(t);
  const lines = [
    `s = ${rotation(`${e}`, 6)} ^ ${rotation(`${e}`, 11)} ^ ${rotation(`${e}`, 25)};`,
    `${h} = (((${h}${plusWord} | 0) + ((${f} ^ ${g}) & ${e} ^ ${g}) | 0) + ${d} | 0) + s | 0;`,
  ];
  if (makesA) {
    lines.push(
      `s = ${a} ^ ${rotation(`${a}`, 11)} ^ ${rotation(`${a}`, 20)};`,
      `${ab} = ${a} ^ ${b};`,
      `m = ${bc} & ${ab} ^ ${b};`,
      `${d} = ((${h} - ${d} | 0) + m | 0) + ${rotation('s', 2)} | 0;`,
    );
  }
  return [`// Round ${t}${makesA ? '' : ', the new e alone'}.`, ...lines].map((line) => `    ${line}`).join('\n');
}

/**
 * The variables that hold b ^ c in round t, and b ^ c of the round after.
 * @param {number} t
 * @returns {[string, string]}
 */
export function differencesBefore(t) {
  return t % 2 === 1 ? ['x', 'y'] : ['y', 'x'];
}

/**
 * Which variable is a, b, … h in the round after.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function namesAfter([a, b, c, d, e, f, g, h]) {
  return /** @type {string[]} */ ([d, a, b, c, h, e, f, g]);
}

/**
 * A module in JavaScript with the same rounds, all 64 of them in full: `compress(state, schedule)` in place, without the
 * addition at the end; `schedule[t]` as the kernel takes it. The tests run official SHA-256 vectors through it.
 */
export function renderCompression() {
  const rounds = [];
  const letters = [...'abcdefgh'];
  let names = letters;
  for (let t = 0; t < 64; t++) {
    rounds.push(round(names, t, ` - schedule[${t}]`, true));
    names = namesAfter(names);
  }
  const [bc, ab] = differencesBefore(0);
  return `export function compress(state, schedule) {
${letters.map((letter, i) => `    let ${letter} = state[${i}];`).join('\n')}
    let ${bc} = b ^ c;
    let ${ab} = 0;
    let s = 0;
    let m = 0;
${rounds.join('\n')}
${names.map((name, i) => `    state[${i}] = ${name};`).join('\n')}
}
`;
}

/** The whole text of `src/pow/kernel.ts`. */
export function renderKernel() {
  const constants = roundConstants();
  const schedule = constantSchedule();
  const variable = [];
  const rounds = [];
  let names = [...'abcdefgh'];
  for (let t = NONCE_WORD + 1; t <= LAST_ROUND; t++) {
    const word = schedule[t];
    const constant = /** @type {number} */ (constants[t]);
    if (word === undefined) variable.push(t);
    const plusWord = word === undefined ? ` - w${t}` : ` + ${(constant + word) | 0}`;
    rounds.push(round(names, t, plusWord, t <= LAST_ROUND_OF_A));
    names = namesAfter(names);
  }
  return `// Generated by scripts/generateKernel.mjs; do not edit.
// biome-ignore-all format: every round as the generator lays it out.

/**
 * The inner loop of the proof-of-work search (docs/protocol.md, "Proof of work"): for one header nonce, the SHA-256
 * rounds of the second block, for one midstate after the other. It looks as it does because TurboFan then makes of it
 * what a C compiler makes of the same tricks; docs/mining.md has the figures of what was tried:
 *
 * - Rounds 0 to ${NONCE_WORD} see only constants and the nonce, which round ${NONCE_WORD} adds to a and e: the caller does them once per midstate.
 *   The top word of the block hash is the midstate's last word plus the e of round ${LAST_ROUND}: rounds 61 to 63 are not
 *   done at all, rounds ${LAST_ROUND_OF_A + 1} to ${LAST_ROUND} only as far as e.
 * - All state is in local variables and every round is spelled out: no array, no index, no move between rounds.
 * - The message words depend on the nonce alone: \`expandNonce\` makes them once for all midstates, by straight code with
 *   the constant parts added up beforehand. They are read once per call and then live on the stack. They are negated,
 *   because V8 takes a subtrahend from the stack directly, but an addend only through a register.
 * - The order of additions decides which values V8 keeps in registers: e = h + word + choice + d + sum1 and
 *   a = e - d + majority + sum0 spills one value a round, other orders up to four.
 * - sum0 rotates by 2 what it has of a, a rotated by 11 and by 20: one copy of a less than three rotations of a itself.
 * - b ^ c in the majority is a ^ b of the round before.
 * - One lane: with two, sixteen words of state do not fit into the registers.
 */

/** Words from one midstate's head to the next: the state after round ${NONCE_WORD} for header nonce 0, the midstate's last word, unused. */
export const HEAD_WORDS = ${HEAD_WORDS};

/**
 * Puts minus the sum of round t's constant and message word for this header nonce into \`schedule[t]\`, for every t whose
 * word depends on it.
 */
export function expandNonce(headerNonce: number, schedule: Int32Array): void {
${expansion(schedule, constants)}
}

/**
 * Tries the midstates \`from\` to before \`to\` in order; the first whose hash's top word is at most \`topWord\`, or -1.
 * \`schedule\` is what \`expandNonce\` makes of the header nonce.
 */
export function findCandidate(
  heads: Int32Array,
  schedule: Int32Array,
  headerNonce: number,
  from: number,
  to: number,
  topWord: number,
): number {
  const nonce = headerNonce | 0;
  // Flipping the highest bit of both turns a comparison of unsigned words into one of int32s.
  const limit = topWord ^ 0x8000_0000;
  const end = to * HEAD_WORDS;
${variable.map((t) => `  const w${t} = schedule[${t}] as number;`).join('\n')}
  for (let i = from * HEAD_WORDS; i < end; i += HEAD_WORDS) {
    let a = ((heads[i] as number) + nonce) | 0;
    let b = heads[i + 1] as number;
    let c = heads[i + 2] as number;
    let d = heads[i + 3] as number;
    let e = ((heads[i + 4] as number) + nonce) | 0;
    let f = heads[i + 5] as number;
    let g = heads[i + 6] as number;
    let h = heads[i + 7] as number;
    let x = b ^ c;
    let y = 0;
    let s = 0;
    let m = 0;
${rounds.join('\n')}
    if (((${names[4]} + (heads[i + 8] as number)) ^ 0x8000_0000) <= limit) return i / HEAD_WORDS;
  }
  return -1;
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/pow/kernel.ts', import.meta.url), renderKernel());
}
