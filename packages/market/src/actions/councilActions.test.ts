import { createWalletClient, custom, type Hash, type Hex, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { type MarketVm, NOTICE, testAccount } from '../../testing/marketVm.js';
import { TEST_CHAIN, type VmTransport } from '../../testing/vmTransport.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import type { SigningClient } from './transaction.js';

const { councilAddress } = GENESIS_ADDRESSES;
const keyOf = (n: number) => privateKeyToAccount(toHex(testAccount(n).privateKey));
/** Seat 1, and what is to act in its place. */
const [oldKey, newKey, otherKey] = [1, 8, 9].map((n) => keyOf(n).address) as [Hex, Hex, Hex];

let vm: MarketVm;
let node: VmTransport;
let operator: SigningClient;
let secondOperator: SigningClient;
let recovery: SigningClient;

beforeEach(() => {
  ({ vm, node, operator, secondOperator } = marketPeople());
  recovery = createWalletClient({ account: keyOf(20), chain: TEST_CHAIN, transport: node.transport });
});

describe('a change of keys', () => {
  const named = { councilAddress, oldKey, newKey };

  it('is requested, vetoed and approved, each with its sentence', async () => {
    const unknown = market.getKeyChange(operator, named);
    await expect(unknown).rejects.toMatchObject({ code: 'unknownKeyChange' });
    await market.requestKeyChange(secondOperator, named);
    const requestedAt = vm.nowS;
    expect(await market.getKeyChange(operator, named)).toEqual({
      oldKey,
      newKey,
      state: 'open',
      seat: 1n,
      requestedBy: secondOperator.account.address,
      requestedAt,
      approvals: [2n],
      rejections: [],
      needed: 1n,
      isVetoed: false,
      recoveryMayDecideFrom: requestedAt + NOTICE,
    });
    const asked = `as ${secondOperator.account.address} asked at 1970-01-12T13:46:40Z`;
    const open = `Key ${newKey} is to act for seat 1 in place of ${oldKey}, ${asked}. One member alone cannot approve it. The recovery key may approve it from 1970-01-12T13:56:40Z on.`;
    expect(await market.explainKeyChange(operator, named)).toBe(open);
    await market.vetoKeyChange(operator, { ...named, requestedAt });
    expect(await market.explainKeyChange(operator, named)).toBe(
      `${open} A veto freezes both keys until it is decided.`,
    );
    expect(await market.getCouncil(operator, { councilAddress })).toEqual({
      members: [
        { seat: 1n, key: oldKey, isFrozen: true },
        { seat: 2n, key: secondOperator.account.address, isFrozen: false },
      ],
      recoveryKey: recovery.account.address,
      noticeSeconds: NOTICE,
    });
    const approval = { ...named, requestedAt, approve: true };
    await expect(market.voteOnKeyChange(recovery, approval)).rejects.toMatchObject({
      code: 'refused',
      message: 'the recovery key may approve this change from 1970-01-12T13:56:40Z on',
    });
    vm.nowS += NOTICE;
    await market.voteOnKeyChange(recovery, approval);
    expect(await market.explainKeyChange(operator, named)).toBe(
      `Key ${newKey} acts for seat 1 in place of ${oldKey}, ${asked}.`,
    );
    expect((await market.getCouncil(operator, { councilAddress })).members[0]).toEqual({
      seat: 1n,
      key: newKey,
      isFrozen: false,
    });
  });

  it('that was rejected says so, and that of the recovery key whose votes it needs', async () => {
    await market.requestKeyChange(operator, named);
    await market.voteOnKeyChange(recovery, { ...named, requestedAt: vm.nowS, approve: false });
    expect(await market.explainKeyChange(operator, named)).toMatch(/: that was rejected\.$/);
    const ofRecovery = { councilAddress, oldKey: recovery.account.address, newKey };
    await market.requestKeyChange(operator, ofRecovery);
    expect(await market.explainKeyChange(operator, ofRecovery)).toMatch(
      /is to act as the recovery key .* It needs 2 votes; in favour seat 1\.$/,
    );
    expect((await market.getKeyChange(operator, ofRecovery)).recoveryMayDecideFrom).toBeUndefined();
  });
});

describe('the list of changes', () => {
  /** A client of a chain that has grown to so many blocks, and the ranges of blocks that it asked for. */
  function clientAt(newest: bigint) {
    const ranges: [bigint, bigint][] = [];
    const request = async (call: { method: string; params?: unknown }) => {
      if (call.method === 'eth_blockNumber') return toHex(newest);
      if (call.method === 'eth_getLogs') {
        const [{ fromBlock, toBlock }] = call.params as [{ fromBlock: Hash; toBlock: Hash }];
        ranges.push([BigInt(fromBlock), BigInt(toBlock)]);
      }
      return node.transport({ chain: TEST_CHAIN }).request(call as never);
    };
    const transport = custom({ request: request as never }, { retryCount: 0 });
    return { client: createWalletClient({ account: keyOf(1), chain: TEST_CHAIN, transport }), ranges };
  }

  it('has each once, as it stands, and asks a node for as many blocks as it reads at a time', async () => {
    const { client, ranges } = clientAt(4_500n);
    expect(await market.listKeyChanges(client, { councilAddress })).toEqual({ entries: [] });
    const named = { councilAddress, oldKey, newKey };
    await market.requestKeyChange(secondOperator, named);
    await market.voteOnKeyChange(recovery, { ...named, requestedAt: vm.nowS, approve: false });
    await market.requestKeyChange(secondOperator, { ...named, newKey: otherKey });
    vm.nowS += 5n;
    await market.requestKeyChange(secondOperator, named);
    ranges.length = 0;
    const listed = await market.listKeyChanges(client, { councilAddress });
    expect(listed.entries).toMatchObject([
      { newKey, state: 'open', requestedAt: vm.nowS },
      { newKey: otherKey, state: 'open' },
    ]);
    expect(listed.next).toBeUndefined();
    expect(ranges).toEqual([
      [2_501n, 4_500n],
      [501n, 2_500n],
      [0n, 500n],
    ]);
    expect(await market.listKeyChanges(client, { councilAddress, before: 1n })).toEqual({ entries: [] });
  });

  it('looks back on a bounded number of blocks, and says where to go on', async () => {
    const { client, ranges } = clientAt(1_000_000n);
    const named = { councilAddress, oldKey, newKey };
    await market.requestKeyChange(secondOperator, named);
    const page = await market.listKeyChanges(client, { councilAddress });
    expect(page).toEqual({ entries: [], next: 800_001n });
    expect(ranges).toHaveLength(100);
    expect(ranges.at(-1)).toEqual([800_001n, 802_000n]);
    const last = await market.listKeyChanges(client, { councilAddress, before: 200_001n });
    expect(last.entries).toMatchObject([{ newKey, state: 'open' }]);
    expect(last.next).toBe(1n);
  });
});
