import { type Hash, toHex } from '@wattchain/core';
import { energyTradeAbi, GENESIS_ADDRESSES, meterRegistryAbi } from '@wattchain/market';
import type { BlockSummary, HeadEvent } from '@wattchain/node/parts';
import { type Hex, parseEventLogs, zeroHash } from 'viem';
import type { Ground, Rule, Watched } from '../rule.js';

/** What a block says of energy. */
type EnergyEvent =
  | { readonly kind: 'reading'; readonly place: string; readonly netMwh: bigint }
  | { readonly kind: 'accepted'; readonly trade: bigint; readonly seller: string; readonly buyer: string | undefined }
  | { readonly kind: 'settled'; readonly trade: bigint; readonly energyMwh: bigint };

/** What a chain has said up to its head. A place is a meter and the start of a period. */
interface Ledger {
  /** Produced less consumed, by place. */
  readonly readings: Map<string, bigint>;
  /** Where each trade's energy comes from and goes to. */
  readonly trades: Map<bigint, { readonly seller: string; readonly buyer: string | undefined }>;
  readonly sold: Map<string, bigint>;
  readonly bought: Map<string, bigint>;
}

/** Blocks whose events are kept for all nodes: more than any reorganisation takes back. */
const MOST_BLOCKS = 2_048;

/** No more energy is settled than was metered: for each seller's meter and period, and for each buyer's whose meter was read. */
export class Energy implements Rule {
  readonly name = 'energy';
  readonly #events = new Map<Hash, readonly EnergyEvent[]>();
  readonly #ledgers = new Map<number, Ledger>();
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  /** A node that starts tells its whole chain once more. */
  opened(watched: Watched): void {
    const { node, services } = watched;
    const { chain } = services;
    this.#ledgers.set(node.index, { readings: new Map(), trades: new Map(), sold: new Map(), bought: new Map() });
    for (let height = 1; height <= chain.head.header.height; height++) {
      const summary = chain.blockSummary(chain.canonicalHash(height) ?? zeroHash);
      if (summary !== undefined) this.#apply(watched, summary);
    }
  }

  moved(watched: Watched, { added, removed }: HeadEvent): void {
    for (const summary of [...removed].reverse()) this.#undo(watched, summary);
    for (const summary of added) this.#apply(watched, summary);
  }

  #apply(watched: Watched, summary: BlockSummary): void {
    const ledger = this.#ledgers.get(watched.node.index);
    if (ledger === undefined) return;
    for (const event of this.#eventsOf(summary)) {
      if (event.kind === 'reading') ledger.readings.set(event.place, event.netMwh);
      else if (event.kind === 'accepted') ledger.trades.set(event.trade, event);
      else this.#settle(watched, ledger, event.trade, event.energyMwh);
    }
  }

  #undo({ node }: Watched, summary: BlockSummary): void {
    const ledger = this.#ledgers.get(node.index);
    if (ledger === undefined) return;
    for (const event of [...this.#eventsOf(summary)].reverse()) {
      if (event.kind === 'reading') ledger.readings.delete(event.place);
      else if (event.kind === 'accepted') ledger.trades.delete(event.trade);
      else this.#add(ledger, event.trade, -event.energyMwh);
    }
  }

  #settle({ node }: Watched, ledger: Ledger, id: bigint, energyMwh: bigint): void {
    const trade = this.#add(ledger, id, energyMwh);
    if (trade === undefined) {
      this.#ground?.violate(this, `trade ${id} is settled and was never accepted`, node);
      return;
    }
    const { seller, buyer } = trade;
    const delivered = ledger.readings.get(seller) ?? 0n;
    const sold = ledger.sold.get(seller) ?? 0n;
    if (sold > 0n && sold > delivered) {
      this.#ground?.violate(this, `${seller} delivered ${delivered} mWh, ${sold} mWh of it are settled`, node);
    }
    const consumed = buyer === undefined ? undefined : ledger.readings.get(buyer);
    const bought = ledger.bought.get(buyer ?? '') ?? 0n;
    if (consumed !== undefined && bought > 0n && bought > -consumed) {
      this.#ground?.violate(this, `${buyer} took ${-consumed} mWh, ${bought} mWh of it are settled`, node);
    }
  }

  #add(ledger: Ledger, id: bigint, energyMwh: bigint) {
    const trade = ledger.trades.get(id);
    if (trade === undefined) return undefined;
    ledger.sold.set(trade.seller, (ledger.sold.get(trade.seller) ?? 0n) + energyMwh);
    if (trade.buyer !== undefined) ledger.bought.set(trade.buyer, (ledger.bought.get(trade.buyer) ?? 0n) + energyMwh);
    return trade;
  }

  #eventsOf(summary: BlockSummary): readonly EnergyEvent[] {
    const { hash } = summary.record;
    const known = this.#events.get(hash);
    if (known !== undefined) return known;
    const events = readEvents(summary);
    this.#events.set(hash, events);
    if (this.#events.size > MOST_BLOCKS) this.#events.delete(this.#events.keys().next().value as Hash);
    return events;
  }
}

const ABI = [...energyTradeAbi, ...meterRegistryAbi] as const;
const SOURCES: ReadonlySet<string> = new Set(
  [GENESIS_ADDRESSES.tradeAddress, GENESIS_ADDRESSES.registryAddress].map((address) => address.toLowerCase()),
);

/** What the receipts of a block say of readings and trades, in their order. */
function readEvents({ record, receipts }: BlockSummary): EnergyEvent[] {
  const logs = receipts.flatMap((receipt) => receipt.logs).filter(({ address }) => SOURCES.has(address.toLowerCase()));
  if (logs.length === 0) return [];
  const asViem = logs.map(({ address, topics, data }, logIndex) => ({
    address,
    topics: topics as [Hex, ...Hex[]],
    data: toHex(data),
    blockHash: record.hash,
    blockNumber: BigInt(record.header.height),
    logIndex,
    transactionHash: zeroHash,
    transactionIndex: 0,
    removed: false,
  }));
  return parseEventLogs({ abi: ABI, logs: asViem }).flatMap((log): EnergyEvent[] => {
    switch (log.eventName) {
      case 'Reading': {
        const { meter, periodStart, producedMwh, consumedMwh } = log.args;
        return [{ kind: 'reading', place: placeOf(meter, periodStart), netMwh: producedMwh - consumedMwh }];
      }
      case 'Accepted': {
        const { tradeId, meter, periodStart, buyerMeter } = log.args;
        const buyer = buyerMeter === zeroHash ? undefined : placeOf(buyerMeter, periodStart);
        return [{ kind: 'accepted', trade: tradeId, seller: placeOf(meter, periodStart), buyer }];
      }
      case 'Settled':
        return [{ kind: 'settled', trade: log.args.tradeId, energyMwh: log.args.settledMwh }];
      default:
        return [];
    }
  });
}

function placeOf(meter: Hex, periodStart: bigint | number): string {
  return `meter ${BigInt(meter)} in ${periodStart}`;
}
