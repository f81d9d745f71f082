import { type Address, assert, fromHex, StateJournal, toHex, ZERO_ADDRESS } from '@wattchain/core';
import { energyTokenAbi, energyTradeAbi, GENESIS_ADDRESSES, meterRegistryAbi } from '@wattchain/market';
import type { Chain } from '@wattchain/node/parts';
import { callContract } from '@wattchain/vm';
import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
} from 'viem';

const { tokenAddress, tradeAddress, registryAddress } = GENESIS_ADDRESSES;

/** States of offers and trades as bits, as the contract numbers them. */
const OPEN_OFFERS = 1n << 1n;
const READY_TRADES = 1n << 4n;
const REFUNDABLE_TRADES = 1n << 5n;
/** Offers and trades that one look covers: as many as a word has bits. */
const MARKS = 256n;
/** Nobody pays for a look. */
const VIEW_GAS = 100_000_000;

/** What the contracts say on the head of a node's chain, as a client of that node would read it. */
export class MarketView {
  constructor(
    private readonly chain: Chain,
    /** Block time, seconds. */
    private readonly nowS = Math.floor(chain.head.header.timestampMs / 1000),
  ) {}

  totalSupply(): bigint {
    return this.#read(tokenAddress, energyTokenAbi, 'totalSupply', []);
  }

  tokensOf(owner: Address): bigint {
    return this.#read(tokenAddress, energyTokenAbi, 'balanceOf', [owner]);
  }

  /** The newest offers that can be accepted, with what is left of each. */
  openOffers() {
    const count = this.#read(tradeAddress, energyTradeAbi, 'offerCount', []);
    return this.#marked(count, (first) =>
      this.#read(tradeAddress, energyTradeAbi, 'offersIn', [OPEN_OFFERS, first]),
    ).map((id) => {
      const [terms, , remainingMwh] = this.#read(tradeAddress, energyTradeAbi, 'offers', [id]);
      return { terms, remainingMwh };
    });
  }

  /** The newest trades that can be settled. */
  readyTrades(): bigint[] {
    return this.#trades(READY_TRADES);
  }

  /** The newest trades whose escrow can be had back. */
  refundableTrades(): bigint[] {
    return this.#trades(REFUNDABLE_TRADES);
  }

  /** Whether a meter is registered, the number of its last reading, and until when it was read. */
  meter(meter: Hex): { readonly isRegistered: boolean; readonly lastNumber: number; readonly readUntil: bigint } {
    const { household, feed } = this.#read(registryAddress, meterRegistryAbi, 'meters', [meter]);
    return { isRegistered: household !== ZERO_ADDRESS, lastNumber: feed.lastNumber, readUntil: feed.readUntil };
  }

  #trades(states: bigint): bigint[] {
    const count = this.#read(tradeAddress, energyTradeAbi, 'tradeCount', []);
    return this.#marked(count, (first) => this.#read(tradeAddress, energyTradeAbi, 'tradesIn', [states, first]));
  }

  /** Ids, which run from 1, whose bit is set, among the newest {@link MARKS}. */
  #marked(count: bigint, marksFrom: (first: bigint) => bigint): bigint[] {
    if (count === 0n) return [];
    const first = count > MARKS ? count - MARKS + 1n : 1n;
    const marks = marksFrom(first);
    const ids: bigint[] = [];
    for (let bit = 0n; bit < MARKS; bit++) if ((marks >> bit) & 1n) ids.push(first + bit);
    return ids;
  }

  #read<const TAbi extends Abi, Name extends ContractFunctionName<TAbi, 'pure' | 'view'>>(
    to: Address,
    abi: TAbi,
    functionName: Name,
    args: ContractFunctionArgs<TAbi, 'pure' | 'view', Name>,
  ): ContractFunctionReturnType<TAbi, 'pure' | 'view', Name> {
    const { chain, nowS } = this;
    const reader = chain.stateAt(chain.head.hash);
    assert(reader !== undefined, 'the state of the head is there');
    const data = fromHex(encodeFunctionData({ abi, functionName, args } as Parameters<typeof encodeFunctionData>[0]));
    const { genesis } = chain;
    const context = { height: chain.head.header.height, timestampMs: nowS * 1000, miner: ZERO_ADDRESS, genesis };
    const message = { from: ZERO_ADDRESS, to, value: 0n, data, gasLimit: VIEW_GAS, gasPrice: 0n };
    const { output, failure } = callContract(new StateJournal(reader), message, context);
    assert(failure === null, `${functionName} answers`, failure?.code);
    return decodeFunctionResult({ abi, functionName, data: toHex(output) } as Parameters<
      typeof decodeFunctionResult
    >[0]) as ContractFunctionReturnType<TAbi, 'pure' | 'view', Name>;
  }
}
