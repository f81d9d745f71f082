/** One source, two machines: random sequences of calls on both, compared call by call. */
import { type Address, addressOf, concatBytes, contractAddress, type Hex, numberToBytes, toHex } from '@wattchain/core';
import { type AbiItem, encodeValues, selectorOf, showValue } from './abi.js';
import { ArgumentMaker, type Signer, type Surroundings, wordsOf } from './arguments.js';
import { DESIGN_DIFFERENCES } from './differences.js';
import { Random } from './random.js';
import { type Message, type MessageOutcome, START_TIME_S, type World } from './world.js';

/** One machine with the code that was made for it. */
export interface Side {
  readonly name: string;
  createWorld(senders: readonly Address[]): Promise<World>;
  /** Deployment data of each contract, without constructor arguments. */
  readonly codes: ReadonlyMap<string, Uint8Array>;
}

/** A file on two machines. */
export interface Subject {
  /** As reports and `--contract` call it. */
  readonly name: string;
  readonly source: string;
  /** In the order in which they are deployed. */
  readonly contracts: readonly { readonly name: string; readonly abi: readonly AbiItem[] }[];
  readonly ours: Side;
  readonly evm: Side;
  /** Slots that are not compared. */
  readonly hiddenSlots: ReadonlySet<string>;
}

/** A message in words. */
interface Step {
  readonly text: string;
  readonly message: Message;
  readonly isOdd: boolean;
  /** `Contract.function` */
  readonly name: string;
}

/** Where the two machines disagree. */
export interface Difference {
  readonly sequence: number;
  /** The messages that lead there, the last of which differs. */
  readonly steps: readonly string[];
  readonly what: string;
}

/** How a run went. */
export interface DifferentialReport {
  /** Calls and deployments with the same result. */
  readonly agreed: number;
  /** Of these, those that succeeded, by function. */
  readonly succeeded: ReadonlyMap<string, number>;
  /** Differences by design that were met, by name. */
  readonly byDesign: ReadonlyMap<string, number>;
  readonly difference: Difference | undefined;
}

/** What to run. */
export interface DifferentialOptions {
  readonly subject: Subject;
  readonly seed: number;
  readonly calls: number;
  /** Number of the first sequence, to come to a difference faster. */
  readonly from?: number;
  readonly onProgress?: (agreed: number) => void;
}

/** Calls of a sequence: enough for one call to build on others. */
const LEAST_CALLS = 40;
const CALLS_OF_FUNCTION = 3;
const DEPLOYMENT_TRIES = 8;
const SENDER_COUNT = 4;
const STRANGER: Address = `0x${'5a'.repeat(20)}`;

/** Accounts with coins and keys. */
export const SIGNERS: readonly Signer[] = Array.from({ length: SENDER_COUNT }, (_, i) => {
  const privateKey = new Uint8Array(32).fill(i + 1, 31);
  return { privateKey, address: addressOf(privateKey) };
});
const SENDERS = SIGNERS.map(({ address }) => address);

/** Runs sequences until so many calls were made or the machines disagree. */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialReport> {
  const { subject, seed, calls, from = 0, onProgress } = options;
  const succeeded = new Map<string, number>();
  const byDesign = new Map<string, number>();
  const functions = subject.contracts.flatMap(({ abi }) => abi).length;
  const length = Math.max(LEAST_CALLS, CALLS_OF_FUNCTION * functions);
  let agreed = 0;
  for (let sequence = from; agreed < calls; sequence++) {
    const run = new Sequence(subject, new Random(seed, subject.name, sequence), succeeded, byDesign);
    const what = await run.play(Math.min(length, calls - agreed));
    if (what !== undefined) {
      const { steps, what: shorter } = await shrink(subject, run.deployments, run.steps, what);
      const difference = { sequence, steps: steps.map(({ text }) => text), what: shorter };
      return { agreed: agreed + run.agreed, succeeded, byDesign, difference };
    }
    agreed += run.agreed;
    onProgress?.(agreed);
    // Nothing of a contract that cannot be deployed is ever called.
    if (run.agreed === 0) break;
  }
  return { agreed, succeeded, byDesign, difference: undefined };
}

/** Leaves out steps that are not needed for the last one to differ. */
async function shrink(subject: Subject, deployments: readonly Step[], steps: readonly Step[], what: string) {
  let shortest = { steps: [...deployments, ...steps], what };
  let kept = [...steps];
  for (let at = steps.length - 2; at >= 0; at--) {
    const fewer = kept.filter((step) => step !== steps[at]);
    const found = await replay(subject, [...deployments, ...fewer]);
    if (found === undefined || found.at !== deployments.length + fewer.length - 1) continue;
    kept = fewer;
    shortest = { steps: [...deployments, ...fewer], what: found.what };
  }
  return shortest;
}

async function replay(subject: Subject, steps: readonly Step[]): Promise<{ at: number; what: string } | undefined> {
  const pair = await Pair.create(subject);
  for (const [at, step] of steps.entries()) {
    const { what } = await pair.run(step);
    if (what !== undefined) return { at, what };
  }
  return undefined;
}

/** How one step went. */
interface StepResult {
  /** The difference, if there is one. */
  readonly what: string | undefined;
  /** Name of the difference by design, if there is one. */
  readonly design: string | undefined;
  readonly evm: MessageOutcome;
}

/** The two worlds side by side. */
class Pair {
  readonly #subject: Subject;
  readonly #ours: World;
  readonly #evm: World;
  readonly #addresses: Address[] = [...SENDERS, STRANGER];

  private constructor(subject: Subject, ours: World, evm: World) {
    this.#subject = subject;
    this.#ours = ours;
    this.#evm = evm;
  }

  static async create(subject: Subject): Promise<Pair> {
    return new Pair(subject, await subject.ours.createWorld(SENDERS), await subject.evm.createWorld(SENDERS));
  }

  async run({ message, isOdd, name }: Step): Promise<StepResult> {
    const { source, ours: ourSide, evm: evmSide } = this.#subject;
    const ours = await this.#ours.run(withCode(message, ourSide, name));
    const evm = await this.#evm.run(withCode(message, evmSide, name));
    if (evm.address !== undefined) this.#addresses.push(evm.address);
    const what = differenceOf(ours, evm) ?? (evm.failure === undefined ? await this.#stateDifference() : undefined);
    if (what === undefined) return { what, design: undefined, evm };
    const design = DESIGN_DIFFERENCES.find((rule) => rule.matches({ message, ours, evm, source, isOdd }));
    if (design === undefined) return { what: `${ourSide.name} and ${evmSide.name} differ: ${what}`, design, evm };
    await this.#ours.undo();
    await this.#evm.undo();
    return { what: undefined, design: design.name, evm };
  }

  async #stateDifference(): Promise<string | undefined> {
    const [ours, evm] = [this.#ours.storage(), this.#evm.storage()];
    for (const name of new Set([...ours.keys(), ...evm.keys()])) {
      if (ours.get(name) === evm.get(name) || this.#subject.hiddenSlots.has(name.split(' ')[1] ?? '')) continue;
      return `storage word ${name}: ${showWord(ours.get(name))}, ${showWord(evm.get(name))}`;
    }
    for (const address of this.#addresses) {
      const [our, other] = [await this.#ours.balance(address), await this.#evm.balance(address)];
      if (our !== other) return `balance of ${address}: ${our}, ${other}`;
    }
    return undefined;
  }
}

/** A deployment carries the code of its side; the message holds the constructor's arguments alone. */
function withCode(message: Message, side: Side, name: string): Message {
  if (message.to !== null) return message;
  const code = side.codes.get(name.split('.')[0] ?? '') ?? new Uint8Array(0);
  return { ...message, data: concatBytes(code, message.data) };
}

function differenceOf(ours: MessageOutcome, evm: MessageOutcome): string | undefined {
  const isSame =
    (ours.failure === undefined) === (evm.failure === undefined) &&
    ours.data === evm.data &&
    ours.address === evm.address &&
    ours.logs.join() === evm.logs.join();
  return isSame ? undefined : `\n    ${showOutcome(ours)}\n    ${showOutcome(evm)}`;
}

function showOutcome({ failure, data, logs, address }: MessageOutcome): string {
  const outcome = failure === undefined ? `returns ${data}` : `fails (${failure}) with ${data}`;
  return [address === undefined ? outcome : `is at ${address}`, ...logs.map((log) => `logs ${log}`)].join('\n      ');
}

function showWord(word: bigint | undefined): Hex {
  return `0x${(word ?? 0n).toString(16)}`;
}

/** One sequence: deployments, then calls. */
class Sequence {
  readonly #subject: Subject;
  readonly #random: Random;
  readonly #maker: ArgumentMaker;
  readonly #succeeded: Map<string, number>;
  readonly #byDesign: Map<string, number>;
  readonly #deployed: { name: string; address: Address; abi: readonly AbiItem[] }[] = [];
  readonly deployments: Step[] = [];
  readonly steps: Step[] = [];
  agreed = 0;
  #timeS = START_TIME_S;
  #height = 0;

  constructor(subject: Subject, random: Random, succeeded: Map<string, number>, byDesign: Map<string, number>) {
    this.#subject = subject;
    this.#random = random;
    this.#maker = new ArgumentMaker(random);
    this.#succeeded = succeeded;
    this.#byDesign = byDesign;
  }

  /** What differs, if anything does. */
  async play(calls: number): Promise<string | undefined> {
    const pair = await Pair.create(this.#subject);
    for (const { name, abi } of this.#subject.contracts) {
      for (let left = DEPLOYMENT_TRIES; left > 0; left--) {
        const step = this.#deployment(name, abi);
        this.deployments.push(step);
        const { what, evm } = await this.#run(pair, step);
        if (what !== undefined) return what;
        if (evm.address === undefined) continue;
        this.#deployed.push({ name, address: evm.address, abi });
        break;
      }
    }
    if (this.#deployed.length === 0) return undefined;
    for (let i = 0; i < calls; i++) {
      const step = this.#call();
      this.steps.push(step);
      const { what, evm } = await this.#run(pair, step);
      if (what !== undefined) return what;
      if (evm.failure === undefined) this.#maker.remember(wordsOf(evm.data, 4));
    }
    return undefined;
  }

  async #run(pair: Pair, step: Step): Promise<StepResult> {
    const result = await pair.run(step);
    if (result.what !== undefined) return result;
    this.agreed += 1;
    if (result.design !== undefined) count(this.#byDesign, result.design);
    else if (result.evm.failure === undefined) count(this.#succeeded, step.name);
    return result;
  }

  #deployment(name: string, abi: readonly AbiItem[]): Step {
    const item = abi.find(({ type }) => type === 'constructor') ?? { type: 'constructor', inputs: [] };
    return this.#step(item, `${name}.constructor`, null, SENDERS[0] as Address);
  }

  #call(): Step {
    const random = this.#random;
    const target = random.pick(this.#deployed);
    const from = random.oneIn(3) ? (SENDERS[0] as Address) : random.pick(SENDERS);
    const entries = target.abi.filter(({ type }) => type === 'function' || type === 'receive');
    const nothing: AbiItem = { type: random.oneIn(2) ? 'receive' : 'unknown', stateMutability: 'payable' };
    const item = entries.length === 0 || random.oneIn(150) ? nothing : random.pick(entries);
    return this.#step(item, `${target.name}.${item.name ?? item.type}`, target.address, from);
  }

  #step(item: AbiItem, name: string, to: Address | null, from: Address): Step {
    const random = this.#random;
    const { inputs = [], stateMutability } = item;
    this.#height += 1 + random.below(2);
    this.#timeS += random.oneIn(6) ? random.below(1000) : 1 + random.below(3);
    const values = this.#maker.make(inputs, this.#surroundings());
    const encoded = encodeValues(inputs, values);
    const selector = item.type === 'function' ? selectorOf(item) : new Uint8Array(item.type === 'unknown' ? 4 : 0);
    const isChanged = inputs.length > 0 && to !== null && random.oneIn(200);
    const data = concatBytes(selector, isChanged ? this.#change(encoded) : encoded);
    const value = stateMutability === 'payable' ? this.#maker.coins() : random.oneIn(100) ? 1n : 0n;
    const shown = inputs.map((input, i) => showValue(input, values[i] ?? 0n)).join(', ');
    const [sender, paid] = [`from ${SENDERS.indexOf(from)}`, value === 0n ? '' : `, ${value} wei`];
    const raw = isChanged ? `, calldata ${toHex(data)}` : '';
    const text = `${name}(${shown}) ${sender}${paid}${raw} at ${this.#timeS} s, height ${this.#height}`;
    const message = { from, to, value, data, height: this.#height, timeS: this.#timeS };
    return { text, message, isOdd: isChanged || this.#maker.isDirty, name };
  }

  /** Calldata that no encoder makes. */
  #change(data: Uint8Array): Uint8Array {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        return data.subarray(0, Math.max(0, data.length - 1 - random.below(40)));
      case 1:
        return concatBytes(data, new Uint8Array(1 + random.below(70)).fill(random.below(3)));
      default: {
        const changed = Uint8Array.from(data);
        changed.set(numberToBytes(random.below(300), 4), random.below(data.length / 32) * 32 + 28);
        return changed;
      }
    }
  }

  #surroundings(): Surroundings {
    const contracts = this.#deployed;
    const addresses = [...SENDERS, STRANGER, ...contracts.map(({ address }) => address)];
    // The first account has sent nothing else while contracts are deployed.
    const nextContract = contractAddress(SENDERS[0] as Address, this.deployments.length + 1);
    return { signers: SIGNERS, addresses, contracts, timeS: this.#timeS, nextContract };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Slots by which {@link Subject.hiddenSlots} are named. */
export function slotName(hash: Uint8Array): string {
  return BigInt(toHex(hash)).toString(16);
}
