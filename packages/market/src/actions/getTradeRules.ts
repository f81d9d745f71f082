import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { SETTLEMENTS, type TradeRules } from '../genesisRules.js';
import type { ReadingClient } from './transaction.js';

export interface GetTradeRulesParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
}

/**
 * The rules that energy is traded by, with the grid price in force.
 * @example
 * const { gridPrice, bonds, settlement } = await getTradeRules(client, { tradeAddress });
 */
export async function getTradeRules(client: ReadingClient, parameters: GetTradeRulesParameters): Promise<TradeRules> {
  const { tradeAddress: address } = parameters;
  const rules = await readContract(client, { address, abi: energyTradeAbi, functionName: 'rules' });
  return {
    settlement: SETTLEMENTS[rules.settlement] ?? 'sellerMeter',
    bonds: rules.bonds,
    gridPrice: rules.gridPrice,
    smallestAcceptanceMwh: BigInt(rules.smallestAcceptanceMwh),
    longestSpanSeconds: BigInt(rules.longestSpanSeconds),
    gateSeconds: BigInt(rules.gateSeconds),
    offerLeadSeconds: BigInt(rules.offerLeadSeconds),
  };
}
