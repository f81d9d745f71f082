/** The EVM. */
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import { SimpleStateManager } from '@ethereumjs/statemanager';
import { Account, createAddressFromString } from '@ethereumjs/util';
import { createVM, type VM } from '@ethereumjs/vm';
import { type Address, assert, bytesToBigInt, toHex } from '@wattchain/core';
import { intrinsicGas } from '@wattchain/vm';
import { CHAIN_ID, type Message, type MessageOutcome, START_BALANCE, storageName, type World } from './world.js';

const GAS_LIMIT = 100_000_000n;
const ZERO_ADDRESS = createAddressFromString(`0x${'00'.repeat(20)}`);

/** A world of the EVM. */
export class EvmWorld implements World {
  readonly #evm: VM['evm'];
  readonly #state: SimpleStateManager;
  /** Of the last message, while it can be undone. */
  #sender: Address | undefined;

  private constructor(evm: VM['evm'], state: SimpleStateManager) {
    this.#evm = evm;
    this.#state = state;
  }

  /** @param senders accounts with coins */
  static async create(senders: readonly Address[]): Promise<EvmWorld> {
    const common = createCustomCommon({ chainId: CHAIN_ID }, Mainnet, { hardfork: Hardfork.Cancun });
    const state = new SimpleStateManager({ common });
    const vm = await createVM({ common, stateManager: state, evmOpts: { allowUnlimitedContractSize: true } });
    for (const sender of senders) {
      await state.putAccount(createAddressFromString(sender), new Account(0n, START_BALANCE));
    }
    return new EvmWorld(vm.evm, state);
  }

  async run({ from, to, value, data, height, timeS }: Message): Promise<MessageOutcome> {
    // The last message can be undone no more.
    if (this.#sender !== undefined) await this.#state.commit();
    await this.#state.checkpoint();
    this.#sender = from;
    const { execResult, createdAddress } = await this.#evm.runCall({
      caller: createAddressFromString(from),
      ...(to === null ? {} : { to: createAddressFromString(to) }),
      value,
      data,
      gasLimit: GAS_LIMIT,
      block: blockAt(height, timeS),
    });
    await this.#evm.journal.cleanup();
    const { exceptionError, returnValue, logs = [], executionGasUsed, gasRefund = 0n } = execResult;
    const gas = intrinsicGas(data, to === null) + Number(executionGasUsed);
    const hasFailed = exceptionError !== undefined;
    return {
      failure: exceptionError?.error,
      data: toHex(to === null && !hasFailed ? new Uint8Array(0) : returnValue),
      logs: logs.map(([address, topics, bytes]) => [address, ...topics, bytes].map((part) => toHex(part)).join(' ')),
      // EIP-3529: at most a fifth is given back.
      gasUsed: gas - Math.min(Number(gasRefund), Math.floor(gas / 5)),
      address: to === null && !hasFailed ? (createdAddress?.toString() as Address) : undefined,
    };
  }

  async undo(): Promise<void> {
    assert(this.#sender !== undefined, 'there is a message to undo');
    await this.#state.revert();
    const sender = createAddressFromString(this.#sender);
    const account = (await this.#state.getAccount(sender)) ?? new Account();
    account.nonce += 1n;
    await this.#state.putAccount(sender, account);
    this.#sender = undefined;
  }

  storage(): Map<string, bigint> {
    const words = new Map<string, bigint>();
    for (const [key, value] of this.#state.storageStack.at(-1) ?? []) {
      const [address, slot] = key.split('_') as [Address, string];
      const word = bytesToBigInt(value);
      if (word !== 0n) words.set(storageName(address, BigInt(slot)), word);
    }
    return words;
  }

  async balance(address: Address): Promise<bigint> {
    return (await this.#state.getAccount(createAddressFromString(address)))?.balance ?? 0n;
  }
}

function blockAt(height: number, timeS: number) {
  return {
    header: {
      number: BigInt(height),
      timestamp: BigInt(timeS),
      coinbase: ZERO_ADDRESS,
      difficulty: 0n,
      prevRandao: new Uint8Array(32),
      gasLimit: GAS_LIMIT,
      baseFeePerGas: 0n,
      getBlobGasPrice: () => undefined,
    },
  };
}
