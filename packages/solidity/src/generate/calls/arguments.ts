/** Arguments of calls, by place or by name. */
import { assert } from '@wattchain/core';
import type { Expression, FunctionCall } from 'solidity-ast';
import type { Type } from '../../tree/types.js';
import { evaluateAs } from '../conversions.js';
import type { Routine } from '../routine.js';

/** A parameter that takes an argument. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
}

/** ( -- v1 … vn ) The arguments in the order of the parameters; they are worked out in the order of the source. */
export function pushArguments(r: Routine, { arguments: values, names }: FunctionCall, to: readonly Parameter[]): void {
  if (names.length === 0) {
    for (const [i, value] of values.entries()) evaluateAs(r, value, typeAt(to, i));
    return;
  }
  const order = to.map(({ name }) => names.indexOf(name));
  r.scope(() => {
    const kept = values.map((value, i) => {
      evaluateAs(r, value, typeAt(to, order.indexOf(i)));
      return r.keep();
    });
    for (const i of order) r.get(kept[i] as (typeof kept)[number]);
  });
}

function typeAt(to: readonly Parameter[], i: number): Type {
  const parameter = to[i];
  assert(parameter !== undefined, 'solc counts arguments');
  return parameter.type;
}

/** The only argument. */
export function onlyArgument({ arguments: values }: FunctionCall): Expression {
  const [value] = values;
  assert(value !== undefined && values.length === 1, 'the call has one argument');
  return value;
}

/** An expression without the parentheses around it. */
export function bare(node: Expression): Expression {
  if (
    node.nodeType === 'TupleExpression' &&
    !node.isInlineArray &&
    node.components.length === 1 &&
    node.components[0]
  ) {
    return bare(node.components[0]);
  }
  return node;
}

/** What is called, without options such as `{value: v}` and parentheses. */
export function calledOf(node: FunctionCall): Expression {
  const called = bare(node.expression);
  return called.nodeType === 'FunctionCallOptions' ? bare(called.expression) : called;
}

/** What stands in the braces of a call, `{value: v}`; solc takes one pair of them. */
export function optionsOf(node: FunctionCall): readonly { readonly name: string; readonly value: Expression }[] {
  const called = bare(node.expression);
  if (called.nodeType !== 'FunctionCallOptions') return [];
  return called.names.map((name, i) => ({ name, value: called.options[i] as Expression }));
}
