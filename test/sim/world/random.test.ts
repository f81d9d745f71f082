import { expect, it } from 'vitest';
import { SeededRandom } from './random.js';

const draw = (random: SeededRandom, count: number) => Array.from({ length: count }, () => random.next());

it('draws the same from the same seed, and something else from another', () => {
  expect(draw(new SeededRandom('a'), 100)).toEqual(draw(new SeededRandom('a'), 100));
  expect(draw(new SeededRandom('a'), 100)).not.toEqual(draw(new SeededRandom('b'), 100));
});

it('gives each label a stream that no other draw changes', () => {
  const [one, other] = [new SeededRandom('a'), new SeededRandom('a')];
  draw(one, 7);
  one.fork('x').next();
  expect(draw(one.fork('y'), 10)).toEqual(draw(other.fork('y'), 10));
  expect(draw(one.fork('y'), 10)).not.toEqual(draw(one.fork('z'), 10));
});

it('keeps its bounds and reaches them', () => {
  const random = new SeededRandom('bounds');
  const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
  expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  expect(Array.from({ length: 100 }, () => random.below(1))).toEqual(Array(100).fill(0));
  expect(random.below(2 ** 32)).toBeGreaterThanOrEqual(0);
  expect(() => random.below(0)).toThrow('a whole number');
  expect(Array.from({ length: 100 }, () => random.chance(0))).not.toContain(true);
  expect(Array.from({ length: 100 }, () => random.chance(1_000))).not.toContain(false);
  expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  expect(random.bytes(5)).toHaveLength(5);
});
