import { isDeepStrictEqual } from 'node:util';
import {
  ACCOUNT_PREFIX,
  type Address,
  bytesToBigInt,
  decodeAccount,
  encodeRlp,
  encodeRlpNumber,
  fromHex,
  type Log,
  type RlpItem,
  type StateChange,
  type StateJournal,
  toHex,
} from '@wattchain/core';
import { ALL_ARTIFACTS, TOKEN_UNIT } from '@wattchain/market';
import { applyMessage } from '@wattchain/vm';
import { CONTRACTS, MarketVm, testAccount } from '../../../packages/market/testing/marketVm.js';
import { encodeCall } from '../../../packages/vm/src/abi.js';
import { Machine } from '../../../packages/vm/src/machine/machine.js';
import type { MachineObserver } from '../../../packages/vm/src/machine/observer.js';
import { RANDOM_SELECTOR, randomContract } from '../../../packages/vm/testing/randomCode.js';
import { ALICE, CONTEXT, CONTRACT, createWorld, OTHER, THIRD } from '../../../packages/vm/testing/testSupport.js';
import { RLP } from '../structure.js';
import { mustHold, type Target } from '../target.js';
import { dataOf, functionsOf, noise, tapeOf } from './contractInputs.js';
import { tokensNotHeld } from './tokenSupply.js';

/** What balances changed by in all: nothing makes or takes coins but blocks. */
function coinsMade(changes: readonly StateChange[]): bigint {
  const balance = (value: Uint8Array | undefined) => (value === undefined ? 0n : decodeAccount(value).balance);
  return changes
    .filter(({ key }) => key[0] === ACCOUNT_PREFIX)
    .reduce((sum, { before, after }) => sum + balance(after) - balance(before), 0n);
}

/** What a call that fails now leaves of all that it did: the next nonce of its sender. */
function changesOfFailure(state: StateJournal, from: Address): readonly StateChange[] {
  const checkpoint = state.checkpoint();
  state.incrementNonce(from);
  const changes = state.changes();
  state.revertTo(checkpoint);
  return changes;
}

/** Contracts that calls reach: the market's, deployed, and every other one as it is before its constructor. */
const CALLED = [
  ...Object.values(CONTRACTS).map(({ address, abi: entries }) => ({
    address,
    functions: functionsOf(entries),
    code: undefined,
  })),
  ...Object.values(ALL_ARTIFACTS).map(({ abi: entries, code: text }, i) => ({
    address: toHex(new Uint8Array(20).fill(0xc0 + i)),
    functions: functionsOf(entries),
    code: fromHex(text),
  })),
];
const CALL_GAS = 400_000;
const MAX_CALLS = 3;
const CALLERS = 6;
/** Callers that have tokens. */
const HOLDERS = [1, 2, 3].map(testAccount);
const START_S = 1_000_000n;

let market: MarketVm | undefined;
function newMarket(): void {
  market = new MarketVm();
  for (const { address, code: bytes } of CALLED)
    if (bytes !== undefined) market.state.setCode(address as Address, bytes);
  for (const holder of HOLDERS) market.give(holder, 10n * TOKEN_UNIT);
}

/** Numbers are small, so a list of bytes stands for each. */
const call = (contract: number, caller: number, seconds: number, value: bigint, data: Uint8Array): RlpItem => [
  Uint8Array.of(contract),
  Uint8Array.of(caller),
  encodeRlpNumber(seconds),
  encodeRlpNumber(value),
  data,
];
const bytesAt = (items: readonly unknown[], i: number): Uint8Array =>
  items[i] instanceof Uint8Array ? (items[i] as Uint8Array).subarray(0, 4_096) : new Uint8Array(0);

/**
 * Calls of the market's and the communities' contracts, one after the other: `[[contract, caller, seconds, value, calldata], …]`. Whatever
 * the calldata, they end within their gas in a result or a failure, which leaves nothing but the sender's next nonce; no coins are made or
 * lost, and the tokens that exist are those that somebody holds. Contract 255 deploys the data.
 */
const calls: Target = {
  name: 'calls',
  inputsPerRound: 128,
  maxBytes: 4_096,
  structure: RLP,
  seeds: () => [
    ...CALLED.flatMap(({ functions }, contract) =>
      functions.map((entry, n) =>
        encodeRlp([call(contract, n % CALLERS, 10, entry.stateMutability === 'payable' ? 5n : 0n, dataOf(entry, n))]),
      ),
    ),
    encodeRlp([call(255, 0, 0, 0n, randomContract(tapeOf(noise(200, 1))))]),
  ],
  begin: newMarket,
  run: (input) => {
    const decoded = RLP.parse(input);
    const list = Array.isArray(decoded) ? (decoded as readonly unknown[]) : [];
    if (market === undefined) newMarket();
    const { state, context } = market as MarketVm;
    const checkpoint = state.checkpoint();
    let nowS = START_S;
    let succeeded = false;
    const told: Log[] = [];
    try {
      for (const item of list.slice(0, MAX_CALLS)) {
        const items = Array.isArray(item) ? (item as readonly unknown[]) : [];
        const place = bytesAt(items, 0)[0] ?? 0;
        const to = place === 255 ? null : (CALLED[place % CALLED.length]?.address as Address);
        const from = testAccount(1 + ((bytesAt(items, 1)[0] ?? 0) % CALLERS)).address;
        nowS += bytesToBigInt(bytesAt(items, 2).subarray(0, 3));
        const value = bytesToBigInt(bytesAt(items, 3).subarray(0, 10));
        const message = { from, to, value, data: bytesAt(items, 4), gasLimit: CALL_GAS, gasPrice: 0n };
        const block = { ...context, timestampMs: Number(nowS) * 1_000 };
        // As a block does: what the sender does not have is not tried.
        if (state.balance(from) < value) continue;
        const undone = changesOfFailure(state, from);
        const { gasUsed, failure, logs } = applyMessage(state, message, block);
        mustHold(gasUsed > 0 && gasUsed <= CALL_GAS, `uses ${gasUsed} gas of ${CALL_GAS}`);
        if (failure === null) told.push(...logs);
        else
          mustHold(isDeepStrictEqual(state.changes(), undone), `leaves something behind that failed: ${failure.code}`);
        succeeded ||= failure === null;
      }
      mustHold(coinsMade(state.changes()) === 0n, 'makes or loses coins');
      mustHold(tokensNotHeld(state, HOLDERS, told) === 0n, 'makes or loses tokens');
    } finally {
      state.revertTo(checkpoint);
    }
    return succeeded;
  },
};

const CODE_GAS = 150_000;
/** A piece of a run that rests in between. */
const PIECE_GAS = 700;

/** Two contracts written by what an input says, the first of which is called and may call the second, by either way to run code. */
function runRandom(
  first: Uint8Array,
  second: Uint8Array,
  args: readonly bigint[],
  observer: MachineObserver | undefined,
  pieceGas: number,
) {
  const { state } = createWorld();
  state.setCode(CONTRACT, first);
  state.setCode(OTHER, second);
  state.addBalance(CONTRACT, 10n);
  state.addBalance(THIRD, 3n);
  for (let slot = 0n; slot < 3n; slot++) state.setStorage(CONTRACT, slot, 7n * slot);
  const given = coinsMade(state.changes());
  const machine = new Machine(state, CONTEXT, CODE_GAS, observer);
  machine.begin(ALICE, CONTRACT, 1n, encodeCall(RANDOM_SELECTOR, args));
  while (!machine.run(pieceGas));
  const { outcome, gasLeft, logs } = machine;
  const changes = state.changes();
  mustHold(outcome !== undefined, 'a run does not end');
  mustHold(coinsMade(changes) === given, 'makes or loses coins');
  return { outcome, gasLeft, logs, changes };
}

/**
 * Random verified code made of every opcode: it ends within its gas in words or a failure, each step costs gas, no coins are made or lost,
 * and the fast way to run it does what the readable one does.
 */
const contracts: Target = {
  name: 'contracts',
  inputsPerRound: 256,
  maxBytes: 2_048,
  seeds: () => Array.from({ length: 16 }, (_, i) => noise(200 + 80 * i, i)),
  run: (input) => {
    const [flags = 0, cut = 0] = input;
    const tape = input.subarray(2);
    const middle = Math.floor((tape.length * cut) / 256);
    const first = randomContract(tapeOf(tape.subarray(0, middle)));
    const second = randomContract(tapeOf(tape.subarray(middle)), (flags & 1) === 1);
    const args = [bytesToBigInt(input.subarray(0, 1 + (flags % 32))), BigInt(cut)].slice(0, flags % 5 === 0 ? 1 : 2);
    let steps = 0;
    const watcher: MachineObserver = { enter: () => {}, leave: () => {}, step: () => steps++ };
    const readable = runRandom(first, second, args, watcher, Number.POSITIVE_INFINITY);
    const gasUsed = CODE_GAS - Math.max(0, readable.gasLeft);
    mustHold(steps <= gasUsed, `takes ${steps} steps with ${gasUsed} gas`);
    mustHold(readable.gasLeft >= 0 || readable.outcome.fault?.code === 'outOfGas', 'uses more gas than it has');
    const whole = runRandom(first, second, args, undefined, Number.POSITIVE_INFINITY);
    mustHold(isDeepStrictEqual(whole, readable), 'the fast way ends otherwise than the readable one');
    if ((flags & 6) === 6) {
      const resting = runRandom(first, second, args, undefined, PIECE_GAS);
      mustHold(isDeepStrictEqual(resting, readable), 'a run that rests ends otherwise');
    }
    return readable.outcome.fault === undefined;
  },
};

export const CONTRACT_TARGETS: readonly Target[] = [calls, contracts];
