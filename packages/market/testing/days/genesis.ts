/** The genesis of a day, with the contracts as its rules have them. */
import { deployForGenesis, SETTLEMENTS } from '@wattchain/market';
import { meaningOf } from './names.js';
import type { DayRules } from './script.js';

/** Block gas of a day: nothing that is tried fails for want of gas. */
export const GAS_LIMIT = 30_000_000;

/** The genesis file of a day. */
export function genesisOf(rules: DayRules) {
  const { council, registry, trade, bank } = rules;
  const settlement = SETTLEMENTS[Number(trade.settlement)] ?? 'sellerMeter';
  return {
    name: 'random day',
    chainId: Number(rules.chainId),
    timestampMs: 0,
    blockIntervalMs: 1000,
    firstTarget: '0x01',
    largestTarget: '0x01',
    blockGasLimit: GAS_LIMIT,
    blockByteLimit: 1_000_000,
    minGasPriceWei: '0',
    blockRewardWei: '0',
    confirmations: 12,
    testbed: true,
    alloc: Object.fromEntries(Object.entries(rules.coins).map(([name, balance]) => [meaningOf(name), { balance }])),
    contracts: deployForGenesis({
      council: {
        members: council.keys.map(meaningOf),
        recoveryKey: meaningOf(council.recoveryKey),
        noticeSeconds: BigInt(council.noticeSeconds),
      },
      registry: {
        resolutionSeconds: BigInt(registry.resolutionSeconds),
        correctionSeconds: BigInt(registry.correctionSeconds),
        readingLeadSeconds: BigInt(registry.readingLeadSeconds),
        marketTimeOffset: BigInt(registry.marketTimeOffset),
      },
      trade: {
        settlement,
        bonds: trade.bonds,
        gridPrice: BigInt(trade.gridPrice),
        smallestAcceptanceMwh: BigInt(trade.smallestAcceptanceMwh),
        longestSpanSeconds: BigInt(trade.longestSpanSeconds),
        gateSeconds: BigInt(trade.gateSeconds),
        offerLeadSeconds: BigInt(trade.offerLeadSeconds),
      },
      bank: {
        buyRateWei: BigInt(bank.buyRate),
        redeemRateWei: BigInt(bank.redeemRate),
        attestationLimits: bank.limits.map(BigInt),
      },
    }),
  };
}
