import { type Doubt, doubtsOfPrice } from '@wattchain/market';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { settleDoubts } from './doubts.js';

const progress: string[] = [];
const output = { json: true, result: () => {}, progress: (text: string) => progress.push(text) };
const [asked] = doubtsOfPrice(0n) as [Doubt];
const [slip] = doubtsOfPrice(10n ** 36n) as [Doubt];

afterEach(() => {
  progress.length = 0;
  vi.restoreAllMocks();
});

describe('doubts', () => {
  test('are settled when there are none, or by --yes, which says what it passes over', async () => {
    await settleDoubts(output, {}, []);
    expect(progress).toEqual([]);
    await settleDoubts(output, { yes: true }, [asked]);
    expect(progress).toEqual(['--yes: the price is 0: the energy is given away']);
  });

  test('stop a command that nobody can be asked about', async () => {
    await expect(settleDoubts(output, {}, [asked, { ...asked, what: 'and more' }])).rejects.toMatchObject({
      code: 'notConfirmed',
      message: 'the price is 0: the energy is given away; and more',
      hint: expect.stringContaining('--yes') as string,
      values: { reasons: ['price', 'price'] },
    });
  });

  test('that no word settles are refused, --yes or not', async () => {
    await expect(settleDoubts(output, { yes: true }, [asked, slip])).rejects.toMatchObject({ code: 'implausible' });
  });
});
