/** Tries of one shrinking. */
const MAX_TRIES = 2_000;

/** A shorter and plainer input that is still bad: parts are left out, from the halves down to single bytes, then bytes become 0. */
export async function shrink(
  input: Uint8Array,
  isBad: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = input;
  let tries = 0;
  const attempt = async (candidate: Uint8Array) => {
    if (tries >= MAX_TRIES) return false;
    tries += 1;
    if (!(await isBad(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from + size <= best.length; ) {
      const candidate = new Uint8Array(best.length - size);
      candidate.set(best.subarray(0, from));
      candidate.set(best.subarray(from + size), from);
      if (!(await attempt(candidate))) from += size;
    }
  }
  for (let at = 0; at < best.length; at++) {
    if (best[at] === 0) continue;
    const candidate = best.slice();
    candidate[at] = 0;
    await attempt(candidate);
  }
  return best;
}
