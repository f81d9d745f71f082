import { describe, expect, it } from 'vitest';
import { drawnCurves } from './localCurves.js';

/** So much a kilowatt-hour, for 150 Wh. */
const price = (cents: bigint) => (cents * 10n ** 16n * 3n) / 20n;

describe('curves of a period', () => {
  it('share an axis on which every step of either begins, and end where they end', () => {
    const demand = [
      { untilMwh: 2_000n, price: price(54n) },
      { untilMwh: 5_000n, price: price(22n) },
    ];
    const supply = [{ untilMwh: 4_000n, price: price(5n) }];
    const drawn = drawnCurves(demand, supply, { energyMwh: 3_000n, price: 135n * 10n ** 15n });
    expect(drawn.x).toEqual([0, 2, 3, 4]);
    expect(drawn.xEnd).toBe(5);
    expect(drawn.demand.map((value) => value?.toFixed(2))).toEqual(['0.54', '0.22', '0.22', '0.22']);
    expect(drawn.supply.map((value) => value?.toFixed(2))).toEqual(['0.05', '0.05', '0.05', '0.05']);
    expect(drawn.local).toEqual([0.135, 0.135, 0.135, null]);
    const short = drawnCurves(demand, [{ untilMwh: 1_000n, price: price(5n) }], undefined);
    expect([short.x, short.supply.map((value) => value !== null)]).toEqual([
      [0, 1, 2],
      [true, true, false],
    ]);
  });

  it('of one side alone, and of none', () => {
    expect(drawnCurves([], [{ untilMwh: 1n, price: 0n }], undefined)).toEqual({
      x: [0],
      xEnd: 0.001,
      demand: [null],
      supply: [0],
      local: [null],
    });
    expect(drawnCurves([], [], undefined).x).toEqual([]);
  });
});
