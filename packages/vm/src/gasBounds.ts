/** What functions cost, as far as their code says it: for people who compare rules, before anything runs. */
import { assert } from '@wattchain/core';
import type { AbiEntry } from './abi.js';
import { selectorOf } from './abi.js';
import { signatureOfEntry } from './abiValues.js';
import { GAS_MOVE, GAS_STATE_NEW } from './gas.js';
import type { Instruction } from './instruction.js';
import { type VerifiedCode, verifyCode } from './verify.js';

/** Gas of the ways through a function that end with success. */
export interface GasBounds {
  /** Of the cheapest way, where no word of storage changes and nothing that is called costs anything; `undefined` when no way ends so. */
  readonly least: number | undefined;
  /** Of the dearest, where every word that is written was 0; `undefined` when a loop or a recursion has no bound. */
  readonly most: number | undefined;
  /** What comes on top of both, whatever the state decides: calls, payments, memory, data by their length. */
  readonly extras: readonly string[];
}

/** A function with its bounds. */
export interface FunctionGas extends GasBounds {
  /** Its signature, `constructor` or `receive`. */
  readonly name: string;
}

/** Opcodes whose handlers charge what no look at the code can tell, and the word for it. */
const EXTRAS: Readonly<Record<string, string>> = {
  CALL: 'calls',
  CALLM: 'calls',
  CALLVIEW: 'calls',
  CALLVIEWM: 'calls',
  PAY: 'payments',
  MSTORE: 'memory',
  HASHM: 'memory',
  LOGM: 'memory',
  RETURNM: 'memory',
  POWWRAP: 'powers',
};
const SUCCESS: ReadonlySet<string> = new Set(['STOP', 'RETURN', 'RETURNM']);

/**
 * The bounds of a contract's functions, in the order of the interface. Beside them a transaction costs 21,000 gas and its data.
 * Asserts that the verifier accepts the code.
 */
export function gasOfFunctions(code: Uint8Array, abi: readonly AbiEntry[]): FunctionGas[] {
  const { value: program } = verifyCode(code);
  assert(program !== undefined, 'an artifact has code that the verifier accepts');
  const walker = new Walker(program);
  return abi.flatMap((entry) => {
    const start = startOf(program, entry);
    if (start === undefined || entry.type === 'event' || entry.type === 'error') return [];
    const name = entry.type === 'function' ? signatureOfEntry(entry) : entry.type;
    return { name, ...walker.bounds(start, (instruction) => SUCCESS.has(instruction.opcode.name)) };
  });
}

function startOf(program: VerifiedCode, entry: AbiEntry): number | undefined {
  if (entry.type === 'constructor') return program.constructorFunction?.start;
  if (entry.type === 'receive') return program.receiveFunction?.start;
  if (entry.type !== 'function') return undefined;
  return program.functions.get(selectorOf(signatureOfEntry(entry)))?.start;
}

/** Bounds of stretches of one program; those of subroutines are worked out once. */
class Walker {
  readonly #program: VerifiedCode;
  /** By number; `undefined` while it is worked out, which a recursion meets. */
  readonly #subroutines = new Map<number, GasBounds | undefined>();
  /** Those that a recursion met while they were worked out. */
  readonly #metOpen = new Set<number>();

  constructor(program: VerifiedCode) {
    this.#program = program;
  }

  /** Of all ways from a position to the instructions at which they end well. */
  bounds(start: number, isEnd: (instruction: Instruction) => boolean): GasBounds {
    const { order, heads } = this.#postorder(start);
    const extras = new Set<string>();
    const least = new Map<number, number>();
    const most = new Map<number, number>();
    const costs = new Map(order.map((position) => [position, this.#cost(position, extras)]));
    // Once through gives the values where no way leads back; the cheapest way never goes round, so a few rounds find it anyway.
    for (let isSettled = false; !isSettled; ) {
      isSettled = true;
      for (const position of order) {
        const instruction = this.#at(position);
        const { low } = costs.get(position) as Cost;
        const next = isEnd(instruction)
          ? [0]
          : this.#next(position).map((to) => least.get(to) ?? Number.POSITIVE_INFINITY);
        const cheapest = low + Math.min(...next, Number.POSITIVE_INFINITY);
        if (cheapest < (least.get(position) ?? Number.POSITIVE_INFINITY)) {
          least.set(position, cheapest);
          isSettled = false;
        }
      }
    }
    for (const position of order) {
      if (!least.has(position)) continue;
      const { high } = costs.get(position) as Cost;
      const next = isEnd(this.#at(position)) ? [0] : this.#next(position).map((to) => most.get(to) ?? 0);
      most.set(position, high + Math.max(...next, 0));
    }
    const isBounded = heads.every((head) => !least.has(head)) && Number.isFinite(most.get(start) ?? 0);
    return { least: least.get(start), most: isBounded ? most.get(start) : undefined, extras: [...extras].sort() };
  }

  /** The positions that can be reached, each after those that follow it but for ways back, and the positions that those lead to. */
  #postorder(start: number): { readonly order: number[]; readonly heads: number[] } {
    const order: number[] = [];
    const heads: number[] = [];
    const state = new Map<number, 'open' | 'done'>();
    const stack = [{ position: start, next: this.#next(start) }];
    state.set(start, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = top.next.pop();
      if (to === undefined) {
        state.set(top.position, 'done');
        order.push(top.position);
        stack.pop();
      } else if (state.get(to) === 'open') {
        heads.push(to);
      } else if (!state.has(to)) {
        state.set(to, 'open');
        stack.push({ position: to, next: this.#next(to) });
      }
    }
    return { order, heads };
  }

  #at(position: number): Instruction {
    const instruction = this.#program.instructions[position];
    assert(instruction !== undefined, 'the verifier lets no way run past the end');
    return instruction;
  }

  /** Where execution may go on within the same function or subroutine. */
  #next(position: number): number[] {
    const { opcode, immediates } = this.#at(position);
    const target = immediates[0] as number;
    switch (opcode.flow) {
      case 'jump':
        return [target];
      case 'branch':
        return [target, position + 1];
      case 'end':
      case 'return':
        return [];
      default:
        return [position + 1];
    }
  }

  #cost(position: number, extras: Set<string>): Cost {
    const { opcode, immediates, gas } = this.#at(position);
    const extra = EXTRAS[opcode.name];
    if (extra !== undefined) extras.add(extra);
    if (opcode.name === 'SSTORE') return { low: gas, high: gas + GAS_STATE_NEW };
    if (opcode.flow !== 'subroutine') return { low: gas, high: gas };
    const number = immediates[0] as number;
    const inner = this.#subroutine(number);
    for (const word of inner?.extras ?? []) extras.add(word);
    const own = gas + GAS_MOVE * (this.#program.subroutines[number]?.locals ?? 0);
    const { least = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY } = inner ?? {};
    return { low: own + least, high: own + most };
  }

  #subroutine(number: number): GasBounds | undefined {
    if (this.#subroutines.has(number)) {
      const known = this.#subroutines.get(number);
      if (known === undefined) this.#metOpen.add(number);
      return known;
    }
    this.#subroutines.set(number, undefined);
    const start = this.#program.subroutines[number]?.start ?? 0;
    const once = this.bounds(start, ({ opcode }) => opcode.flow === 'return');
    const bounds = this.#metOpen.delete(number) ? { ...once, most: undefined } : once;
    // One that stands in a recursion is only known when the outermost of it is.
    if (this.#metOpen.size > 0) this.#subroutines.delete(number);
    else this.#subroutines.set(number, bounds);
    return bounds;
  }
}

/** Of one instruction, with the subroutine that it calls. */
interface Cost {
  readonly low: number;
  readonly high: number;
}
