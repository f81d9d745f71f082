import { type Address, assert, genesisChanges, MemoryKeyValues, StateJournal } from '@wattchain/core';
import { applyMessage, type BlockContext, encodeCall } from '@wattchain/vm';
import { median } from '../statistics.js';
import { type Line, loopCode, plainCode, RUN_SELECTOR } from './caseCode.js';
import { measuringGenesis } from './measuringGenesis.js';
import { CALLEE, GIVER, LIST_ARGUMENTS, type OpcodeCase, opcodeCases, PAYEE } from './opcodeCases.js';

/** One opcode with slow operands. */
export interface OpcodeTime {
  readonly name: string;
  /** What it costs, without the moves of its operands. */
  readonly gas: number;
  readonly ns: number;
  readonly nsPerGas: number;
  /** Of the opcode with the moves: what a loop of it takes of a block. */
  readonly loopNsPerGas: number;
}

const CALLER: Address = `0x${'a1'.repeat(20)}`;
/** A loop around nothing. */
const EMPTY_LOOP: Address = `0x${'1e'.repeat(20)}`;
const GAS_LIMIT = 1_000_000_000;
/** Copies of a case in a loop, as far as the code may be long. */
const MAX_COPIES = 64;
const MAX_LOOP_BYTES = 20_000;
/** Gas of one round at most, unless one case takes more. */
const LOOP_GAS = 100_000;

interface Subject extends OpcodeCase {
  readonly address: Address;
  readonly copies: number;
  readonly rounds: number;
}

/**
 * Times every opcode in a loop of copies, in turns, in processor time of this process; medians of the rounds. `sliceMs` is how long one run is at least.
 */
export function measureOpcodes(rounds: number, sliceMs: number): OpcodeTime[] {
  const bench = new OpcodeBench();
  const subjects = opcodeCases().map((measured, index) => bench.place(measured, index, sliceMs));
  const times = subjects.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, subject] of subjects.entries()) times[i]?.push(bench.run(subject, subject.rounds).nsPerUnit);
  }
  const results = subjects.map((subject, i) => {
    const gas = bench.unitGas(subject);
    return { subject, gas, ns: median(times[i] as number[]) };
  });
  const move = results.find(({ subject }) => subject.name === 'PUSH, POP');
  assert(move !== undefined, 'moves are measured');
  return results.map(({ subject: { name, moves }, gas, ns }) => {
    const ownGas = gas - moves;
    const ownNs = Math.max(0, ns - (moves * move.ns) / 2);
    return { name, gas: ownGas, ns: ownNs, nsPerGas: ownNs / ownGas, loopNsPerGas: ns / gas };
  });
}

class OpcodeBench {
  readonly #state: StateJournal;
  readonly #context: BlockContext;

  constructor() {
    const genesis = measuringGenesis([CALLER, PAYEE]);
    const memory = new MemoryKeyValues();
    memory.apply(genesisChanges(genesis).changes.map(({ key, after }) => ({ key, value: after })));
    this.#state = new StateJournal(memory);
    this.#context = { height: 1, timestampMs: genesis.timestampMs + 1_000, miner: PAYEE, genesis };
    this.#state.setCode(EMPTY_LOOP, loopCode([], 1));
    this.#state.setCode(CALLEE, plainCode([['STOP']]));
    this.#state.setCode(GIVER, plainCode([...Array<Line>(250).fill(['PUSH', 1n]), ['RETURN', 250]]));
  }

  /** Puts the code of a case, and finds how many rounds take long enough. */
  place(measured: OpcodeCase, index: number, sliceMs: number): Subject {
    const unitBytes = loopCode(measured.lines, 2).length - loopCode(measured.lines, 1).length;
    const address: Address = `0x${(0xbe_0000 + index).toString(16).padStart(40, '0')}`;
    this.#state.setCode(address, loopCode(measured.lines, 1));
    const eachGas = this.unitGas({ ...measured, address, copies: 1, rounds: 1 });
    const fitting = Math.min(MAX_COPIES, Math.floor(MAX_LOOP_BYTES / unitBytes), Math.floor(LOOP_GAS / eachGas));
    const copies = Math.max(1, Math.min(fitting, measured.most ?? fitting));
    this.#state.setCode(address, loopCode(measured.lines, copies));
    const most = measured.most === undefined ? Number.POSITIVE_INFINITY : Math.floor(measured.most / copies);
    const gas = this.unitGas({ ...measured, address, copies, rounds: 1 });
    let rounds = 1;
    for (;;) {
      const { ms } = this.run({ ...measured, address, copies, rounds }, rounds);
      const isEnough = ms >= sliceMs || 2 * rounds > most || 2 * rounds * copies * gas > GAS_LIMIT / 2;
      if (isEnough) return { ...measured, address, copies, rounds };
      rounds *= 2;
    }
  }

  /** Nanoseconds of one case, its share of the loop included. */
  run({ address, copies, name }: Subject, rounds: number): { readonly ms: number; readonly nsPerUnit: number } {
    const data = encodeCall(RUN_SELECTOR, [BigInt(rounds), ...LIST_ARGUMENTS]);
    const checkpoint = this.#state.checkpoint();
    const before = process.cpuUsage();
    const { failure } = applyMessage(this.#state, this.#message(address, data), this.#context);
    const { user, system } = process.cpuUsage(before);
    this.#state.revertTo(checkpoint);
    assert(failure === null, `${name} runs: ${failure?.code}`);
    return { ms: (user + system) / 1_000, nsPerUnit: ((user + system) * 1_000) / (rounds * copies) };
  }

  /** Gas of one case: what another copy adds. */
  unitGas(subject: Subject): number {
    const gasOf = (rounds: number, address = subject.address) => {
      const data = encodeCall(RUN_SELECTOR, [BigInt(rounds), ...LIST_ARGUMENTS]);
      const checkpoint = this.#state.checkpoint();
      const { gasUsed } = applyMessage(this.#state, this.#message(address, data), this.#context);
      this.#state.revertTo(checkpoint);
      return gasUsed;
    };
    // The first round writes, grows and pays for code; where no second may follow, it is the one that counts.
    const isOnce = subject.most === 1;
    const added = isOnce ? gasOf(1) - gasOf(1, EMPTY_LOOP) : gasOf(2) - gasOf(1);
    const loop = isOnce ? 0 : gasOf(2, EMPTY_LOOP) - gasOf(1, EMPTY_LOOP);
    return (added - loop) / subject.copies;
  }

  #message(to: Address, data: Uint8Array) {
    return { from: CALLER, to, value: 0n, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
  }
}
