/** Our machine. */
import {
  type Address,
  assert,
  bytesToBigInt,
  genesisChanges,
  type Log,
  MemoryKeyValues,
  parseGenesis,
  STORAGE_PREFIX,
  StateJournal,
  toHex,
} from '@wattchain/core';
import { applyMessage, type BlockContext } from '@wattchain/vm';
import {
  CHAIN_ID,
  type Message,
  type MessageOutcome,
  START_BALANCE,
  START_TIME_S,
  storageName,
  type World,
} from './world.js';

const GAS_LIMIT = 300_000_000;
const MINER: Address = `0x${'ee'.repeat(20)}`;

/** A world of our machine. */
export class OurWorld implements World {
  readonly #state: StateJournal;
  readonly #genesis: BlockContext['genesis'];
  #checkpoint = 0;
  /** Of the last message, while it can be undone. */
  #sender: Address | undefined;

  /** @param senders accounts with coins */
  constructor(senders: readonly Address[]) {
    this.#genesis = parseGenesis({
      name: 'differential',
      chainId: CHAIN_ID,
      timestampMs: START_TIME_S * 1000,
      blockIntervalMs: 1000,
      firstTarget: '0x01',
      largestTarget: '0x01',
      blockGasLimit: GAS_LIMIT,
      blockByteLimit: 1_000_000,
      minGasPriceWei: '0',
      blockRewardWei: '0',
      confirmations: 12,
      testbed: true,
      alloc: Object.fromEntries(senders.map((address) => [address, { balance: String(START_BALANCE) }])),
      contracts: [],
    });
    const memory = new MemoryKeyValues();
    memory.apply(genesisChanges(this.#genesis).changes.map(({ key, after }) => ({ key, value: after })));
    this.#state = new StateJournal(memory);
  }

  async run({ from, to, value, data, height, timeS }: Message): Promise<MessageOutcome> {
    const context = { height, timestampMs: timeS * 1000, miner: MINER, genesis: this.#genesis };
    const message = { from, to, value, data, gasLimit: GAS_LIMIT, gasPrice: 0n };
    this.#checkpoint = this.#state.checkpoint();
    this.#sender = from;
    const { failure, output, logs, gasUsed, contractAddress } = applyMessage(this.#state, message, context);
    return {
      failure: failure?.code,
      data: toHex(failure?.data ?? output),
      logs: logs.map(showLog),
      gasUsed,
      address: contractAddress,
    };
  }

  async undo(): Promise<void> {
    assert(this.#sender !== undefined, 'there is a message to undo');
    this.#state.revertTo(this.#checkpoint);
    this.#state.incrementNonce(this.#sender);
    this.#sender = undefined;
  }

  storage(): Map<string, bigint> {
    const words = new Map<string, bigint>();
    for (const { key, after } of this.#state.changes()) {
      if (key[0] !== STORAGE_PREFIX || after === undefined) continue;
      words.set(storageName(toHex(key.subarray(1, 21)), bytesToBigInt(key.subarray(21))), bytesToBigInt(after));
    }
    return words;
  }

  async balance(address: Address): Promise<bigint> {
    return this.#state.balance(address);
  }
}

function showLog({ address, topics, data }: Log): string {
  return [address, ...topics, toHex(data)].join(' ');
}
