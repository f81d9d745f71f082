/** What solc's decoder checks of a word: that it is a value of its type. */
import type { Routine } from '../generate/routine.js';
import { shapeOf, type Type, underlying } from '../tree/types.js';

const WORD_BITS = 256;

/** ( value -- value ) Fails, as solc's decoder without a reason, when the word is no value of the type. */
export function validate(r: Routine, type: Type): void {
  const actual = underlying(type);
  if (actual.kind === 'enum') {
    validateEnum(r, actual.definition.members.length);
    return;
  }
  const shape = shapeOf(actual);
  if (shape === undefined || shape.bits === WORD_BITS) return;
  if (shape.left) {
    r.op('DUP', 1);
    r.push(shape.bits);
    r.op('SHL');
    failUnlessZero(r);
  } else if (shape.signed) {
    // Moved up by half the range, a signed number of so many bits is an unsigned one.
    r.op('DUP', 1);
    r.push(1n << BigInt(shape.bits - 1));
    r.op('ADDWRAP');
    r.op('CHECKRANGE', shape.bits);
    r.op('POP');
  } else {
    r.op('CHECKRANGE', shape.bits);
  }
}

/** Whether `validate` writes anything. */
export function needsValidation(type: Type): boolean {
  const actual = underlying(type);
  return actual.kind === 'enum' || (shapeOf(actual)?.bits ?? WORD_BITS) < WORD_BITS;
}

function validateEnum(r: Routine, count: number): void {
  const bits = Math.log2(count);
  if (count > 1 && Number.isInteger(bits)) {
    r.op('CHECKRANGE', bits);
    return;
  }
  r.op('DUP', 1);
  r.push(count);
  r.op('LT');
  r.abortUnless();
}

/** ( word -- ) Fails unless the word, which is no 1, is 0. */
export function failUnlessZero(r: Routine): void {
  r.op('CHECKRANGE', 1);
  r.op('POP');
}
