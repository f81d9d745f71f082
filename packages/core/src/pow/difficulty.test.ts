import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import official from '../../../../test/vectors/aserti3-2d.json' with { type: 'json' };
import vectors from '../../../../test/vectors/difficulty.json' with { type: 'json' };
import { aserti3, type DifficultyParent, nextActiveMs, nextTarget, targetForRate, workOf } from './difficulty.js';

/** Bitcoin's compact form of a target, in which the official vectors are written. */
function compactToTarget(bits: string): bigint {
  const size = Number.parseInt(bits.slice(2, 4), 16);
  const mantissa = BigInt(`0x${bits.slice(4)}`);
  return size >= 3 ? mantissa << BigInt(8 * (size - 3)) : mantissa >> BigInt(8 * (3 - size));
}

function targetToCompact(target: bigint): string {
  let size = Math.ceil(target.toString(16).length / 2);
  let mantissa = size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3));
  if (mantissa & 0x80_0000n) {
    mantissa >>= 8n;
    size++;
  }
  return `0x${size.toString(16).padStart(2, '0')}${mantissa.toString(16).padStart(6, '0')}`;
}

describe('aserti3', () => {
  const largest = compactToTarget(official.largestTargetBits);

  it.each(official.runs)('equals the official vectors, $name', (run) => {
    for (const [height, time, bits] of run.rows) {
      const elapsed = BigInt(time as string) - BigInt(run.anchorParentTime);
      const blocks = BigInt(height as string) - BigInt(run.anchorHeight) + 1n;
      const late = elapsed - BigInt(official.blockIntervalSeconds) * blocks;
      const exponent = (late * 65_536n) / BigInt(official.halfLifeSeconds);
      const target = aserti3(compactToTarget(run.anchorBits), exponent, largest);
      expect({ height, bits: targetToCompact(target) }).toEqual({ height, bits });
    }
  });

  it('doubles and halves exactly at whole exponents', () => {
    expect(aserti3(1000n, 65_536n, 2n ** 255n)).toBe(2000n);
    expect(aserti3(1000n, -65_536n, 2n ** 255n)).toBe(500n);
    expect(aserti3(1000n, 0n, 2n ** 255n)).toBe(1000n);
  });

  it('stays from 1 to the largest target however far the exponent is', () => {
    expect(aserti3(1n, 10n ** 30n, 2n ** 256n - 1n)).toBe(2n ** 256n - 1n);
    expect(aserti3(2n ** 255n, -(10n ** 12n), 2n ** 256n - 1n)).toBe(1n);
    expect(aserti3(1n, 255n << 16n, 2n ** 256n - 1n)).toBe(2n ** 255n);
  });

  it('never falls when the exponent rises', () => {
    const exponent = fc.bigInt({ min: -(300n << 16n), max: 300n << 16n });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), exponent, exponent, (first, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const largest = 2n ** 256n - 1n;
        expect(aserti3(first, low, largest) <= aserti3(first, high, largest)).toBe(true);
      }),
    );
  });
});

describe('difficulty of a chain', () => {
  it.each(vectors.chains)('follows the independent computation: $name', (chain) => {
    const rules = {
      firstTarget: BigInt(chain.firstTarget),
      largestTarget: BigInt(chain.largestTarget),
      blockIntervalMs: chain.blockIntervalMs,
      halfLifeMs: chain.halfLifeMs,
    };
    let parent: DifficultyParent | undefined;
    for (const row of chain.rows) {
      const activeMs: number = parent === undefined ? 0 : nextActiveMs(parent, row.timestampMs, rules);
      parent = { activeMs, header: { height: row.height, timestampMs: row.timestampMs } };
      const target = nextTarget(rules, parent);
      expect({ activeMs, target: String(target), work: String(workOf(target)) }).toEqual({
        activeMs: row.activeMs,
        target: row.nextTarget,
        work: row.work,
      });
    }
  });
});

describe('workOf', () => {
  it('is the expected number of tries', () => {
    expect(workOf(2n ** 256n - 1n)).toBe(1n);
    expect(workOf(2n ** 255n - 1n)).toBe(2n);
    expect(workOf(0n)).toBe(2n ** 256n);
  });
});

describe('targetForRate', () => {
  it('gives a target whose work is one interval of tries', () => {
    expect(workOf(targetForRate(1_000_000, 1000))).toBe(1_000_000n);
    expect(workOf(targetForRate(250_000, 4000))).toBe(1_000_000n);
    expect(targetForRate(0, 1000)).toBe(2n ** 256n - 1n);
  });
});
