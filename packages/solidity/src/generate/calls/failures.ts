/** `require`, `assert`, `revert`: how a call fails. */
import { assert, fromHex } from '@wattchain/core';
import { decodeText, MAX_TEXT_BYTES, selectorOf } from '@wattchain/vm';
import type { ErrorDefinition, Expression, FunctionCall, RevertStatement } from 'solidity-ast';
import { revertWith } from '../../abi/results.js';
import { BOOL, NOTHING, STRING, type Type } from '../../tree/types.js';
import { evaluateAs } from '../conversions.js';
import { PANIC, type Routine } from '../routine.js';
import { bare, calledOf, onlyArgument, pushArguments } from './arguments.js';

const ERROR_SELECTOR = selectorOf('Error(string)');

export function requireThat(r: Routine, node: FunctionCall): Type {
  const [condition, reason] = node.arguments;
  assert(condition !== undefined, 'require has a condition');
  evaluateAs(r, condition, BOOL);
  const text = reason === undefined ? undefined : shortLiteral(reason);
  if (text !== undefined) {
    r.op('REQUIRE', text);
    return NOTHING;
  }
  const fine = r.newLabel();
  if (reason !== undefined && !isHarmless(reason)) {
    // The reason is worked out before it is known whether it is needed, as solc does.
    evaluateEagerly(r, reason);
    return NOTHING;
  }
  r.jumpIf(fine);
  if (reason === undefined) r.op('ABORT');
  else fail(r, reason);
  r.mark(fine);
  return NOTHING;
}

/** ( condition -- ) Works the reason out, then fails with it unless the condition holds. */
function evaluateEagerly(r: Routine, reason: Expression): void {
  r.scope(() => {
    const condition = r.keep();
    const call = errorCall(r, reason);
    const types = call === undefined ? [STRING] : call.types;
    if (call === undefined) evaluateAs(r, reason, STRING);
    else pushArguments(r, call.node, call.parameters);
    const values = r.keepMany(types.length);
    const fine = r.newLabel();
    r.get(condition);
    r.jumpIf(fine);
    for (const value of values) r.get(value);
    revertWith(r, call?.selector ?? ERROR_SELECTOR, types);
    r.mark(fine);
  });
}

/** Whether working an expression out can neither fail nor change anything nor cost much. */
function isHarmless(node: Expression): boolean {
  const text = bare(node);
  if (text.nodeType === 'Literal') return true;
  if (text.nodeType === 'Identifier') return true;
  if (text.nodeType === 'MemberAccess') return isHarmless(text.expression);
  return (
    text.nodeType === 'FunctionCall' &&
    text.kind === 'functionCall' &&
    isError(text) &&
    text.arguments.every(isHarmless)
  );
}

function isError(node: FunctionCall): boolean {
  return node.expression.typeDescriptions.typeIdentifier?.startsWith('t_function_error_') ?? false;
}

function fail(r: Routine, reason: Expression): void {
  const call = errorCall(r, reason);
  if (call === undefined) {
    evaluateAs(r, reason, STRING);
    revertWith(r, ERROR_SELECTOR, [STRING]);
    return;
  }
  pushArguments(r, call.node, call.parameters);
  revertWith(r, call.selector, call.types);
}

/** The error that an expression makes, if it makes one. */
function errorCall(r: Routine, node: Expression) {
  const call = bare(node);
  if (call.nodeType !== 'FunctionCall' || !isError(call)) return undefined;
  const called = calledOf(call);
  const definition =
    called.nodeType === 'Identifier' || called.nodeType === 'MemberAccess'
      ? r.unit.declarations.find(called.referencedDeclaration)
      : undefined;
  assert(definition?.nodeType === 'ErrorDefinition', 'an error is declared');
  const parameters = definition.parameters.parameters.map((parameter) => ({
    name: parameter.name,
    type: r.unit.typeOf(parameter),
  }));
  return { node: call, selector: selectorOfError(definition), parameters, types: parameters.map(({ type }) => type) };
}

function selectorOfError({ errorSelector, name }: ErrorDefinition): number {
  assert(errorSelector !== undefined, `solc tells the selector of ${name}`);
  return Number.parseInt(errorSelector, 16);
}

/** A text that the machine's own instruction can hold. */
function shortLiteral(node: Expression): string | undefined {
  const literal = bare(node);
  if (literal.nodeType !== 'Literal') return undefined;
  const bytes = fromHex(`0x${literal.hexValue}`);
  return bytes.length <= MAX_TEXT_BYTES ? decodeText(bytes) : undefined;
}

export function assertThat(r: Routine, node: FunctionCall): Type {
  evaluateAs(r, onlyArgument(node), BOOL);
  r.panicUnless(PANIC.assert);
  return NOTHING;
}

/** `revert()` and `revert("text")` */
export function revertCall(r: Routine, { arguments: [reason] }: FunctionCall): Type {
  const text = reason === undefined ? undefined : shortLiteral(reason);
  if (reason === undefined) r.op('ABORT');
  else if (text !== undefined) r.op('FAIL', text);
  else fail(r, reason);
  return NOTHING;
}

/** `revert Name(…);` */
export function executeRevert(r: Routine, { errorCall: call }: RevertStatement): void {
  r.scope(() => fail(r, call));
}
