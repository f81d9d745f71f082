/** What the tests of this package share: code written instruction by instruction, and a small world to run it in. */
import {
  type Address,
  addressOf,
  assert,
  concatBytes,
  EMPTY_BYTES,
  type Genesis,
  genesisChanges,
  MemoryKeyValues,
  parseGenesis,
  StateJournal,
  signTransaction,
  type Transaction,
  type UnsignedLegacy,
} from '@wattchain/core';
import { codeHeaderLength, encodeCode, type FunctionEntry, type SubroutineEntry } from '../src/code.js';
import { type CallMessage, type CallResult, callContract } from '../src/execution/transaction.js';
import type { ImmediateValue } from '../src/immediates.js';
import { encodeInstruction } from '../src/instruction.js';
import type { BlockContext } from '../src/machine/context.js';
import { opcodeByName } from '../src/opcodes.js';

/** An instruction: its name, then its immediates. */
export type Line = readonly [name: string, ...immediates: ImmediateValue[]];

/** A function of a test contract; what is left out is 0 or false. */
export interface TestFunction extends Partial<Omit<FunctionEntry, 'constructor' | 'entry'>> {
  readonly isConstructor?: boolean;
  readonly lines: readonly Line[];
}

/** A subroutine of a test contract. */
export interface TestSubroutine extends Omit<SubroutineEntry, 'entry'> {
  readonly lines: readonly Line[];
}

/** Offset of the first instruction in a contract with one function: fixed header 8, one function 8. */
export const ONLY_ENTRY = 16;

/** Bytes of instructions, one after the other. */
export function instructions(lines: readonly Line[]): Uint8Array {
  return concatBytes(
    ...lines.map(([name, ...immediates]) => {
      const opcode = opcodeByName(name);
      assert(opcode !== undefined, `${name} is an opcode`);
      return encodeInstruction(opcode, immediates);
    }),
  );
}

/** Code of these functions, laid out in their order. */
export function contract(...functions: TestFunction[]): Uint8Array {
  return contractWith(functions, []);
}

/** Code of these functions and, behind them, these subroutines. */
export function contractWith(functions: readonly TestFunction[], parts: readonly TestSubroutine[]): Uint8Array {
  let entry = codeHeaderLength(functions.length, parts.length);
  const entries: FunctionEntry[] = [];
  const bodies: Uint8Array[] = [];
  for (const { lines, isConstructor = false, ...rest } of functions) {
    const body = instructions(lines);
    entries.push({
      selector: 0,
      headWords: 0,
      payable: false,
      view: false,
      constructor: isConstructor,
      receive: false,
      entry,
      ...rest,
    });
    bodies.push(body);
    entry += body.length;
  }
  const subroutines: SubroutineEntry[] = [];
  for (const { lines, takes, gives } of parts) {
    const body = instructions(lines);
    subroutines.push({ takes, gives, entry });
    bodies.push(body);
    entry += body.length;
  }
  return encodeCode(entries, subroutines, concatBytes(...bodies));
}

/** A private key of the tests. */
export function key(n: number): Uint8Array {
  return new Uint8Array(32).fill(n, 31);
}

export const ALICE = addressOf(key(1));
export const BOB = addressOf(key(2));
export const MINER = addressOf(key(3));
export const CONTRACT: Address = `0x${'c0'.repeat(20)}`;
export const OTHER: Address = `0x${'d0'.repeat(20)}`;
export const THIRD: Address = `0x${'e0'.repeat(20)}`;

/** Coins of Alice and of Bob at the start. */
export const START_BALANCE = 10n ** 18n;

export const GENESIS: Genesis = parseGenesis({
  name: 'tests of the machine',
  chainId: 77_001,
  timestampMs: 1_700_000_000_000,
  blockIntervalMs: 1_000,
  firstTarget: '0xffff',
  largestTarget: '0xffff',
  blockGasLimit: 20_000_000,
  blockByteLimit: 1_000_000,
  minGasPriceWei: '2',
  blockRewardWei: '5000',
  confirmations: 12,
  miners: [],
  testbed: false,
  alloc: { [ALICE]: { balance: String(START_BALANCE) }, [BOB]: { balance: String(START_BALANCE) } },
  contracts: [],
});

export const CONTEXT: BlockContext = { height: 7, timestampMs: 1_700_000_007_999, miner: MINER, genesis: GENESIS };

/** The state after genesis, and a journal on it. */
export function createWorld(): { reader: MemoryKeyValues; state: StateJournal } {
  const reader = new MemoryKeyValues();
  const { changes } = genesisChanges(GENESIS);
  for (const { key: flatKey, after } of changes) reader.set(flatKey, after);
  return { reader, state: new StateJournal(reader) };
}

/** Calls as Alice with much gas that costs nothing. */
export function callAs(state: StateJournal, to: Address | null, message: Partial<CallMessage> = {}): CallResult {
  return callContract(
    state,
    { from: ALICE, to, value: 0n, data: EMPTY_BYTES, gasLimit: 10_000_000, gasPrice: 0n, ...message },
    CONTEXT,
  );
}

/** A signed transaction of key 1 (Alice) unless told otherwise; the nonce is 0 unless given. */
export function transaction(fields: Partial<UnsignedLegacy>, privateKey: Uint8Array = key(1)): Transaction {
  return signTransaction(
    {
      nonce: 0,
      gasPrice: 2n,
      gasLimit: 1_000_000,
      to: BOB,
      value: 0n,
      data: EMPTY_BYTES,
      chainId: GENESIS.chainId,
      ...fields,
    },
    privateKey,
  );
}
