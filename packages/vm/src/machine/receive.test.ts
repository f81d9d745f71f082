import { EMPTY_BYTES, type StateJournal } from '@wattchain/core';
import { beforeEach, expect, it } from 'vitest';
import { ALICE, CONTRACT, callAs, contract, createWorld, type Line, OTHER } from '../../testing/testSupport.js';
import { encodeCall } from '../abi.js';
import { intrinsicGas } from '../gas.js';
import { describeFailure } from './failure.js';

const GO = 0x01020304;
const CALLDATA = encodeCall(GO, []);

let state: StateJournal;
beforeEach(() => {
  state = createWorld().state;
  state.addBalance(CONTRACT, 100n);
});

/** Puts a contract at OTHER that counts what it received in its slot 0, with `more` before it ends. */
function placeReceiver(...more: Line[]): void {
  const lines: Line[] = [['VALUE'], ['PUSH', 0n], ['SLOAD'], ['ADD'], ['PUSH', 0n], ['SSTORE'], ...more, ['STOP']];
  state.setCode(OTHER, contract({ receive: true, payable: true, lines }));
}

const paying = (amount: bigint): Line[] => [['PUSH', BigInt(OTHER)], ['PUSH', amount], ['PAY']];

function run(lines: readonly Line[], data: Uint8Array = CALLDATA, to = CONTRACT, value = 0n) {
  if (to === CONTRACT) state.setCode(CONTRACT, contract({ selector: GO, lines }));
  const result = callAs(state, to, { data, value });
  const failure = result.failure === null ? undefined : [result.failure.code, describeFailure(result.failure)];
  return { ...result, failure };
}

it('a payment runs the receiver, who has the coins and the payer for its caller', () => {
  placeReceiver(['CALLER'], ['PUSH', BigInt(CONTRACT)], ['EQ'], ['REQUIRE', 'who?']);
  const read: Line[] = [['SELF'], ['BALANCE'], ['PUSH', BigInt(OTHER)], ['BALANCE'], ['RETURN', 2]];
  const { failure, output } = run([...paying(30n), ...paying(5n), ...read]);
  expect(failure).toBeUndefined();
  expect([output[31], output[63]]).toEqual([65, 35]);
});

it('coins that come alone in a transaction go the same way', () => {
  placeReceiver(['CALLER'], ['PUSH', BigInt(ALICE)], ['EQ'], ['REQUIRE', 'who?']);
  expect(run([], EMPTY_BYTES, OTHER, 7n).failure).toBeUndefined();
  expect(run([], EMPTY_BYTES, OTHER).failure).toBeUndefined();
  expect(run([], new Uint8Array(4), OTHER).failure?.[0]).toBe('noFunction');
});

it('the receiver may refuse, and its failure is that of the payer', () => {
  placeReceiver(['FAIL', 'no, thank you']);
  expect(run([...paying(30n), ['STOP']]).failure).toEqual(['revert', 'no, thank you']);
  expect(state.balance(CONTRACT)).toBe(100n);
});

it('a receiver cannot enter who pays it, nor be paid by whom it runs', () => {
  placeReceiver(['PUSH', BigInt(CONTRACT)], ['PUSH', 0n], ['CALL', GO, 0, 0]);
  expect(run([...paying(30n), ['STOP']]).failure?.[0]).toBe('reentrancy');
  placeReceiver(['PUSH', BigInt(CONTRACT)], ['PUSH', 1n], ['PAY']);
  expect(run([...paying(30n), ['STOP']]).failure?.[0]).toBe('reentrancy');
});

it('costs what a call costs; the code of a contract is paid for once in a transaction', () => {
  state.setCode(OTHER, contract({ receive: true, payable: true, lines: [['STOP']] }));
  const gasOf = (times: number) => run([...Array<Line[]>(times).fill(paying(30n)).flat(), ['STOP']]).gasUsed;
  // Two PUSHes, PAY 8,000, a call 3,100, the receiver's STOP; the first time its 17 bytes as well.
  const [one, two, three] = [gasOf(1), gasOf(2), gasOf(3)];
  expect(one).toBe(intrinsicGas(CALLDATA, false) + 2 + 8_000 + 3_100 + 17 + 1 + 1);
  expect([two - one, three - two]).toEqual([2 + 8_000 + 3_100 + 1, 2 + 8_000 + 3_100 + 1]);
});

it('memory is counted over all frames of a transaction', () => {
  const fill = (words: bigint): Line[] => [['PUSH', 1n], ['PUSH', words - 1n], ['MSTORE']];
  state.setCode(OTHER, contract({ receive: true, payable: true, lines: [...fill(40_000n), ['STOP']] }));
  expect(run([...fill(25_536n), ...paying(1n), ['STOP']]).failure).toBeUndefined();
  expect(run([...fill(25_537n), ...paying(1n), ['STOP']]).failure?.[0]).toBe('memoryLimit');
  expect(run([...paying(1n), ...paying(1n), ['STOP']]).failure?.[0]).toBe('memoryLimit');
});
