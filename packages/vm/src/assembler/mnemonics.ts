import { bytesToBigInt, textToBytes } from '@wattchain/core';
import { eventTopic, parseAbiType, selectorOf, signatureOf } from '../abi.js';
import { OPCODES } from '../opcodes.js';
import type { Parameter, Signature } from './contract.js';
import type { Emitter } from './emitter.js';

/** Reads the operands behind a mnemonic and emits its instructions. */
type Form = (emitter: Emitter) => void;

/** Mnemonics that mean more than their opcode, or have none. With numbers as operands they are the plain opcode. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['push', (emitter) => emitter.emit('PUSH', emitter.value('a number, a constant, or the name of a slot or map'))],
  ['arg', emitArgument],
  ['argat', (emitter) => emitter.emit('ARG')],
  ['listlen', (emitter) => emitList(emitter, 'LISTLEN')],
  ['listat', (emitter) => emitList(emitter, 'LISTAT')],
  ['lget', (emitter) => emitLocal(emitter, 'LGET')],
  ['lset', (emitter) => emitLocal(emitter, 'LSET')],
  ['sload', (emitter) => emitStorage(emitter, 'SLOAD')],
  ['sstore', (emitter) => emitStorage(emitter, 'SSTORE')],
  ['key', emitKey],
  ['log', emitLog],
  ['revert', emitRevert],
  ['call', (emitter) => emitCall(emitter, 'CALL')],
  ['callview', (emitter) => emitCall(emitter, 'CALLVIEW')],
  ['return_string', emitReturnString],
]);

/** Everything that an instruction can begin with, macros aside. */
export const MNEMONICS: ReadonlySet<string> = new Set([
  ...FORMS.keys(),
  ...OPCODES.map((opcode) => opcode.name.toLowerCase()),
]);

/** Whether an instruction can begin with that name, macros aside. */
export function isMnemonic(name: string): boolean {
  return MNEMONICS.has(name);
}

function emitArgument(emitter: Emitter): void {
  if (emitter.reader.peek.kind !== 'name') {
    emitter.emit('PUSH', BigInt(emitter.number('head')));
    emitter.emit('ARG');
    return;
  }
  const { index, parameter } = takeParameter(emitter, 'word');
  emitter.emit('PUSH', BigInt(index));
  emitter.emit('ARG');
  emitRangeCheck(emitter, parameter);
}

function emitList(emitter: Emitter, name: 'LISTLEN' | 'LISTAT'): void {
  if (emitter.reader.peek.kind !== 'name') {
    emitter.emitPlain(name);
    return;
  }
  const { index, parameter } = takeParameter(emitter, 'list');
  emitter.emit(name, index);
  if (name === 'LISTAT') emitRangeCheck(emitter, parameter);
}

function emitRangeCheck(emitter: Emitter, parameter: Parameter): void {
  if (parameter.type.bits < 256) emitter.emit('CHECKRANGE', parameter.type.bits);
}

function takeParameter(emitter: Emitter, kind: 'word' | 'list'): { index: number; parameter: Parameter } {
  const token = emitter.reader.take();
  const { parameters } = emitter.declaration;
  const index = parameters.findIndex((candidate) => candidate.name === token.text);
  const parameter = parameters[index];
  if (parameter === undefined) {
    throw emitter.unknown(
      'argument',
      token,
      parameters.map((known) => known.name),
    );
  }
  if (parameter.type.kind !== kind) {
    const problem = `the argument "${token.text}" is ${kind === 'word' ? 'a list' : 'not a list'}`;
    throw emitter.reader.error(token, problem, kind === 'word' ? 'listlen or listat' : `arg ${token.text}`);
  }
  return { index, parameter };
}

function emitLocal(emitter: Emitter, name: 'LGET' | 'LSET'): void {
  if (emitter.reader.peek.kind === 'number') emitter.emitPlain(name);
  else emitter.emit(name, emitter.local());
}

function emitStorage(emitter: Emitter, name: 'SLOAD' | 'SSTORE'): void {
  const { slots, maps } = emitter.contract;
  const slot = takeStorageName(emitter, slots, 'slot', maps, `key <map> ${name.toLowerCase()}`);
  if (slot !== undefined) emitter.emit('PUSH', BigInt(slot));
  emitter.emit(name);
}

function emitKey(emitter: Emitter): void {
  const { slots, maps } = emitter.contract;
  const map = takeStorageName(emitter, maps, 'map', slots, 'sload or sstore with this name');
  // A nested mapping's entry lies at keccak256(key ‖ slot), as Solidity has it; the slot is below the key here.
  if (map === undefined) emitter.emit('SWAP', 1);
  else emitter.emit('PUSH', BigInt(map));
  emitter.emit('HASH', 2);
}

/** The number of the slot or map that follows, or nothing when an instruction or the end of the line does. */
function takeStorageName(
  emitter: Emitter,
  names: ReadonlyMap<string, number>,
  what: 'slot' | 'map',
  others: ReadonlyMap<string, number>,
  insteadOfOther: string,
): number | undefined {
  const token = emitter.reader.peek;
  if (token.kind !== 'name' || isMnemonic(token.text) || emitter.contract.macros.has(token.text)) return undefined;
  const number = names.get(token.text);
  if (number === undefined && others.has(token.text)) {
    throw emitter.reader.error(token, `"${token.text}" is not a ${what}`, insteadOfOther);
  }
  if (number === undefined) throw emitter.unknown(what, token, [...names.keys(), ...MNEMONICS]);
  emitter.reader.take();
  return number;
}

function emitLog(emitter: Emitter): void {
  if (emitter.reader.peek.kind === 'number') {
    emitter.emitPlain('LOG');
    return;
  }
  const event = takeSignature(emitter, 'event', emitter.contract.events);
  const indexed = event.parameters.filter((parameter) => parameter.indexed).length;
  const topic = BigInt(eventTopic(canonicalSignature(event)));
  emitter.emit('LOG', topic, indexed, event.parameters.length - indexed);
}

function emitRevert(emitter: Emitter): void {
  if (emitter.reader.peek.kind === 'number') {
    emitter.emitPlain('REVERT');
    return;
  }
  const error = takeSignature(emitter, 'error', emitter.contract.errors);
  emitter.emit('REVERT', selectorOf(canonicalSignature(error)), error.parameters.length);
}

function takeSignature(
  emitter: Emitter,
  what: 'event' | 'error',
  signatures: ReadonlyMap<string, Signature>,
): Signature {
  const token = emitter.reader.expect('name', `the name of an .${what}`);
  const signature = signatures.get(token.text);
  if (signature === undefined) throw emitter.unknown(what, token, signatures.keys());
  return signature;
}

/** The text of a declaration that selectors and topics hash. */
export function canonicalSignature(signature: Signature): string {
  return signatureOf(
    signature.name,
    signature.parameters.map((parameter) => parameter.type.name),
  );
}

function emitCall(emitter: Emitter, opcode: 'CALL' | 'CALLVIEW'): void {
  const { reader } = emitter;
  if (reader.peek.kind === 'number') {
    emitter.emitPlain(opcode);
    return;
  }
  const name = reader.expect('name', 'a signature such as transfer(address,uint256)');
  const types: string[] = [];
  reader.expect('symbol', `the argument types of ${name.text} in parentheses`, '(');
  while (reader.takeIf('symbol', ')') === undefined) {
    if (types.length > 0) reader.expect('symbol', ', or )', ',');
    const token = reader.expect('name', 'a type');
    const type = parseAbiType(token.text);
    if (type === undefined || type.kind !== 'word') {
      throw reader.error(
        token,
        `a call cannot pass "${token.text}"`,
        'types of one word: address, bool, uint256, bytes32',
      );
    }
    types.push(type.name);
  }
  emitter.emit(opcode, selectorOf(signatureOf(name.text, types)), types.length, emitter.number('count'));
}

function emitReturnString(emitter: Emitter): void {
  const { outputs } = emitter.declaration;
  const place = emitter.reader.peek;
  const text = textToBytes(emitter.text());
  if (emitter.declaration.kind !== 'code' && (outputs.length !== 1 || outputs[0]?.type.kind !== 'string')) {
    throw emitter.reader.error(place, 'the function does not return a string', 'returns (string) in its first line');
  }
  const padded = new Uint8Array(32);
  padded.set(text);
  emitter.emit('PUSH', 32n);
  emitter.emit('PUSH', BigInt(text.length));
  if (text.length > 0) emitter.emit('PUSH', bytesToBigInt(padded));
  emitter.emit('RETURN', text.length > 0 ? 3 : 2);
}
