import { expect, it } from 'vitest';
import { blockCost } from './cost.js';

it('expects one try in 65,536 to meet a target with sixteen zero bits', () => {
  const target = BigInt(`0x0000${'f'.repeat(60)}`);
  expect(blockCost(target, 0.5)).toEqual({ triesPerBlock: 65_536, joulesPerBlock: 32_768, joulesPerHash: 0.5 });
});
