import { bytesToBigInt, textToBytes } from '@wattchain/core';
import { eventTopic, parseAbiType, selectorOf, signatureOf } from '../abi.js';
import { OPCODES } from '../opcodes.js';
import type { BodyAssembler } from './body.js';
import type { Parameter, Signature } from './contract.js';

/** Reads the operands behind a mnemonic and emits its instructions. */
type Form = (body: BodyAssembler) => void;

/** Mnemonics that mean more than their opcode, or have none. With numbers as operands they are the plain opcode. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['push', (body) => body.emit('PUSH', body.value('a number, a constant, or the name of a slot or map'))],
  ['arg', emitArgument],
  ['argat', (body) => body.emit('ARG')],
  ['listlen', (body) => emitList(body, 'LISTLEN')],
  ['listat', (body) => emitList(body, 'LISTAT')],
  ['lget', (body) => emitLocal(body, 'LGET')],
  ['lset', (body) => emitLocal(body, 'LSET')],
  ['sload', (body) => emitStorage(body, 'SLOAD')],
  ['sstore', (body) => emitStorage(body, 'SSTORE')],
  ['key', emitKey],
  ['log', emitLog],
  ['revert', emitRevert],
  ['call', emitCall],
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

function emitArgument(body: BodyAssembler): void {
  if (body.reader.peek.kind !== 'name') {
    body.emit('PUSH', BigInt(body.number('head')));
    body.emit('ARG');
    return;
  }
  const { index, parameter } = takeParameter(body, 'word');
  body.emit('PUSH', BigInt(index));
  body.emit('ARG');
  emitRangeCheck(body, parameter);
}

function emitList(body: BodyAssembler, name: 'LISTLEN' | 'LISTAT'): void {
  if (body.reader.peek.kind !== 'name') {
    body.emitPlain(name);
    return;
  }
  const { index, parameter } = takeParameter(body, 'list');
  body.emit(name, index);
  if (name === 'LISTAT') emitRangeCheck(body, parameter);
}

function emitRangeCheck(body: BodyAssembler, parameter: Parameter): void {
  if (parameter.type.bits < 256) body.emit('CHECKRANGE', parameter.type.bits);
}

function takeParameter(body: BodyAssembler, kind: 'word' | 'list'): { index: number; parameter: Parameter } {
  const token = body.reader.take();
  const { parameters } = body.declaration;
  const index = parameters.findIndex((candidate) => candidate.name === token.text);
  const parameter = parameters[index];
  if (parameter === undefined) {
    throw body.unknown(
      'argument',
      token,
      parameters.map((known) => known.name),
    );
  }
  if (parameter.type.kind !== kind) {
    const problem = `the argument "${token.text}" is ${kind === 'word' ? 'a list' : 'not a list'}`;
    throw body.reader.error(token, problem, kind === 'word' ? 'listlen or listat' : `arg ${token.text}`);
  }
  return { index, parameter };
}

function emitLocal(body: BodyAssembler, name: 'LGET' | 'LSET'): void {
  if (body.reader.peek.kind === 'number') body.emitPlain(name);
  else body.emit(name, body.local());
}

function emitStorage(body: BodyAssembler, name: 'SLOAD' | 'SSTORE'): void {
  const { slots, maps } = body.contract;
  const slot = takeStorageName(body, slots, 'slot', maps, `key <map> ${name.toLowerCase()}`);
  if (slot !== undefined) body.emit('PUSH', BigInt(slot));
  body.emit(name);
}

function emitKey(body: BodyAssembler): void {
  const { slots, maps } = body.contract;
  const map = takeStorageName(body, maps, 'map', slots, 'sload or sstore with this name');
  // A nested mapping's entry lies at keccak256(key ‖ slot), as Solidity has it; the slot is below the key here.
  if (map === undefined) body.emit('SWAP', 1);
  else body.emit('PUSH', BigInt(map));
  body.emit('HASH', 2);
}

/** The number of the slot or map that follows, or nothing when an instruction or the end of the line does. */
function takeStorageName(
  body: BodyAssembler,
  names: ReadonlyMap<string, number>,
  what: 'slot' | 'map',
  others: ReadonlyMap<string, number>,
  insteadOfOther: string,
): number | undefined {
  const token = body.reader.peek;
  if (token.kind !== 'name' || isMnemonic(token.text) || body.contract.macros.has(token.text)) return undefined;
  const number = names.get(token.text);
  if (number === undefined && others.has(token.text)) {
    throw body.reader.error(token, `"${token.text}" is not a ${what}`, insteadOfOther);
  }
  if (number === undefined) throw body.unknown(what, token, [...names.keys(), ...MNEMONICS]);
  body.reader.take();
  return number;
}

function emitLog(body: BodyAssembler): void {
  if (body.reader.peek.kind === 'number') {
    body.emitPlain('LOG');
    return;
  }
  const event = takeSignature(body, 'event', body.contract.events);
  const indexed = event.parameters.filter((parameter) => parameter.indexed).length;
  const topic = BigInt(eventTopic(canonicalSignature(event)));
  body.emit('LOG', topic, indexed, event.parameters.length - indexed);
}

function emitRevert(body: BodyAssembler): void {
  if (body.reader.peek.kind === 'number') {
    body.emitPlain('REVERT');
    return;
  }
  const error = takeSignature(body, 'error', body.contract.errors);
  body.emit('REVERT', selectorOf(canonicalSignature(error)), error.parameters.length);
}

function takeSignature(
  body: BodyAssembler,
  what: 'event' | 'error',
  signatures: ReadonlyMap<string, Signature>,
): Signature {
  const token = body.reader.expect('name', `the name of an .${what}`);
  const signature = signatures.get(token.text);
  if (signature === undefined) throw body.unknown(what, token, signatures.keys());
  return signature;
}

/** The text of a declaration that selectors and topics hash. */
export function canonicalSignature(signature: Signature): string {
  return signatureOf(
    signature.name,
    signature.parameters.map((parameter) => parameter.type.name),
  );
}

function emitCall(body: BodyAssembler): void {
  const { reader } = body;
  if (reader.peek.kind === 'number') {
    body.emitPlain('CALL');
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
  body.emit('CALL', selectorOf(signatureOf(name.text, types)), types.length, body.number('count'));
}

function emitReturnString(body: BodyAssembler): void {
  const { outputs } = body.declaration;
  const place = body.reader.peek;
  const text = textToBytes(body.text());
  if (body.declaration.kind !== 'code' && (outputs.length !== 1 || outputs[0]?.type.kind !== 'string')) {
    throw body.reader.error(place, 'the function does not return a string', 'returns (string) in its first line');
  }
  const padded = new Uint8Array(32);
  padded.set(text);
  body.emit('PUSH', 32n);
  body.emit('PUSH', BigInt(text.length));
  if (text.length > 0) body.emit('PUSH', bytesToBigInt(padded));
  body.emit('RETURN', text.length > 0 ? 3 : 2);
}
