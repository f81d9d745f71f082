/**
 * THE table of the machine: one row an opcode. The assembler, the verifier, the machine, docs/opcodes.md and the tests all read
 * it. Handlers stand in `machine/handlers/` by family; a row names its own.
 */
import { assert } from '@wattchain/core';
import * as gas from './gas.js';
import type { ImmediateValue } from './immediates.js';
import * as bits from './machine/handlers/bits.js';
import * as calldata from './machine/handlers/calldata.js';
import * as control from './machine/handlers/control.js';
import * as effects from './machine/handlers/effects.js';
import * as numbers from './machine/handlers/numbers.js';
import * as stack from './machine/handlers/stack.js';
import * as world from './machine/handlers/world.js';
import { MAX_CALL_DEPTH, MAX_LOGS } from './machine/limits.js';
import type { Flow, GasCost, Opcode, OpcodeFamily } from './opcode.js';

/** The n-th immediate, where it is a number: a count, an index. */
function countAt(position: number, added = 0): (immediates: readonly ImmediateValue[]) => number {
  return (immediates) => (immediates[position] as number) + added;
}

/** As a row is written below: fixed numbers stand for themselves; `flow` is 'next' and `writes` false unless said. */
interface Row extends Pick<Opcode, 'immediates' | 'stack' | 'prose' | 'handler'> {
  readonly pops: number | Opcode['pops'];
  readonly pushes: number | Opcode['pushes'];
  readonly gas: number | GasCost;
  readonly flow?: Flow;
  readonly writes?: boolean;
}

function row(family: OpcodeFamily, code: number, name: string, fields: Row): Opcode {
  const { pops, pushes, gas: cost } = fields;
  return Object.freeze({
    flow: 'next',
    writes: false,
    ...fields,
    code,
    name,
    family,
    pops: typeof pops === 'number' ? () => pops : pops,
    pushes: typeof pushes === 'number' ? () => pushes : pushes,
    gas: typeof cost === 'number' ? { base: cost } : cost,
  });
}

const CONTROL: readonly Opcode[] = [
  row('control', 0x00, 'STOP', {
    immediates: [],
    stack: '( -- )',
    pops: 0,
    pushes: 0,
    gas: gas.GAS_END,
    flow: 'end',
    prose: 'Ends the call with success and returns no words.',
    handler: control.stop,
  }),
  row('control', 0x01, 'RETURN', {
    immediates: ['count'],
    stack: '( w1 … wn -- )',
    pops: countAt(0),
    pushes: 0,
    gas: { base: gas.GAS_END, perWord: gas.GAS_WORD, counts: [0] },
    flow: 'end',
    prose: 'Ends the call with success and returns the n top words, the deepest first.',
    handler: control.returnWords,
  }),
  row('control', 0x02, 'REQUIRE', {
    immediates: ['text'],
    stack: '( condition -- )',
    pops: 1,
    pushes: 0,
    gas: gas.GAS_LOGIC,
    prose: 'Fails with the text as `Error(string)` when the condition is 0.',
    handler: control.require,
  }),
  row('control', 0x03, 'FAIL', {
    immediates: ['text'],
    stack: '( -- )',
    pops: 0,
    pushes: 0,
    gas: gas.GAS_END,
    flow: 'end',
    prose: 'Fails with the text as `Error(string)`.',
    handler: control.fail,
  }),
  row('control', 0x04, 'REVERT', {
    immediates: ['selector', 'count'],
    stack: '( a1 … an -- )',
    pops: countAt(1),
    pushes: 0,
    gas: { base: gas.GAS_END, perWord: gas.GAS_WORD, counts: [1] },
    flow: 'end',
    prose: 'Fails with an error of the contract: the selector, then the n top words, the deepest first.',
    handler: control.revert,
  }),
  row('control', 0x05, 'JUMP', {
    immediates: ['target'],
    stack: '( -- )',
    pops: 0,
    pushes: 0,
    gas: gas.GAS_MOVE,
    flow: 'jump',
    prose: 'Goes on at the target.',
    handler: control.jump,
  }),
  row('control', 0x06, 'JUMPIF', {
    immediates: ['target'],
    stack: '( condition -- )',
    pops: 1,
    pushes: 0,
    gas: gas.GAS_LOGIC,
    flow: 'branch',
    prose: 'Goes on at the target unless the condition is 0.',
    handler: control.jumpIf,
  }),
];

const STACK: readonly Opcode[] = [
  row('stack', 0x10, 'PUSH', {
    immediates: ['word'],
    stack: '( -- word )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_MOVE,
    prose: 'Puts the constant on the stack.',
    handler: stack.push,
  }),
  row('stack', 0x11, 'POP', {
    immediates: [],
    stack: '( a -- )',
    pops: 1,
    pushes: 0,
    gas: gas.GAS_MOVE,
    prose: 'Drops the top word.',
    handler: stack.pop,
  }),
  row('stack', 0x12, 'DUP', {
    immediates: ['depth'],
    stack: '( wn … w1 -- wn … w1 wn )',
    pops: countAt(0),
    pushes: countAt(0, 1),
    gas: gas.GAS_MOVE,
    prose: 'Copies the n-th word from the top; 1 is the top itself.',
    handler: stack.dup,
  }),
  row('stack', 0x13, 'SWAP', {
    immediates: ['depth'],
    stack: '( wn … w1 top -- top … w1 wn )',
    pops: countAt(0, 1),
    pushes: countAt(0, 1),
    gas: gas.GAS_MOVE,
    prose: 'Exchanges the top word with the word n below it; 1 is the next.',
    handler: stack.swap,
  }),
  row('stack', 0x14, 'LGET', {
    immediates: ['local'],
    stack: '( -- value )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_MOVE,
    prose: 'Reads a local of this frame; locals are 0 at its start.',
    handler: stack.localGet,
  }),
  row('stack', 0x15, 'LSET', {
    immediates: ['local'],
    stack: '( value -- )',
    pops: 1,
    pushes: 0,
    gas: gas.GAS_MOVE,
    prose: 'Sets a local of this frame.',
    handler: stack.localSet,
  }),
];

function binary(
  family: OpcodeFamily,
  code: number,
  name: string,
  result: string,
  fields: Pick<Row, 'gas' | 'prose' | 'handler'>,
) {
  return row(family, code, name, { immediates: [], stack: `( a b -- ${result} )`, pops: 2, pushes: 1, ...fields });
}

const ARITHMETIC: readonly Opcode[] = [
  binary('arithmetic', 0x20, 'ADD', 'a+b', {
    gas: gas.GAS_LOGIC,
    prose: 'Sum; Panic 0x11 when it reaches 2^256.',
    handler: numbers.add,
  }),
  binary('arithmetic', 0x21, 'SUB', 'a−b', {
    gas: gas.GAS_LOGIC,
    prose: 'Difference; Panic 0x11 when b is larger than a.',
    handler: numbers.subtract,
  }),
  binary('arithmetic', 0x22, 'MUL', 'a·b', {
    gas: gas.GAS_MULTIPLY,
    prose: 'Product; Panic 0x11 when it reaches 2^256.',
    handler: numbers.multiply,
  }),
  binary('arithmetic', 0x23, 'DIV', 'a/b', {
    gas: gas.GAS_MULTIPLY,
    prose: 'Quotient, rounded down; Panic 0x12 when b is 0.',
    handler: numbers.divide,
  }),
  binary('arithmetic', 0x24, 'MOD', 'a mod b', {
    gas: gas.GAS_MULTIPLY,
    prose: 'Remainder; Panic 0x12 when b is 0.',
    handler: numbers.remainder,
  }),
];

const LOGIC: readonly Opcode[] = [
  binary('logic', 0x30, 'LT', 'a<b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is less than b, else 0.',
    handler: bits.less,
  }),
  binary('logic', 0x31, 'GT', 'a>b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is greater than b, else 0.',
    handler: bits.greater,
  }),
  binary('logic', 0x32, 'LE', 'a≤b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is at most b, else 0.',
    handler: bits.atMost,
  }),
  binary('logic', 0x33, 'GE', 'a≥b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is at least b, else 0.',
    handler: bits.atLeast,
  }),
  binary('logic', 0x34, 'EQ', 'a=b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when both are equal, else 0.',
    handler: bits.equal,
  }),
  row('logic', 0x35, 'ISZERO', {
    immediates: [],
    stack: '( a -- a=0 )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: '1 when a is 0, else 0: the logical "not".',
    handler: bits.isZero,
  }),
  binary('logic', 0x36, 'AND', 'a∧b', { gas: gas.GAS_LOGIC, prose: 'Bits set in both.', handler: bits.and }),
  binary('logic', 0x37, 'OR', 'a∨b', { gas: gas.GAS_LOGIC, prose: 'Bits set in either.', handler: bits.or }),
  binary('logic', 0x38, 'XOR', 'a⊕b', { gas: gas.GAS_LOGIC, prose: 'Bits set in exactly one.', handler: bits.xor }),
  row('logic', 0x39, 'NOT', {
    immediates: [],
    stack: '( a -- ¬a )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'All 256 bits turned over.',
    handler: bits.not,
  }),
  binary('logic', 0x3a, 'SHL', 'a≪b', {
    gas: gas.GAS_LOGIC,
    prose: 'a moved left by b bits; bits beyond 256 are lost without a failure, from b = 256 on the result is 0.',
    handler: bits.shiftLeft,
  }),
  binary('logic', 0x3b, 'SHR', 'a≫b', {
    gas: gas.GAS_LOGIC,
    prose: 'a moved right by b bits; from b = 256 on the result is 0.',
    handler: bits.shiftRight,
  }),
];

const CALLDATA: readonly Opcode[] = [
  row('calldata', 0x40, 'ARG', {
    immediates: [],
    stack: '( index -- word )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_CALLDATA,
    prose: 'The argument word at the index, 0 the first after the selector; badArguments beyond the last.',
    handler: calldata.argument,
  }),
  row('calldata', 0x41, 'ARGCOUNT', {
    immediates: [],
    stack: '( -- n )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'How many argument words there are, those of lists included.',
    handler: calldata.argumentCount,
  }),
  row('calldata', 0x42, 'LISTLEN', {
    immediates: ['head'],
    stack: '( -- n )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_CALLDATA,
    prose:
      'Length of the list whose offset is the head word at the immediate; badArguments unless the offset is a multiple of 32 and the whole list lies within the arguments.',
    handler: calldata.listLength,
  }),
  row('calldata', 0x43, 'LISTAT', {
    immediates: ['head'],
    stack: '( index -- element )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_CALLDATA,
    prose: 'Element of that list at the index, checked as LISTLEN does; badArguments from its length on.',
    handler: calldata.listElement,
  }),
  row('calldata', 0x44, 'CHECKRANGE', {
    immediates: ['bits'],
    stack: '( a -- a )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'badArguments when the top word has more than that many bits; leaves it.',
    handler: calldata.checkRange,
  }),
];

const STORAGE: readonly Opcode[] = [
  row('storage', 0x50, 'SLOAD', {
    immediates: [],
    stack: '( slot -- value )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_STATE_READ,
    prose: 'Reads a storage word of this contract; 0 where nothing was written.',
    handler: world.storageLoad,
  }),
  row('storage', 0x51, 'SSTORE', {
    immediates: [],
    stack: '( value slot -- )',
    pops: 2,
    pushes: 0,
    gas: {
      base: gas.GAS_STATE_READ,
      extra: `${gas.GAS_STATE_NEW} when 0 becomes another value, ${gas.GAS_STATE_CHANGE} for any other change`,
    },
    writes: true,
    prose: 'Writes a storage word of this contract.',
    handler: effects.storageStore,
  }),
  row('storage', 0x52, 'HASH', {
    immediates: ['count'],
    stack: '( w1 … wn -- hash )',
    pops: countAt(0),
    pushes: 1,
    gas: { base: gas.GAS_HASH, perWord: gas.GAS_HASH_WORD, counts: [0] },
    prose:
      'keccak256 of the n top words, 32 bytes each, the deepest first. Slots of maps are hashes of key and number of the map.',
    handler: world.hash,
  }),
];

const CONTEXT: readonly Opcode[] = [
  row('context', 0x60, 'CALLER', {
    immediates: [],
    stack: '( -- address )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'Who called: the sender of the transaction, or the contract that made this call.',
    handler: world.caller,
  }),
  row('context', 0x61, 'VALUE', {
    immediates: [],
    stack: '( -- amount )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_MOVE,
    prose: 'Coins sent with this call, in wei; they are in the balance already.',
    handler: world.value,
  }),
  row('context', 0x62, 'SELF', {
    immediates: [],
    stack: '( -- address )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'Address of this contract.',
    handler: world.self,
  }),
  row('context', 0x63, 'BALANCE', {
    immediates: [],
    stack: '( address -- amount )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_STATE_READ,
    prose: "Coins of an account, in wei. The sender's are short of the whole gas limit until the transaction ends.",
    handler: world.balance,
  }),
  row('context', 0x64, 'TIME', {
    immediates: [],
    stack: '( -- seconds )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: "The block's time in whole seconds since 1970.",
    handler: world.time,
  }),
  row('context', 0x65, 'HEIGHT', {
    immediates: [],
    stack: '( -- height )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: "The block's height.",
    handler: world.height,
  }),
  row('context', 0x66, 'CHAINID', {
    immediates: [],
    stack: '( -- id )',
    pops: 0,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: "The network's chain id.",
    handler: world.chainId,
  }),
];

const EFFECTS: readonly Opcode[] = [
  row('effects', 0x70, 'LOG', {
    immediates: ['topic', 'indexed', 'count'],
    stack: '( i1 … im d1 … dn -- )',
    pops: (immediates) => (immediates[1] as number) + (immediates[2] as number),
    pushes: 0,
    gas: { base: gas.GAS_LOG, perWord: gas.GAS_LOG_WORD, counts: [1, 2] },
    writes: true,
    prose: `Writes an event into the receipt: its topics are the immediate topic and m indexed words, its data the n words above them. At most ${MAX_LOGS} in a transaction.`,
    handler: effects.log,
  }),
  row('effects', 0x71, 'CALL', {
    immediates: ['selector', 'count', 'count'],
    stack: '( target value a1 … an -- r1 … rm )',
    pops: countAt(1, 2),
    pushes: countAt(2),
    gas: {
      base: gas.GAS_CALL,
      perWord: gas.GAS_WORD,
      counts: [1, 2],
      extra: `${gas.GAS_CALL_CODE_BYTE} a byte of the target's code, and ${gas.GAS_TRANSFER} when value is not 0`,
    },
    prose: `Calls a function of another contract with n words, sending value, and takes exactly m words back (else badArguments). Its failure is the failure of this call. noContract without code there, reentrancy when the target is on the call stack, callDepth beyond ${MAX_CALL_DEPTH} frames; in a view function viewViolation unless the function called is view and value is 0.`,
    handler: effects.call,
  }),
  row('effects', 0x72, 'PAY', {
    immediates: [],
    stack: '( address amount -- )',
    pops: 2,
    pushes: 0,
    gas: { base: gas.GAS_TRANSFER, extra: `${gas.GAS_STATE_NEW} when the payment creates the account` },
    writes: true,
    prose: 'Moves coins of this contract to an account without code; fails for one with code, which must be called.',
    handler: effects.pay,
  }),
];

/** The table, by code. */
export const OPCODES: readonly Opcode[] = Object.freeze([
  ...CONTROL,
  ...STACK,
  ...ARITHMETIC,
  ...LOGIC,
  ...CALLDATA,
  ...STORAGE,
  ...CONTEXT,
  ...EFFECTS,
]);

const BY_CODE: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  OPCODES.find((opcode) => opcode.code === code),
);
const BY_NAME: ReadonlyMap<string, Opcode> = new Map(OPCODES.map((opcode) => [opcode.name, opcode]));

/** The opcode of that byte, if there is one. */
export function opcodeByCode(code: number): Opcode | undefined {
  return BY_CODE[code];
}

/** The opcode of that name in upper case, if there is one. */
export function opcodeByName(name: string): Opcode | undefined {
  return BY_NAME.get(name);
}

assert(
  BY_NAME.size === OPCODES.length && BY_CODE.filter(Boolean).length === OPCODES.length,
  'codes and names are unique',
);
