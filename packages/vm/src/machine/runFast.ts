import { assert, type Failure, WORD_LIMIT } from '@wattchain/core';
import type { VerifiedCode } from '../verify.js';
import { DIVISION_BY_ZERO, fail, OVERFLOW } from './failure.js';
import type { Frame } from './frame.js';
import { TOO_FEW_ARGUMENTS, tooManyBits } from './handlers/calldata.js';
import { type GasMeter, type RESTED, runInstruction } from './runReadable.js';

/**
 * The fast twin of `runReadable`. What that does by handlers, this does in place for the instructions that code consists of
 * mostly: moves, sums, comparisons, jumps. They cost half as much this way (docs/benchmarks.md, "The machine"); a test runs random
 * code both ways. Only a few names for short, and one long `switch`, because calls and property reads are what was saved.
 *
 * Gas is charged for a whole line of code, up to what goes somewhere else or has a handler. What a line that fails has not run is given back. A
 * line that cannot be paid for, or that the frame would have to rest in, is run by the readable way, one instruction at a time.
 */
export function runFast(
  frame: Frame,
  program: VerifiedCode,
  meter: GasMeter,
  start: number,
  floor: number,
): Failure | typeof RESTED | undefined {
  const { codes, gas, lineGas, numbers, words } = program.fast;
  const { stack, locals, args } = frame;
  let { next, localBase } = frame;
  let { left } = meter;
  lines: for (;;) {
    const after = left - (lineGas[next] as number);
    if (after < floor) {
      frame.next = next;
      meter.left = left;
      const end = runInstruction(frame, program, meter, start, floor);
      if (end !== undefined) return end;
      if (!frame.isRunning) return undefined;
      ({ next, localBase } = frame);
      ({ left } = meter);
      continue;
    }
    left = after;
    for (;;) {
      const at = next++;
      let failure: Failure | undefined;
      switch (codes[at]) {
        // PUSH
        case 0x10:
          stack.push(words[at] as bigint);
          continue;
        // POP
        case 0x11:
          stack.pop();
          continue;
        // DUP
        case 0x12:
          stack.push(stack[stack.length - (numbers[at] as number)] as bigint);
          continue;
        // SWAP
        case 0x13: {
          const top = stack.length - 1;
          const below = top - (numbers[at] as number);
          const word = stack[top] as bigint;
          stack[top] = stack[below] as bigint;
          stack[below] = word;
          continue;
        }
        // LGET
        case 0x14:
          stack.push(locals[localBase + (numbers[at] as number)] as bigint);
          continue;
        // LSET
        case 0x15:
          locals[localBase + (numbers[at] as number)] = stack.pop() as bigint;
          continue;
        // JUMP
        case 0x05:
          next = numbers[at] as number;
          continue lines;
        // JUMPIF
        case 0x06:
          if (stack.pop() !== 0n) next = numbers[at] as number;
          continue lines;
        // REQUIRE
        case 0x02:
          if (stack.pop() !== 0n) continue;
          failure = fail('revert', program.instructions[at]?.immediates[0] as string);
          break;
        // RETSUB
        case 0x08:
          frame.leave();
          ({ next, localBase } = frame);
          continue lines;
        // ADD
        case 0x20: {
          const b = stack.pop() as bigint;
          const sum = (stack[stack.length - 1] as bigint) + b;
          stack[stack.length - 1] = sum;
          if (sum < WORD_LIMIT) continue;
          failure = OVERFLOW;
          break;
        }
        // SUB
        case 0x21: {
          const b = stack.pop() as bigint;
          const difference = (stack[stack.length - 1] as bigint) - b;
          stack[stack.length - 1] = difference;
          if (difference >= 0n) continue;
          failure = OVERFLOW;
          break;
        }
        // MUL
        case 0x22: {
          const b = stack.pop() as bigint;
          const product = (stack[stack.length - 1] as bigint) * b;
          stack[stack.length - 1] = product;
          if (product < WORD_LIMIT) continue;
          failure = OVERFLOW;
          break;
        }
        // DIV
        case 0x23: {
          const b = stack.pop() as bigint;
          if (b !== 0n) {
            stack[stack.length - 1] = (stack[stack.length - 1] as bigint) / b;
            continue;
          }
          failure = DIVISION_BY_ZERO;
          break;
        }
        // MOD
        case 0x24: {
          const b = stack.pop() as bigint;
          if (b !== 0n) {
            stack[stack.length - 1] = (stack[stack.length - 1] as bigint) % b;
            continue;
          }
          failure = DIVISION_BY_ZERO;
          break;
        }
        // ADDWRAP
        case 0x25: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = BigInt.asUintN(256, (stack[stack.length - 1] as bigint) + b);
          continue;
        }
        // SUBWRAP
        case 0x26: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = BigInt.asUintN(256, (stack[stack.length - 1] as bigint) - b);
          continue;
        }
        // MULWRAP
        case 0x27: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = BigInt.asUintN(256, (stack[stack.length - 1] as bigint) * b);
          continue;
        }
        // FITS
        case 0x2c:
          if ((stack[stack.length - 1] as bigint) < (words[at] as bigint)) continue;
          failure = OVERFLOW;
          break;
        // LT
        case 0x30: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) < b ? 1n : 0n;
          continue;
        }
        // GT
        case 0x31: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) > b ? 1n : 0n;
          continue;
        }
        // LE
        case 0x32: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) <= b ? 1n : 0n;
          continue;
        }
        // GE
        case 0x33: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) >= b ? 1n : 0n;
          continue;
        }
        // EQ
        case 0x34: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) === b ? 1n : 0n;
          continue;
        }
        // ISZERO
        case 0x35:
          stack[stack.length - 1] = stack[stack.length - 1] === 0n ? 1n : 0n;
          continue;
        // AND
        case 0x36: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) & b;
          continue;
        }
        // OR
        case 0x37: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) | b;
          continue;
        }
        // XOR
        case 0x38: {
          const b = stack.pop() as bigint;
          stack[stack.length - 1] = (stack[stack.length - 1] as bigint) ^ b;
          continue;
        }
        // SHL
        case 0x3a: {
          const b = stack.pop() as bigint;
          const a = stack[stack.length - 1] as bigint;
          stack[stack.length - 1] = b < 256n ? BigInt.asUintN(256, a << b) : 0n;
          continue;
        }
        // SHR
        case 0x3b: {
          const b = stack.pop() as bigint;
          const a = stack[stack.length - 1] as bigint;
          stack[stack.length - 1] = b < 256n ? a >> b : 0n;
          continue;
        }
        // MLOAD
        case 0x90:
          stack[stack.length - 1] = frame.load(stack[stack.length - 1] as bigint);
          continue;
        // MSTORE, where memory need not grow
        case 0x91: {
          const top = stack.length - 1;
          if (!frame.overwrite(stack[top] as bigint, stack[top - 1] as bigint)) break;
          stack.pop();
          stack.pop();
          continue;
        }
        // ARG
        case 0x40: {
          const index = stack[stack.length - 1] as bigint;
          if (index < args.length) {
            stack[stack.length - 1] = args[Number(index)] as bigint;
            continue;
          }
          failure = TOO_FEW_ARGUMENTS;
          break;
        }
        // CHECKRANGE
        case 0x44:
          if ((stack[stack.length - 1] as bigint) < (words[at] as bigint)) continue;
          failure = tooManyBits(numbers[at] as number);
          break;
      }
      meter.left = left + (lineGas[at] as number) - (gas[at] as number);
      if (failure === undefined) {
        // Whatever is not done above.
        const instruction = program.instructions[at];
        assert(instruction !== undefined, 'the verifier let a way run past the end');
        frame.next = next;
        failure = instruction.opcode.handler(frame, instruction.immediates);
      }
      if (failure !== undefined) return failure;
      if (!frame.isRunning) return undefined;
      ({ next, localBase } = frame);
      ({ left } = meter);
      continue lines;
    }
  }
}
