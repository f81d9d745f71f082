import { isDeepStrictEqual } from 'node:util';
import {
  ACCOUNT_PREFIX,
  type Address,
  bytesToBigInt,
  concatBytes,
  decodeAccount,
  encodeRlp,
  encodeRlpNumber,
  fromHex,
  type RlpItem,
  type StateChange,
  toHex,
} from '@wattchain/core';
import { ALL_ARTIFACTS } from '@wattchain/market';
import {
  type AbiEntry,
  type AbiInput,
  type AbiParameter,
  applyMessage,
  assemble,
  disassemble,
  selectorOf,
  selectorToHex,
  signatureOfEntry,
} from '@wattchain/vm';
import { CONTRACTS, MarketVm, testAccount } from '../../../packages/market/testing/marketVm.js';
import { encodeCall } from '../../../packages/vm/src/abi.js';
import { decodeValues, encodeArguments } from '../../../packages/vm/src/abiValues.js';
import { decodeCodeHeader, encodeCode } from '../../../packages/vm/src/code.js';
import { encodeInstruction } from '../../../packages/vm/src/instruction.js';
import { Machine } from '../../../packages/vm/src/machine/machine.js';
import type { MachineObserver } from '../../../packages/vm/src/machine/observer.js';
import { verifyCode } from '../../../packages/vm/src/verify.js';
import { RANDOM_SELECTOR, randomContract } from '../../../packages/vm/testing/randomCode.js';
import { ALICE, CONTEXT, CONTRACT, createWorld, OTHER, THIRD } from '../../../packages/vm/testing/testSupport.js';
import { TOKEN } from '../../../packages/vm/testing/token.js';
import { bytesOf, LINES, RLP, textOf } from '../structure.js';
import { mustHold, sameBytes, type Target, unlessRefused } from '../target.js';

type FunctionEntry = Extract<AbiEntry, { readonly type: 'function' }>;

const functionsOf = (abi: readonly unknown[]): FunctionEntry[] =>
  (abi as readonly AbiEntry[]).filter((entry) => entry.type === 'function');

/** Numbers for {@link randomContract}, two bytes each. */
function tapeOf(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2)
    numbers.push((bytes[at] as number) * 256 + (bytes[at + 1] as number));
  return numbers;
}

/** Bytes that look random and are always the same. */
function noise(length: number, salt: number): Uint8Array {
  let state = salt + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const smallCodes = () =>
  Object.values(ALL_ARTIFACTS)
    .map(({ code }) => fromHex(code))
    .filter(({ length }) => length < 6_000);

/** Code is refused, or it is the only encoding of what was read of it. */
const code: Target = {
  name: 'code',
  inputsPerRound: 512,
  maxBytes: 8_192,
  seeds: () => [
    ...Array.from({ length: 12 }, (_, i) => randomContract(tapeOf(noise(400, i)), i % 2 === 1)),
    fromHex(assemble(TOKEN, 'token.wca').code),
    ...smallCodes().slice(0, 4),
  ],
  run: (input) => {
    const { value: verified } = verifyCode(input);
    if (verified === undefined) return false;
    const header = decodeCodeHeader(input).value;
    mustHold(header !== undefined, 'verified code has no header');
    const { instructions } = verified;
    const body = instructions.map(({ opcode, immediates }) =>
      encodeInstruction(
        opcode,
        immediates.map((value, k) =>
          opcode.immediates[k] === 'target' ? (instructions[value as number]?.offset ?? -1) : value,
        ),
      ),
    );
    const again = encodeCode(header.functions, header.subroutines, concatBytes(...body));
    mustHold(sameBytes(again, input), 'verified code is not the one encoding of its instructions');
    return true;
  },
};

/** Text is refused with a place, or becomes code that the verifier takes and that comes back from its disassembly. */
const assembly: Target = {
  name: 'assembly',
  inputsPerRound: 256,
  maxBytes: 6_000,
  structure: LINES,
  seeds: () => [
    bytesOf(TOKEN),
    ...Array.from({ length: 6 }, (_, i) => bytesOf(disassemble(randomContract(tapeOf(noise(160, i)))))),
  ],
  dictionary: [
    '.macro x',
    '.end',
    '.function f() view',
    '.slot a',
    '.map m',
    'jump a',
    'a:',
    '.const A = 1',
    '"',
    ';',
  ].map(bytesOf),
  run: (input) => {
    const artifact = unlessRefused(() => assemble(textOf(input), 'fuzz.wca'));
    if (artifact === undefined) return false;
    const bytes = fromHex(artifact.code);
    mustHold(verifyCode(bytes).fault === undefined, 'assembled code is not taken by the verifier');
    mustHold(assemble(disassemble(bytes), 'again.wca').code === artifact.code, 'the disassembly is other code');
    return true;
  },
};

/** A value of a type, as somebody would give it. */
function plausible({ type, components = [] }: AbiParameter, n: number): AbiInput {
  if (type.endsWith('[]')) return [plausible({ name: '', type: type.slice(0, -2), components }, n)];
  const fixed = /^(.+)\[(\d+)\]$/.exec(type);
  if (fixed !== null) {
    const item = { name: '', type: fixed[1] as string, components };
    return Array.from({ length: Number(fixed[2]) }, () => plausible(item, n));
  }
  if (type === 'tuple') return components.map((member) => plausible(member, n));
  if (type === 'address') return testAccount(1 + (n % 4)).address;
  if (type === 'bool') return n % 2 === 0;
  if (type === 'string') return 'a text';
  if (type === 'bytes') return '0x0102';
  if (type.startsWith('bytes')) return `0x${'0a'.repeat(Number(type.slice(5)))}`;
  const bits = BigInt(type.replace(/^u?int/, '') || 256);
  return n % 3 === 0 && bits >= 32n ? 900_000n : BigInt(n) % 2n ** (bits - 1n);
}

const dataOf = (entry: FunctionEntry, n: number) =>
  concatBytes(
    fromHex(selectorToHex(selectorOf(signatureOfEntry(entry)))),
    encodeArguments(
      entry.inputs,
      entry.inputs.map((parameter) => plausible(parameter, n)),
    ),
  );

/** Every interface's parameters; the first two bytes of an input choose among them. */
const PARAMETERS = Object.values(ALL_ARTIFACTS).flatMap(({ abi }) =>
  (abi as readonly AbiEntry[]).flatMap((entry) =>
    entry.type === 'function' ? [entry.inputs, entry.outputs] : entry.type === 'receive' ? [] : [entry.inputs],
  ),
);

/** Data are refused, or become values whose encoding becomes the same values. */
const abi: Target = {
  name: 'abi',
  inputsPerRound: 2_048,
  maxBytes: 2_048,
  seeds: () =>
    PARAMETERS.map((parameters, i) =>
      concatBytes(
        Uint8Array.of(i >> 8, i & 255),
        encodeArguments(
          parameters,
          parameters.map((each) => plausible(each, i)),
        ),
      ),
    ),
  run: (input) => {
    const parameters = PARAMETERS[((input[0] ?? 0) * 256 + (input[1] ?? 0)) % PARAMETERS.length] ?? [];
    const values = decodeValues(parameters, input.subarray(2));
    if (values === undefined) return false;
    const again = decodeValues(parameters, encodeArguments(parameters, values));
    mustHold(
      isDeepStrictEqual(again, values),
      'the values that were read are others when they are written and read again',
    );
    return true;
  },
};

/** What balances changed by in all: nothing makes or takes coins but blocks. */
function coinsMade(changes: readonly StateChange[]): bigint {
  const balance = (value: Uint8Array | undefined) => (value === undefined ? 0n : decodeAccount(value).balance);
  return changes
    .filter(({ key }) => key[0] === ACCOUNT_PREFIX)
    .reduce((sum, { before, after }) => sum + balance(after) - balance(before), 0n);
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
const START_S = 1_000_000n;

let market: MarketVm | undefined;
function newMarket(): void {
  market = new MarketVm();
  for (const { address, code: bytes } of CALLED)
    if (bytes !== undefined) market.state.setCode(address as Address, bytes);
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
 * the calldata, they end within their gas in a result or a failure, and no coins are made or lost; contract 255 deploys the data.
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
        const { gasUsed, failure } = applyMessage(state, message, block);
        mustHold(gasUsed >= 0 && gasUsed <= CALL_GAS, `uses ${gasUsed} gas of ${CALL_GAS}`);
        succeeded ||= failure === null;
      }
      mustHold(coinsMade(state.changes()) === 0n, 'makes or loses coins');
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
    mustHold(steps <= CODE_GAS, `takes ${steps} steps with ${CODE_GAS} gas`);
    const whole = runRandom(first, second, args, undefined, Number.POSITIVE_INFINITY);
    mustHold(isDeepStrictEqual(whole, readable), 'the fast way ends otherwise than the readable one');
    if ((flags & 6) === 6) {
      const resting = runRandom(first, second, args, undefined, PIECE_GAS);
      mustHold(isDeepStrictEqual(resting, readable), 'a run that rests ends otherwise');
    }
    return readable.outcome.fault === undefined;
  },
};

export const MACHINE_TARGETS: readonly Target[] = [code, assembly, abi];
export const CONTRACT_TARGETS: readonly Target[] = [calls, contracts];
