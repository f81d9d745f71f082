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
import * as memory from './machine/handlers/memory.js';
import * as numbers from './machine/handlers/numbers.js';
import * as signed from './machine/handlers/signed.js';
import * as stack from './machine/handlers/stack.js';
import * as world from './machine/handlers/world.js';
import {
  MAX_CALL_DEPTH,
  MAX_FAILURE_WORDS,
  MAX_FRAME_WORDS,
  MAX_LOGS,
  MAX_MEMORY_WORDS,
  MAX_SUBROUTINE_DEPTH,
} from './machine/limits.js';
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
  row('control', 0x07, 'CALLSUB', {
    immediates: ['subroutine'],
    stack: '( a1 … am -- r1 … rn )',
    pops: 0,
    pushes: 0,
    gas: { base: gas.GAS_SUBROUTINE, extra: `${gas.GAS_MOVE} for each local of the subroutine` },
    flow: 'subroutine',
    prose: `Runs a subroutine, which takes and gives as many words as the header says and has locals of its own, 0 at its start; stackLimit beyond ${MAX_FRAME_WORDS} words on the frame's stack or ${MAX_SUBROUTINE_DEPTH} subroutines within each other.`,
    handler: control.callSubroutine,
  }),
  row('control', 0x08, 'RETSUB', {
    immediates: [],
    stack: '( r1 … rn -- r1 … rn )',
    pops: 0,
    pushes: 0,
    gas: gas.GAS_MOVE,
    flow: 'return',
    prose: 'Ends the subroutine and goes on behind its call; its stack holds exactly the words that it gives.',
    handler: control.returnFromSubroutine,
  }),
  row('control', 0x09, 'ABORT', {
    immediates: [],
    stack: '( -- )',
    pops: 0,
    pushes: 0,
    gas: gas.GAS_END,
    flow: 'end',
    prose: 'Fails without a reason.',
    handler: control.abort,
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
    gas: gas.GAS_DIVIDE,
    prose: 'Quotient, rounded down; Panic 0x12 when b is 0.',
    handler: numbers.divide,
  }),
  binary('arithmetic', 0x24, 'MOD', 'a mod b', {
    gas: gas.GAS_DIVIDE,
    prose: 'Remainder; Panic 0x12 when b is 0.',
    handler: numbers.remainder,
  }),
  binary('arithmetic', 0x25, 'ADDWRAP', 'a+b', {
    gas: gas.GAS_LOGIC,
    prose: 'Sum modulo 2^256.',
    handler: numbers.addWrapping,
  }),
  binary('arithmetic', 0x26, 'SUBWRAP', 'a−b', {
    gas: gas.GAS_LOGIC,
    prose: 'Difference modulo 2^256.',
    handler: numbers.subtractWrapping,
  }),
  binary('arithmetic', 0x27, 'MULWRAP', 'a·b', {
    gas: gas.GAS_MULTIPLY,
    prose: 'Product modulo 2^256.',
    handler: numbers.multiplyWrapping,
  }),
  binary('arithmetic', 0x28, 'POW', 'a^b', {
    gas: gas.GAS_POWER,
    prose: 'Power, 0^0 is 1; Panic 0x11 when it reaches 2^256.',
    handler: numbers.power,
  }),
  binary('arithmetic', 0x29, 'POWWRAP', 'a^b', {
    gas: { base: gas.GAS_POWER, extra: `${gas.GAS_POWER_BYTE} for each byte that b takes` },
    prose: 'Power modulo 2^256, 0^0 is 1.',
    handler: numbers.powerWrapping,
  }),
  row('arithmetic', 0x2a, 'ADDMOD', {
    immediates: [],
    stack: '( a b n -- (a+b) mod n )',
    pops: 3,
    pushes: 1,
    gas: gas.GAS_MODULAR,
    prose: 'Remainder of the whole sum; Panic 0x12 when n is 0.',
    handler: numbers.addModular,
  }),
  row('arithmetic', 0x2b, 'MULMOD', {
    immediates: [],
    stack: '( a b n -- (a·b) mod n )',
    pops: 3,
    pushes: 1,
    gas: gas.GAS_MODULAR,
    prose: 'Remainder of the whole product; Panic 0x12 when n is 0.',
    handler: numbers.multiplyModular,
  }),
  row('arithmetic', 0x2c, 'FITS', {
    immediates: ['bits'],
    stack: '( a -- a )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'Panic 0x11 when the top word has more than that many bits; leaves it.',
    handler: numbers.fits,
  }),
];

const SIGNED: readonly Opcode[] = [
  binary('signed', 0x80, 'SADD', 'a+b', {
    gas: gas.GAS_LOGIC,
    prose: 'Sum; Panic 0x11 outside −2^255 … 2^255−1.',
    handler: signed.add,
  }),
  binary('signed', 0x81, 'SSUB', 'a−b', {
    gas: gas.GAS_LOGIC,
    prose: 'Difference; Panic 0x11 outside −2^255 … 2^255−1.',
    handler: signed.subtract,
  }),
  binary('signed', 0x82, 'SMUL', 'a·b', {
    gas: gas.GAS_MULTIPLY,
    prose: 'Product; Panic 0x11 outside −2^255 … 2^255−1.',
    handler: signed.multiply,
  }),
  binary('signed', 0x83, 'SDIV', 'a/b', {
    gas: gas.GAS_DIVIDE,
    prose: 'Quotient, rounded towards 0; Panic 0x12 when b is 0, Panic 0x11 for −2^255 / −1.',
    handler: signed.divide,
  }),
  binary('signed', 0x84, 'SMOD', 'a mod b', {
    gas: gas.GAS_DIVIDE,
    prose: 'Remainder with the sign of a; Panic 0x12 when b is 0.',
    handler: signed.remainder,
  }),
  binary('signed', 0x85, 'SLT', 'a<b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is less than b, else 0.',
    handler: signed.less,
  }),
  binary('signed', 0x86, 'SGT', 'a>b', {
    gas: gas.GAS_LOGIC,
    prose: '1 when a is greater than b, else 0.',
    handler: signed.greater,
  }),
  binary('signed', 0x87, 'SAR', 'a≫b', {
    gas: gas.GAS_LOGIC,
    prose: 'a moved right by b bits, its sign kept; from b = 256 on only the sign is left.',
    handler: signed.shiftRight,
  }),
  row('signed', 0x88, 'SIGNEXT', {
    immediates: ['bits'],
    stack: '( a -- b )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'The low bits, so many of them, as a signed number.',
    handler: signed.extend,
  }),
  row('signed', 0x89, 'SFITS', {
    immediates: ['bits'],
    stack: '( a -- a )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_LOGIC,
    prose: 'Panic 0x11 when the top word is no signed number of so many bits; leaves it.',
    handler: signed.fits,
  }),
];

const MEMORY: readonly Opcode[] = [
  row('memory', 0x90, 'MLOAD', {
    immediates: [],
    stack: '( index -- word )',
    pops: 1,
    pushes: 1,
    gas: gas.GAS_CALLDATA,
    prose: 'A word of memory; 0 where nothing was written.',
    handler: memory.load,
  }),
  row('memory', 0x91, 'MSTORE', {
    immediates: [],
    stack: '( word index -- )',
    pops: 2,
    pushes: 0,
    gas: { base: gas.GAS_CALLDATA, extra: `${gas.GAS_MEMORY_WORD} for each word that memory grows by` },
    prose: `Writes a word of memory, which is a frame's own and grows to hold it; memoryLimit beyond ${MAX_MEMORY_WORDS} words of all frames of the transaction together.`,
    handler: memory.store,
  }),
  row('memory', 0x92, 'HASHM', {
    immediates: [],
    stack: '( index bytes -- hash )',
    pops: 2,
    pushes: 1,
    gas: { base: gas.GAS_HASH, extra: `${gas.GAS_HASH_WORD} a word that the bytes begin` },
    prose: 'keccak256 of so many bytes of memory from the word at the index on.',
    handler: memory.hashMemory,
  }),
  row('memory', 0x93, 'RETURNM', {
    immediates: [],
    stack: '( index n -- )',
    pops: 2,
    pushes: 0,
    gas: { base: gas.GAS_END, extra: `${gas.GAS_WORD} a word` },
    flow: 'end',
    prose: 'Ends the call with success and returns n words of memory from the index on.',
    handler: memory.returnMemory,
  }),
  row('memory', 0x94, 'REVERTM', {
    immediates: ['selector'],
    stack: '( index n -- )',
    pops: 2,
    pushes: 0,
    gas: { base: gas.GAS_END, extra: `${gas.GAS_WORD} a word` },
    flow: 'end',
    prose: `Fails with the selector and n words of memory from the index on; memoryLimit for more than ${MAX_FAILURE_WORDS}.`,
    handler: memory.revertMemory,
  }),
  row('memory', 0x95, 'LOGM', {
    immediates: ['topic', 'indexed'],
    stack: '( i1 … im index n -- )',
    pops: countAt(1, 2),
    pushes: 0,
    gas: { base: gas.GAS_LOG, perWord: gas.GAS_LOG_WORD, counts: [1], extra: `${gas.GAS_LOG_WORD} a word of memory` },
    writes: true,
    prose: 'LOG whose data are n words of memory from the index on.',
    handler: memory.logMemory,
  }),
  row('memory', 0x96, 'CALLM', {
    immediates: ['selector'],
    stack: '( target value index n to -- m )',
    pops: 5,
    pushes: 1,
    gas: {
      base: gas.GAS_CALL,
      extra: `${gas.GAS_WORD} a word sent and returned, what memory grows by, and what CALL adds`,
    },
    prose:
      'CALL with n words of memory from the index on; writes the words returned into memory from `to` on and gives their number.',
    handler: memory.callMemory,
  }),
  row('memory', 0x97, 'CALLVIEWM', {
    immediates: ['selector'],
    stack: '( target index n to -- m )',
    pops: 4,
    pushes: 1,
    gas: {
      base: gas.GAS_CALL,
      extra: `${gas.GAS_WORD} a word sent and returned, what memory grows by, and what CALLVIEW adds`,
    },
    prose: 'CALLVIEW with n words of memory from the index on, and results as CALLM gives them.',
    handler: memory.callViewMemory,
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
  row('storage', 0x53, 'RECOVER', {
    immediates: [],
    stack: '( digest v r s -- address )',
    pops: 4,
    pushes: 1,
    gas: gas.GAS_RECOVER,
    prose:
      'The address whose key signed the digest, as Solidity’s `ecrecover`: v is 27 or 28, a high s is taken; 0 when there is none.',
    handler: world.recover,
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
      extra: `${gas.GAS_CALL_CODE_BYTE} a byte of the target's code the first time in a transaction, and ${gas.GAS_TRANSFER} when value is not 0`,
    },
    prose: `Calls a function of another contract with n words, sending value, and takes exactly m words back (else badArguments). Its failure is the failure of this call. noContract without code there, reentrancy when the target is on the call stack, callDepth beyond ${MAX_CALL_DEPTH} frames; in a view function viewViolation unless value is 0, and the function called may change nothing either.`,
    handler: effects.call,
  }),
  row('effects', 0x73, 'CALLVIEW', {
    immediates: ['selector', 'count', 'count'],
    stack: '( target a1 … an -- r1 … rm )',
    pops: countAt(1, 1),
    pushes: countAt(2),
    gas: {
      base: gas.GAS_CALL,
      perWord: gas.GAS_WORD,
      counts: [1, 2],
      extra: `${gas.GAS_CALL_CODE_BYTE} a byte of the target's code the first time in a transaction`,
    },
    prose:
      'CALL without value, as a view function makes it: the function called, and whatever it calls, may change nothing, else viewViolation.',
    handler: effects.callView,
  }),
  row('effects', 0x72, 'PAY', {
    immediates: [],
    stack: '( address amount -- )',
    pops: 2,
    pushes: 0,
    gas: {
      base: gas.GAS_TRANSFER,
      extra: `${gas.GAS_STATE_NEW} when the payment creates the account, ${gas.GAS_CALL} and what CALL adds for code when it pays a contract`,
    },
    writes: true,
    prose:
      'Moves coins of this contract to an account. A contract must have `receive`, which runs and may fail as CALL may; else noFunction.',
    handler: effects.pay,
  }),
];

/** The table, by code. */
export const OPCODES: readonly Opcode[] = Object.freeze([
  ...CONTROL,
  ...STACK,
  ...ARITHMETIC,
  ...SIGNED,
  ...LOGIC,
  ...CALLDATA,
  ...MEMORY,
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
