import { assert, MemoryKeyValues, StateJournal } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { ALICE, CONTEXT, CONTRACT } from '../../testing/testSupport.js';
import { encodeCall, selectorOf } from '../abi.js';
import { Machine } from '../machine/machine.js';
import { assemble, disassemble } from './index.js';

/** Sorts a list in memory, which macros alone could not: one loop within another, and a subroutine for what repeats. */
const SORTER = `
.contract Sorter
.slot     received

.receive
          value sload received add sstore received
          stop

.function sorted(uint256[] list) view returns (uint256, uint256, uint256)
.local    i n
          listlen list lset n
          push 0 lset i
copy:     lget i lget n ge jumpif sort
          lget i listat list  lget i mstore
          lget i push 1 add lset i
          jump copy
sort:     lget n callsub bubble
          push 0 push 3 returnm

.subroutine bubble takes 1 gives 0          ; ( n -- ) sorts memory words 0 … n−1, the smallest first
.local    n i swaps
          lset n
again:    push 0 lset swaps  push 1 lset i
next:     lget i lget n ge jumpif done
          lget i callsub exchange  lget swaps add lset swaps
          lget i push 1 add lset i
          jump next
done:     lget swaps jumpif again
          retsub

.subroutine exchange takes 1 gives 1        ; ( i -- swapped ) puts the words i−1 and i in order
.local    i
          lset i
          lget i push 1 sub mload  lget i mload  le jumpif right
          lget i push 1 sub mload  lget i mload
          lget i push 1 sub mstore  lget i mstore
          push 1 retsub
right:    push 0 retsub
`;

function run(words: readonly bigint[]) {
  const { code } = assemble(SORTER, 'sorter.wca');
  const state = new StateJournal(new MemoryKeyValues());
  state.setCode(CONTRACT, Uint8Array.from(Buffer.from(code.slice(2), 'hex')));
  const machine = new Machine(state, CONTEXT, 1_000_000);
  machine.begin(
    ALICE,
    CONTRACT,
    0n,
    encodeCall(selectorOf('sorted(uint256[])'), [32n, BigInt(words.length), ...words]),
  );
  machine.run();
  assert(machine.outcome !== undefined, 'a run without a limit reaches its end');
  return machine.outcome;
}

describe('subroutines and memory in the assembly', () => {
  it('sort a list', () => {
    expect(run([3n, 1n, 2n]).value).toEqual([1n, 2n, 3n]);
    expect(run([9n, 8n, 7n, 6n, 5n, 4n]).value).toEqual([4n, 5n, 6n]);
  });

  it('come back from the disassembly as they were', () => {
    const { code } = assemble(SORTER, 'sorter.wca');
    const text = disassemble(Uint8Array.from(Buffer.from(code.slice(2), 'hex')));
    expect(text).toContain('.entry receive');
    expect(text).toContain('.entry subroutine 1 1');
    expect(assemble(text, 'again.wca').code).toBe(code);
  });

  it('leave the interface to the functions; receive is part of it', () => {
    const { abi } = assemble(SORTER, 'sorter.wca');
    expect(abi.map((entry) => ('name' in entry ? entry.name : entry.type))).toEqual(['receive', 'sorted']);
    expect(abi[0]).toEqual({ type: 'receive', stateMutability: 'payable' });
  });
});
