import {
  addressOf,
  encodeBody,
  encodeSeal,
  fromHex,
  type Header,
  keccak256,
  sign,
  type Transaction,
  textToBytes,
  WORD_LIMIT,
} from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  ChainKit,
  type MineOptions,
  solve,
  type TestBlock,
  testGenesis,
  testTransaction,
} from '../../testing/chainKit.js';
import { genesis, genesisBlock, kit, nonceOf, openChain } from '../../testing/openChain.js';

describe('bad blocks', () => {
  const tampered = (tamper: Partial<Header>, options: MineOptions = {}) =>
    kit.mine(genesisBlock, { ...options, tamper });
  const [alices] = [testTransaction(genesis, ALICE)];
  const other = keccak256(textToBytes('other'));
  const otherHash = `0x${Buffer.from(other).toString('hex')}` as const;

  it.each<[string, () => TestBlock]>([
    ['headerTarget', () => tampered({ target: genesis.largestTarget })],
    ['headerHeight', () => tampered({ height: 2 })],
    ['headerHistory', () => tampered({ historyRoot: otherHash })],
    ['headerTimestamp', () => tampered({ timestampMs: genesis.timestampMs })],
    ['headerGasLimit', () => tampered({ gasLimit: 1 })],
    ['headerGasUsed', () => tampered({ gasUsed: genesis.blockGasLimit + 1 })],
    [
      'headerSeal',
      () => ({
        ...kit.mine(genesisBlock),
        header: { ...kit.mine(genesisBlock).header, minerSeal: new Uint8Array(65) },
      }),
    ],
    ['parentUnknown', () => tampered({ parentHash: otherHash })],
    ['transactionCount', () => tampered({ transactionCount: 1 })],
    [
      'transactionsRoot',
      () => ({
        ...kit.mine(genesisBlock, { transactions: [alices] }),
        body: encodeBody([testTransaction(genesis, BOB)]),
      }),
    ],
    ['blockEncoding', () => ({ ...kit.mine(genesisBlock), body: Uint8Array.of(0, 0, 0, 1) })],
    ['gasUsed', () => tampered({ gasUsed: 1 })],
    ['receiptsRoot', () => tampered({ receiptsRoot: otherHash })],
    ['stateRoot', () => tampered({ stateRoot: otherHash })],
  ])('%s', async (code, make) => {
    const { chain, heads, accept } = await openChain();
    const block = make();
    expect((await accept(block)).fault?.code).toBe(code);
    expect(chain.head.hash).toBe(genesis.hash);
    expect(chain.headerByHash(block.hash)).toBeUndefined();
    expect(heads).toEqual([]);
  });

  it('headerWork, also with a target that genesis does not allow', async () => {
    const hard = new ChainKit(testGenesis({ largestTarget: `0x${genesis.firstTarget.toString(16)}` }));
    const { accept } = await openChain(undefined, hard.genesis);
    const good = hard.mine(hard.genesisBlock);
    const tries = Array.from({ length: 256 }, (_, headerNonce) => ({
      ...good,
      header: { ...good.header, headerNonce },
    }));
    const results = await Promise.all(tries.map(accept));
    // Target 2^253: about seven of eight tries fail; the others differ from the good block in their nonce alone.
    expect(results.filter(({ fault }) => fault?.code === 'headerWork').length).toBeGreaterThan(180);
    const easy = { ...good, header: { ...good.header, target: WORD_LIMIT - 1n } };
    expect((await accept(easy)).fault?.code).toBe('headerWork');
  });

  it('transactionState, which a good body on the same parent can mend', async () => {
    const { accept } = await openChain();
    const spent = kit.mine(genesisBlock, { transactions: [alices] });
    const again = kit.mine(spent);
    const bad = {
      ...again,
      header: solve({ ...again.header, transactionsRoot: spent.header.transactionsRoot, transactionCount: 1 }),
      body: spent.body,
    };
    await accept(spent);
    expect((await accept(bad)).fault).toMatchObject({
      code: 'transactionState',
      index: 0,
      fault: { code: 'nonceTooLow', got: 0, expected: 1 },
    });
    expect((await accept(again)).value).toBe('added');
  });

  it('takes the good body after a wrong one for the same header', async () => {
    const { accept } = await openChain();
    const block = kit.mine(genesisBlock, { transactions: [alices] });
    expect((await accept({ ...block, body: encodeBody([]) })).fault?.code).toBe('transactionCount');
    expect((await accept(block)).value).toBe('added');
  });

  it('does not read the senders of transactions that it can recall, and checks the body all the same', async () => {
    const { chain, accept } = await openChain();
    const block = kit.mine(genesisBlock, { transactions: [alices] });
    const other = kit.mine(genesisBlock, { transactions: [testTransaction(genesis, BOB)] });
    for (const { transactions } of [block, other])
      for (const transaction of transactions) chain.known.hold(transaction);
    expect((await accept({ ...block, body: other.body })).fault?.code).toBe('transactionsRoot');
    expect((await accept(block)).value).toBe('added');
    expect(chain.bodyByHash(block.hash)?.[0]).toBe(alices);
  });

  it('reads the senders of those transactions of a body alone that it does not know', async () => {
    const { chain, accept } = await openChain();
    const transactions = [0, 1, 2].map((nonce) => testTransaction(genesis, ALICE, { nonce }));
    chain.known.hold(transactions[1] as Transaction);
    const block = kit.mine(genesisBlock, { transactions });
    const twin = kit.mine(genesisBlock, { transactions, extra: textToBytes('twin') });
    expect((await accept(block)).value).toBe('added');
    const read = chain.bodyByHash(block.hash) ?? [];
    expect(read).toEqual(transactions);
    expect(read.map((transaction, i) => transaction === transactions[i])).toEqual([false, true, false]);
    // Another miner's block with the same transactions costs no sender at all.
    expect((await accept(twin)).value).toBe('side');
    expect(chain.bodyByHash(twin.hash)?.map((transaction, i) => transaction === read[i])).toEqual([true, true, true]);
  });

  it('executes in turns with others, who see the last head meanwhile', async () => {
    const { chain, accept } = await openChain();
    const transactions = Array.from({ length: 90 }, (_, nonce) => testTransaction(genesis, ALICE, { nonce }));
    // Nothing is left to open.
    for (const transaction of transactions) chain.known.hold(transaction);
    const block = kit.mine(genesisBlock, { transactions });
    const seen: unknown[] = [];
    const look = () => {
      seen.push([chain.head.hash, nonceOf(chain.stateAt(chain.head.hash), ALICE.address)]);
      next = setImmediate(look);
    };
    let next = setImmediate(look);
    expect((await accept(block)).value).toBe('added');
    clearImmediate(next);
    expect(nonceOf(chain.stateAt(block.hash), ALICE.address)).toBe(90);
    // 1.89 million gas in pieces of half a million.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const look of seen) expect(look).toEqual([genesis.hash, 0]);
  });

  it('lets others have their turn while it opens a body of strangers', async () => {
    const { accept } = await openChain();
    const transactions = Array.from({ length: 70 }, (_, nonce) => testTransaction(genesis, ALICE, { nonce }));
    const block = kit.mine(genesisBlock, { transactions });
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    expect((await accept(block)).value).toBe('added');
    clearImmediate(next);
    // Three lots of at most 32, and two turns between them.
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('asks for the seal of a listed miner', async () => {
    const miners = [addressOf(ALICE.key)];
    const sealed = new ChainKit(testGenesis({ miners }));
    const { accept } = await openChain(undefined, sealed.genesis);
    const block = sealed.mine(sealed.genesisBlock);
    const sealedBy = (key: Uint8Array) => ({
      ...block,
      header: { ...block.header, minerSeal: encodeSeal(sign(fromHex(block.hash), key)) },
    });
    expect((await accept(block)).fault?.code).toBe('headerSeal');
    expect((await accept(sealedBy(BOB.key))).fault).toEqual({ code: 'headerMiner', got: BOB.address });
    expect((await accept(sealedBy(ALICE.key))).value).toBe('added');
  });
});
