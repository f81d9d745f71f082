/** Operators on words. */
import { assert } from '@wattchain/core';
import { type IntegerType, type Shape, shapeOf, type Type, underlying } from '../../tree/types.js';
import { cleanUp } from '../conversions.js';
import type { Routine } from '../routine.js';

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['LT'],
  '>': ['GT'],
  '<=': ['LE'],
  '>=': ['GE'],
  '==': ['EQ'],
  '!=': ['EQ', 'ISZERO'],
};
const SIGNED_COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['SLT'],
  '>': ['SGT'],
  '<=': ['SGT', 'ISZERO'],
  '>=': ['SLT', 'ISZERO'],
};
const BITWISE: Readonly<Record<string, string>> = { '&': 'AND', '|': 'OR', '^': 'XOR' };

/** By operator: the opcode that checks and the one that wraps, of unsigned and of signed numbers. */
const ARITHMETIC: Readonly<Record<string, { unsigned: readonly [string, string]; signed: readonly [string, string] }>> =
  {
    '+': { unsigned: ['ADD', 'ADDWRAP'], signed: ['SADD', 'ADDWRAP'] },
    '-': { unsigned: ['SUB', 'SUBWRAP'], signed: ['SSUB', 'SUBWRAP'] },
    '*': { unsigned: ['MUL', 'MULWRAP'], signed: ['SMUL', 'MULWRAP'] },
    '/': { unsigned: ['DIV', 'DIV'], signed: ['SDIV', 'SDIV'] },
    '%': { unsigned: ['MOD', 'MOD'], signed: ['SMOD', 'SMOD'] },
    '**': { unsigned: ['POW', 'POWWRAP'], signed: ['', 'POWWRAP'] },
  };

/** Whether an operator compares, so that its value is a bool. */
export function isComparison(operator: string): boolean {
  return operator in COMPARISONS;
}

/** ( a b -- a∘b ) An operator on two values of one type; of a shift and a power, the type is that of a. */
export function writeBinary(r: Routine, operator: string, type: Type): void {
  const shape = shapeOf(type);
  assert(shape !== undefined, `${operator} works on words`);
  const comparison = (shape.signed ? SIGNED_COMPARISONS[operator] : undefined) ?? COMPARISONS[operator];
  if (comparison !== undefined) {
    for (const op of comparison) r.op(op);
  } else if (operator in BITWISE) {
    r.op(BITWISE[operator] as string);
  } else if (operator === '<<' || operator === '>>') {
    writeShift(r, operator, shape);
  } else {
    const integer = underlying(type);
    assert(integer.kind === 'integer', `${operator} works on integers`);
    writeArithmetic(r, operator, integer);
  }
}

function writeShift(r: Routine, operator: string, shape: Shape): void {
  if (operator === '<<') {
    r.op('SHL');
    cleanUp(r, shape);
    return;
  }
  r.op(shape.signed ? 'SAR' : 'SHR');
  if (shape.left) cleanUp(r, shape);
}

function writeArithmetic(r: Routine, operator: string, type: IntegerType): void {
  const row = ARITHMETIC[operator];
  assert(row !== undefined, `${operator} is an operator`);
  const [checked, wrapping] = type.signed ? row.signed : row.unsigned;
  if (type.signed && operator === '**' && !r.isUnchecked) {
    r.call(signedPower(r, type));
  } else if (type.signed && operator === '/' && type.bits === 256 && r.isUnchecked) {
    r.call(wrappingQuotient(r));
  } else if (r.isUnchecked) {
    r.op(wrapping);
    if (operator !== '%' && (operator !== '/' || type.signed)) cleanUp(r, { ...type, left: false });
  } else {
    r.op(checked);
    checkFit(r, operator, type);
  }
}

/** What the opcode has checked for whole words is checked for narrower ones; a difference of unsigned numbers and a remainder fit. */
function checkFit(r: Routine, operator: string, { bits, signed }: IntegerType): void {
  const fits = operator === '%' || (!signed && (operator === '-' || operator === '/'));
  if (bits < 256 && !fits) r.op(signed ? 'SFITS' : 'FITS', bits);
}

/** ( a b -- a/b ) The one quotient that does not fit comes out as it went in. */
function wrappingQuotient(r: Routine) {
  return r.unit.subroutine('wrapping quotient', 2, 1, (s) => {
    const [plain, end] = [s.newLabel(), s.newLabel()];
    s.op('DUP', 1);
    s.op('NOT');
    s.jumpIf(plain);
    s.op('POP');
    s.push(0);
    s.op('SWAP', 1);
    s.op('SUBWRAP');
    s.jump(end);
    s.mark(plain);
    s.op('SDIV');
    s.mark(end);
  });
}

/** ( base exponent -- power ) Checked: beyond 0, 1 and −1 a power leaves the range after at most 255 products. */
function signedPower(r: Routine, type: IntegerType) {
  return r.unit.subroutine(`signed power ${type.bits}`, 2, 1, (s) => {
    const [base, exponent] = s.keepMany(2);
    assert(base !== undefined && exponent !== undefined, 'a power has two parts');
    const [multiply, end, isSmall] = [s.newLabel(), s.newLabel(), s.newLabel()];
    // base + 1 < 3 as an unsigned number: −1, 0 or 1, whose powers depend on whether the exponent is 0, odd or even.
    s.getPlus(base, 1);
    s.push(3);
    s.op('LT');
    s.jumpIf(isSmall);
    s.push(1);
    s.mark(multiply);
    s.get(exponent);
    s.jumpUnless(end);
    s.get(base);
    s.op('SMUL');
    if (type.bits < 256) s.op('SFITS', type.bits);
    s.get(exponent);
    s.push(1);
    s.op('SUB');
    s.op('LSET', (exponent as { local: number }).local);
    s.jump(multiply);
    s.mark(isSmall);
    s.get(base);
    s.get(exponent);
    s.op('POWWRAP');
    s.mark(end);
  });
}

/** ( a -- ∘a ) */
export function writeUnary(r: Routine, operator: string, type: Type): void {
  const shape = shapeOf(type);
  assert(shape !== undefined, `${operator} works on words`);
  if (operator === '!') {
    r.op('ISZERO');
  } else if (operator === '~') {
    r.op('NOT');
    cleanUp(r, shape);
  } else {
    assert(operator === '-', `${operator} is an operator`);
    r.push(0);
    r.op('SWAP', 1);
    writeBinary(r, '-', type);
  }
}
