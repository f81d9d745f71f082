import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hash, textToBytes, toHex, ZERO_HASH } from './bytes.js';
import { sha256 } from './hash.js';
import { type MerkleProof, merkleProof, merkleRoot, verifyMerkleProof } from './merkle.js';

const leaf = (item: Uint8Array) => sha256(Uint8Array.of(0), item);
const inner = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);
const items = (count: number) => ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff'].slice(0, count).map(textToBytes);

const lists = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 40 });
const listAndIndex = lists.chain((list) => fc.tuple(fc.constant(list), fc.nat(list.length - 1)));

describe('merkleRoot', () => {
  // Computed by an independent script from docs/protocol.md.
  it.each([
    [1, '022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c'],
    [2, '3ea3f8423cf12b1398d6e9b468114e368fceab86b53bcc57adb29a1564c0226d'],
    [3, 'f6ee8bcc9daa22bc0d5355fb7d3f2c429fc43da07838f4288caa193373c95e56'],
    [5, 'f0e1bc9cc820b504db2e25550f4acb8bd79aaba930efcc4893d73388519661bc'],
    [6, '28e5466149cfdd309fccdb9397a696e92f7a66117b6aaaa9b0f179f271eb1026'],
  ])('equals the vector of %i items', (count, root) => {
    expect(merkleRoot(items(count))).toBe(`0x${root}`);
  });

  it('is 32 zero bytes for no items, and not for one empty item', () => {
    expect(merkleRoot([])).toBe(ZERO_HASH);
    expect(merkleRoot([new Uint8Array(0)])).toBe('0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  it('promotes an odd node', () => {
    const [a, b, c] = items(3).map(leaf) as [Uint8Array, Uint8Array, Uint8Array];
    expect(merkleRoot(items(3))).toBe(toHex(inner(inner(a, b), c)));
  });

  it('differs when the tail is repeated (CVE-2012-2459)', () => {
    fc.assert(
      fc.property(lists, fc.nat(), (list, seed) => {
        const tail = list.slice(seed % list.length);
        expect(merkleRoot([...list, ...tail])).not.toBe(merkleRoot(list));
      }),
    );
  });

  it('does not take two hashes for an inner node', () => {
    const [a, b] = items(2).map(leaf) as [Uint8Array, Uint8Array];
    expect(merkleRoot([Uint8Array.of(...a, ...b)])).not.toBe(merkleRoot(items(2)));
  });
});

describe('merkleProof', () => {
  it('holds for every item of every list', () => {
    fc.assert(
      fc.property(listAndIndex, ([list, index]) => {
        const item = list[index] as Uint8Array;
        const proof = merkleProof(list, index);
        expect(verifyMerkleProof(merkleRoot(list), item, proof)).toBe(true);
        expect(proof.siblings.length).toBeLessThanOrEqual(Math.ceil(Math.log2(list.length)));
      }),
    );
  });

  it('fails for another item, index or sibling, and for a sibling too many or too few', () => {
    const list = items(6);
    const root = merkleRoot(list);
    const proof = merkleProof(list, 2);
    const item = list[2] as Uint8Array;
    const holds = (changed: Partial<MerkleProof>, of = item) => verifyMerkleProof(root, of, { ...proof, ...changed });
    expect(holds({})).toBe(true);
    expect(holds({}, list[3])).toBe(false);
    for (const index of [0, 1, 3, 4, 5, 6, -1, 2.5]) expect(holds({ index }), `index ${index}`).toBe(false);
    expect(holds({ siblings: proof.siblings.slice(1) })).toBe(false);
    expect(holds({ siblings: [...proof.siblings, ZERO_HASH] })).toBe(false);
    expect(holds({ siblings: proof.siblings.map((): Hash => ZERO_HASH) })).toBe(false);
    expect(holds({ siblings: proof.siblings.map((): Hash => '0x00') })).toBe(false);
    expect(holds({ count: 2 })).toBe(false);
    expect(holds({ count: Number.POSITIVE_INFINITY })).toBe(false);
  });

  it('does not accept an inner node for a leaf', () => {
    const list = items(4);
    const [a, b, c, d] = list.map(leaf) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const proof = { index: 0, count: 2, siblings: [toHex(inner(c, d))] };
    expect(verifyMerkleProof(merkleRoot(list), Uint8Array.of(...a, ...b), proof)).toBe(false);
  });

  it('asserts that the item exists', () => {
    expect(() => merkleProof(items(3), 3)).toThrow('no such item in the list: 3');
  });
});
