/** What a liar makes of an act: another's name, another number, a signature with a changed bit. */
import { DEVICES, HOUSEHOLDS, METERS, PEOPLE } from './names.js';
import type { Random } from './random.js';
import type { Act, Json } from './script.js';

const LARGE = [2n ** 31n, 2n ** 40n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 96n - 1n, 2n ** 200n];

/** The act with one thing changed: who does it, or something of its arguments. */
export function twisted(random: Random, act: Act): Act {
  if (random.oneIn(4) || act.args.length === 0) {
    return { ...act, by: random.pick(random.oneIn(2) ? PEOPLE : HOUSEHOLDS) ?? act.by };
  }
  const leaves = countLeaves(act.args);
  const target = { index: random.below(Math.max(1, leaves)) };
  return { ...act, args: twistAt(random, act.args, target) as readonly Json[] };
}

function countLeaves(json: Json): number {
  if (typeof json !== 'object') return 1;
  return Object.values(json).reduce((sum: number, item: Json) => sum + countLeaves(item), 0);
}

function twistAt(random: Random, json: Json, target: { index: number }): Json {
  if (typeof json !== 'object') {
    target.index -= 1;
    return target.index === -1 ? twistLeaf(random, json) : json;
  }
  if (Array.isArray(json)) return json.map((item) => twistAt(random, item, target));
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, twistAt(random, item, target)]));
}

function twistLeaf(random: Random, leaf: string | boolean): string | boolean {
  if (typeof leaf === 'boolean') return !leaf;
  if (/^p\d+$/.test(leaf)) return random.pick(random.oneIn(8) ? ['p0'] : [...PEOPLE, ...DEVICES]) ?? leaf;
  if (/^m\d+$/.test(leaf)) return random.pick([...METERS, 'm0']) ?? leaf;
  if (/^r\d+$/.test(leaf)) return `r${random.below(20)}`;
  if (leaf.startsWith('0x')) return flipped(random, BigInt(leaf));
  if (!/^\d+$/.test(leaf)) return leaf;
  const value = BigInt(leaf);
  const twist = random.oneOf([value + 1n, value - 1n, value + 1n, value - 1n, 0n, value * 2n, random.oneOf(large)]);
  return String(twist < 0n ? 0n : twist);
}

/** The highest bit of a signature's second word says which of two keys it is of, the one below makes s high. */
function flipped(random: Random, word: bigint): string {
  const bit = BigInt(random.oneOf([255, 254, random.below(256)]));
  return `0x${(word ^ (1n << bit)).toString(16).padStart(64, '0')}`;
}

const large = LARGE as [bigint, ...bigint[]];
