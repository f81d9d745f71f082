import { WattchainError } from '@wattchain/core';
import {
  energyTokenAbi,
  energyTradeAbi,
  formatKwh,
  formatTokens,
  getTokenBalance,
  PAPER_TABLE,
  paperPeriodStart,
} from '@wattchain/market';
import { type Address, getAddress, zeroAddress } from 'viem';
import { getContractEvents } from 'viem/actions';
import type { Connection } from '../client.js';
import { compareBalance, compareEnergy } from './compare.js';
import type { DayRow } from './result.js';

/** The three households of Table 2. */
export interface Households {
  readonly node1: Address;
  readonly node2: Address;
  readonly node3: Address;
}

/** A settled trade as the chain tells it. */
interface SettledTrade {
  readonly periodStart: bigint;
  readonly buyer: Address;
  readonly deliveredMwh: bigint;
  readonly paid: bigint;
}

/** The day read back from the events of the contracts. */
export interface DayLedger {
  readonly rows: readonly DayRow[];
  readonly finalUnits: { readonly node1: bigint; readonly node2: bigint; readonly node3: bigint };
  readonly surplusMwh: bigint;
  readonly tradedMwh: bigint;
  readonly trades: number;
}

/**
 * Reads the day from the chain: surplus from the meter's readings, purchases and payments from the settlements, starting
 * balances from what the bank issued. A buyer's balance counts what is in escrow for later hours as its own, so that a row
 * shows the end of its hour. Errors: `dayFailed` when the balances on the chain are not what the events add up to.
 */
export async function readDay(connection: Connection, households: Households, fromBlock: bigint): Promise<DayLedger> {
  const { client } = connection;
  const { tokenAddress, tradeAddress } = connection.contracts();
  const range = { fromBlock, toBlock: 'latest', strict: true } as const;
  const trade = { address: tradeAddress, abi: energyTradeAbi, ...range } as const;
  const [issued, readings, accepted, settled] = await Promise.all([
    getContractEvents(client, {
      address: tokenAddress,
      abi: energyTokenAbi,
      eventName: 'Transfer',
      args: { from: zeroAddress },
      ...range,
    }),
    getContractEvents(client, { ...trade, eventName: 'Reading' }),
    getContractEvents(client, { ...trade, eventName: 'Accepted' }),
    getContractEvents(client, { ...trade, eventName: 'Settled' }),
  ]);
  const startOf = (owner: Address) =>
    issued.filter(({ args }) => args.to === getAddress(owner)).reduce((sum, { args }) => sum + args.value, 0n);
  const periodOf = new Map(accepted.map(({ args }) => [args.tradeId, args.periodStart]));
  const trades: SettledTrade[] = settled.map(({ args }) => ({
    periodStart: periodOf.get(args.tradeId) ?? 0n,
    buyer: args.buyer,
    deliveredMwh: args.deliveredMwh,
    paid: args.paid,
  }));
  const meterOfNode1 = accepted[0]?.args.meter;
  const surplusAt = (start: bigint) => {
    const reading = readings.find(({ args }) => args.meter === meterOfNode1 && args.periodStart === start)?.args;
    return reading && reading.producedMwh > reading.consumedMwh ? reading.producedMwh - reading.consumedMwh : 0n;
  };
  const units = {
    node1: startOf(households.node1),
    node2: startOf(households.node2),
    node3: startOf(households.node3),
  };
  let surplusMwh = 0n;
  const rows = PAPER_TABLE.map((paper): DayRow => {
    const start = paperPeriodStart(paper.hour);
    const bought = { node2: 0n, node3: 0n };
    for (const { periodStart, buyer, deliveredMwh, paid } of trades) {
      if (periodStart !== start) continue;
      const name = buyer === getAddress(households.node2) ? 'node2' : 'node3';
      bought[name] += deliveredMwh;
      units[name] -= paid;
      units.node1 += paid;
    }
    const surplus = surplusAt(start);
    surplusMwh += surplus;
    return {
      hour: `${paper.hour}:00`,
      surplusKwh: compareEnergy(surplus, paper.surplusMwh),
      node1Tokens: compareBalance(units.node1, paper.node1Tokens),
      node2Kwh: compareEnergy(bought.node2, paper.node2PurchaseMwh),
      node2Tokens: compareBalance(units.node2, paper.node2Tokens),
      node3Kwh: compareEnergy(bought.node3, paper.node3PurchaseMwh),
      node3Tokens: compareBalance(units.node3, paper.node3Tokens),
      unsoldKwh: formatKwh(surplus - bought.node2 - bought.node3),
    };
  });
  return {
    rows,
    finalUnits: { ...units },
    surplusMwh,
    tradedMwh: trades.reduce((sum, { deliveredMwh }) => sum + deliveredMwh, 0n),
    trades: trades.length,
  };
}

/** Holds the balances on the chain against what the events add up to. Errors: `dayFailed`. */
export async function checkBalance(
  connection: Connection,
  owner: Address,
  expected: bigint,
  name: string,
): Promise<void> {
  const { tokenAddress } = connection.contracts();
  const units = await getTokenBalance(connection.client, { tokenAddress, owner });
  if (units === expected) return;
  throw new WattchainError(
    'dayFailed',
    `${name} has ${formatTokens(units)} ENT on the chain, and the events add up to ${formatTokens(expected)}`,
    {
      values: { owner, units, expected },
    },
  );
}
