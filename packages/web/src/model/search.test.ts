import { describe, expect, it } from 'vitest';
import { readSearchTerm } from './search.js';

const HASH = 'af5e0b19740515fc70ff4f06e565bfea7f55768d24eac575df0b5cc20abd3d9c';

describe('the search box', () => {
  it('takes heights as people write them', () => {
    for (const text of ['1234', ' 1,234 ', '#1234', 'block 1234', '1 234']) {
      expect(readSearchTerm(text)).toEqual({ kind: 'height', height: 1234 });
    }
  });
  it('takes hashes and addresses with and without 0x, in any case', () => {
    expect(readSearchTerm(HASH.toUpperCase())).toEqual({ kind: 'hash', hash: `0x${HASH}` });
    expect(readSearchTerm(`0x${HASH}`)).toEqual({ kind: 'hash', hash: `0x${HASH}` });
    expect(readSearchTerm(`0x${HASH.slice(0, 40)}`)).toEqual({ kind: 'address', address: `0x${HASH.slice(0, 40)}` });
  });
  it('takes anything else as a name, and nothing as nothing', () => {
    expect(readSearchTerm('node-1')).toEqual({ kind: 'name', name: 'node-1' });
    expect(readSearchTerm(`0x${HASH}00`)).toMatchObject({ kind: 'name' });
    expect(readSearchTerm('  ')).toEqual({ kind: 'nothing' });
  });
});
