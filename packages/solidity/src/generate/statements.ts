/** Statements. Between two of them the stack holds nothing. */
import { assert } from '@wattchain/core';
import type {
  Block,
  DoWhileStatement,
  Expression,
  ExpressionStatement,
  ForStatement,
  IfStatement,
  Return,
  UncheckedBlock,
  VariableDeclarationStatement,
  WhileStatement,
} from 'solidity-ast';
import type { Label } from '../code/code.js';
import { pushDefault } from './aggregates.js';
import { convert, evaluateAs } from './conversions.js';
import { evaluateAll } from './expressions/values.js';
import type { Routine } from './routine.js';

export function executeBlock(r: Routine, { statements }: Block | UncheckedBlock): void {
  r.scope(() => {
    for (const statement of statements ?? []) r.execute(statement);
  });
}

export function executeUnchecked(r: Routine, node: UncheckedBlock): void {
  r.isUnchecked = true;
  executeBlock(r, node);
  r.isUnchecked = false;
}

export function executeExpression(r: Routine, { expression }: ExpressionStatement): void {
  r.scope(() => {
    const type = r.evaluateForEffect(expression);
    const words = type.kind === 'tuple' ? type.items.filter((item) => item !== undefined).length : 1;
    for (let i = 0; i < words; i++) r.op('POP');
  });
}

export function executeVariables(r: Routine, node: VariableDeclarationStatement): void {
  const { declarations, initialValue } = node;
  // The variables outlive what is needed to work out their values.
  const targets = declarations.map((declaration) => {
    if (declaration === null) return undefined;
    return { declaration, local: r.newLocal(), type: r.unit.typeOf(declaration) };
  });
  r.scope(() => {
    if (!initialValue) {
      for (const target of targets) {
        if (target === undefined) continue;
        pushDefault(r, target.type);
        r.op('LSET', target.local);
      }
    } else if (targets.length === 1) {
      const [target] = targets;
      assert(target !== undefined, 'one variable is declared');
      evaluateAs(r, initialValue, target.type);
      r.op('LSET', target.local);
    } else {
      const from = evaluateAll(
        r,
        initialValue,
        targets.map((target) => target?.type),
      );
      const values = r.keepMany(from.length);
      for (const [i, target] of targets.entries()) {
        const [value, type] = [values[i], from[i]];
        if (target === undefined || value === undefined || type === undefined) continue;
        r.get(value);
        convert(r, type, target.type);
        r.op('LSET', target.local);
      }
    }
  });
  for (const target of targets) if (target !== undefined) r.variables.set(target.declaration.id, target.local);
}

export function executeIf(r: Routine, { condition, trueBody, falseBody }: IfStatement): void {
  const [other, end] = [r.newLabel(), r.newLabel()];
  r.scope(() => r.evaluate(condition));
  r.jumpUnless(other);
  r.execute(trueBody);
  if (falseBody) r.jump(end);
  r.mark(other);
  if (falseBody) r.execute(falseBody);
  r.mark(end);
}

export function executeWhile(r: Routine, { condition, body }: WhileStatement): void {
  const [start, end] = [r.newLabel(), r.newLabel()];
  r.mark(start);
  leaveUnless(r, condition, end);
  loop(r, end, start, () => r.execute(body));
  r.jump(start);
  r.mark(end);
}

export function executeDoWhile(r: Routine, { condition, body }: DoWhileStatement): void {
  const [start, next, end] = [r.newLabel(), r.newLabel(), r.newLabel()];
  r.mark(start);
  loop(r, end, next, () => r.execute(body));
  r.mark(next);
  r.scope(() => r.evaluate(condition));
  r.jumpIf(start);
  r.mark(end);
}

export function executeFor(r: Routine, node: ForStatement): void {
  const [start, next, end] = [r.newLabel(), r.newLabel(), r.newLabel()];
  r.scope(() => {
    if (node.initializationExpression) r.execute(node.initializationExpression);
    r.mark(start);
    if (node.condition) leaveUnless(r, node.condition, end);
    loop(r, end, next, () => r.execute(node.body));
    r.mark(next);
    if (node.loopExpression) r.execute(node.loopExpression);
    r.jump(start);
    r.mark(end);
  });
}

function leaveUnless(r: Routine, condition: Expression, end: Label): void {
  r.scope(() => r.evaluate(condition));
  r.jumpUnless(end);
}

function loop(r: Routine, onBreak: Label, onContinue: Label, write: () => void): void {
  r.loops.push({ onBreak, onContinue });
  r.scope(write);
  r.loops.pop();
}

export function executeBreak(r: Routine): void {
  r.jump(innermost(r).onBreak);
}

export function executeContinue(r: Routine): void {
  r.jump(innermost(r).onContinue);
}

function innermost(r: Routine) {
  const loopAround = r.loops.at(-1);
  assert(loopAround !== undefined, 'solc lets loops alone break and continue');
  return loopAround;
}

export function executeReturn(r: Routine, { expression }: Return): void {
  const { returning } = r;
  assert(returning !== undefined, 'functions and modifiers return');
  const { types, locals, exit } = returning;
  r.scope(() => {
    if (expression && types.length === 1) {
      evaluateAs(r, expression, types[0] as (typeof types)[number]);
      r.op('LSET', locals[0] as number);
    } else if (expression && types.length > 1) {
      const from = evaluateAll(r, expression, types);
      const values = r.keepMany(from.length);
      for (const [i, type] of types.entries()) {
        r.get(values[i] as (typeof values)[number]);
        convert(r, from[i] as (typeof types)[number], type);
        r.op('LSET', locals[i] as number);
      }
    } else if (expression) {
      // A call without results, returned from a function without results.
      r.evaluateForEffect(expression);
    }
  });
  r.jump(exit);
}

export function executePlaceholder(r: Routine): void {
  assert(r.placeholder !== undefined, 'modifiers have a body to go around');
  r.placeholder();
}
