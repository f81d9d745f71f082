import { fromHex } from '@wattchain/core';
import {
  bankAbi,
  energyTokenAbi,
  energyTradeAbi,
  GENESIS_ADDRESSES,
  meterRegistryAbi,
  TOKEN_UNIT,
} from '@wattchain/market';
import { encodeFunctionData, maxUint256 } from 'viem';
import type { SeededRandom } from '../../world/random.js';
import type { MarketView } from './marketView.js';
import {
  BUYERS,
  GATEWAY,
  GRID_PRICE,
  HOUSEHOLDS,
  type Household,
  OPERATORS,
  PERIOD_S,
  RATING_MWH,
  SELLERS,
  SETTLER,
  TOKEN_RATE_WEI,
} from './people.js';
import type { Act } from './wallet.js';

const { tokenAddress, bankAddress, tradeAddress, registryAddress } = GENESIS_ADDRESSES;

/** Room for any act of the market; what is not used is paid back. */
const ACT_GAS = 900_000;
/** Room for the readings of all homes at once, and for the trades of a period. */
const BATCH_GAS = 3_000_000;
/** Tokens that a home buys at the beginning. */
const FIRST_TOKENS = 200n * TOKEN_UNIT;
/** Trades that are closed at once. */
const MOST_CLOSED = 8;
const LONG_S = 86_400;
/** How long after its period a trade is refunded where nothing was read. */
const SETTLE_WITHIN_S = 1_200;

/** What homes, gateway and operators do, by what the contracts say and the time. Every function says what is to be done now. */
export class Market {
  constructor(private readonly random: SeededRandom) {}

  /** Once, at the beginning: meters are registered, homes buy tokens and let the market take them. */
  opening(nowS: number): Act[] {
    return [
      ...HOUSEHOLDS.map(({ meter, address }) => ({
        what: 'register',
        by: OPERATORS[0],
        to: registryAddress,
        data: fromHex(
          encodeFunctionData({
            abi: meterRegistryAbi,
            functionName: 'registerMeter',
            args: [meter, address, GATEWAY.address, false, RATING_MWH],
          }),
        ),
        gasLimit: ACT_GAS,
      })),
      ...HOUSEHOLDS.flatMap((by) => [
        this.#purchase(by, FIRST_TOKENS, nowS),
        {
          what: 'approve',
          by,
          to: tokenAddress,
          data: fromHex(
            encodeFunctionData({ abi: energyTokenAbi, functionName: 'approve', args: [tradeAddress, maxUint256] }),
          ),
          gasLimit: ACT_GAS,
        },
      ]),
    ];
  }

  /** Each seller offers energy of the period after the next. */
  offers(view: MarketView, nowS: number): Act[] {
    const start = (Math.floor(nowS / PERIOD_S) + 2) * PERIOD_S;
    return SELLERS.filter(({ meter }) => view.meter(meter).isRegistered).map((by) => {
      const energy = BigInt(this.random.between(200_000, 1_500_000));
      const price = (BigInt(this.random.between(50, 180)) * GRID_PRICE) / 200n;
      const args = [
        by.meter,
        BigInt(start),
        energy,
        price,
        GRID_PRICE,
        BigInt(start - 1),
        BigInt(start + PERIOD_S + SETTLE_WITHIN_S),
      ] as const;
      const data = fromHex(encodeFunctionData({ abi: energyTradeAbi, functionName: 'offer', args }));
      return { what: 'offer', by, to: tradeAddress, data, gasLimit: ACT_GAS };
    });
  }

  /** Each buyer takes a part of one open offer. */
  acceptances(view: MarketView): Act[] {
    const open = view.openOffers();
    if (open.length === 0) return [];
    return BUYERS.map((by) => {
      const { terms, remainingMwh } = this.random.pick(open);
      const part = (remainingMwh * BigInt(this.random.between(10, 60))) / 100n;
      const args = [terms, part > 1_000n ? part : remainingMwh, by.meter] as const;
      const data = fromHex(encodeFunctionData({ abi: energyTradeAbi, functionName: 'accept', args }));
      return { what: 'accept', by, to: tradeAddress, data, gasLimit: ACT_GAS };
    });
  }

  /** The gateway reports the last whole period of all meters; now and then it has lost one of them. */
  readings(view: MarketView, nowS: number): Act[] {
    const start = BigInt((Math.floor(nowS / PERIOD_S) - 1) * PERIOD_S);
    const readings = HOUSEHOLDS.flatMap((home) => {
      const { isRegistered, lastNumber, readUntil } = view.meter(home.meter);
      if (!isRegistered || readUntil > start || this.random.chance(50)) return [];
      return [{ meter: home.meter, number: lastNumber + 1, periodStart: start, ...this.#measured(home) }];
    });
    if (readings.length === 0) return [];
    const data = fromHex(encodeFunctionData({ abi: meterRegistryAbi, functionName: 'report', args: [readings] }));
    return [{ what: 'report', by: GATEWAY, to: registryAddress, data, gasLimit: BATCH_GAS }];
  }

  /** Somebody closes what can be closed. */
  closings(view: MarketView): Act[] {
    const ready = view.readyTrades().slice(0, MOST_CLOSED);
    const refundable = view.refundableTrades().slice(0, 2);
    const refunds = refundable.map((id): Act => {
      const data = fromHex(encodeFunctionData({ abi: energyTradeAbi, functionName: 'refund', args: [id] }));
      return { what: 'refund', by: SETTLER, to: tradeAddress, data, gasLimit: ACT_GAS };
    });
    if (ready.length === 0) return refunds;
    const data = fromHex(encodeFunctionData({ abi: energyTradeAbi, functionName: 'settle', args: [ready] }));
    return [...refunds, { what: 'settle', by: SETTLER, to: tradeAddress, data, gasLimit: BATCH_GAS }];
  }

  /** A home gives another some tokens. */
  gift(): Act {
    const by = this.random.pick(HOUSEHOLDS);
    const to = this.random.pick(HOUSEHOLDS).address;
    const amount = BigInt(this.random.between(1, 1_000)) * (TOKEN_UNIT / 1_000n);
    const data = fromHex(encodeFunctionData({ abi: energyTokenAbi, functionName: 'transfer', args: [to, amount] }));
    return { what: 'give tokens', by, to: tokenAddress, data, gasLimit: ACT_GAS };
  }

  /** A home buys more tokens. */
  purchase(nowS: number): Act {
    return this.#purchase(this.random.pick(HOUSEHOLDS), BigInt(this.random.between(5, 40)) * TOKEN_UNIT, nowS);
  }

  /** A home sells tokens back to the bank. */
  redemption(nowS: number): Act {
    const by = this.random.pick(HOUSEHOLDS);
    const amount = BigInt(this.random.between(1, 1_000)) * (TOKEN_UNIT / 1_000n);
    const args = [amount, 1n, BigInt(nowS + LONG_S)] as const;
    const data = fromHex(encodeFunctionData({ abi: bankAbi, functionName: 'redeem', args }));
    return { what: 'redeem', by, to: bankAddress, data, gasLimit: ACT_GAS };
  }

  #purchase(by: Household, tokens: bigint, nowS: number): Act {
    const args = [tokens, BigInt(nowS + LONG_S)] as const;
    const data = fromHex(encodeFunctionData({ abi: bankAbi, functionName: 'buy', args }));
    const value = (tokens * TOKEN_RATE_WEI) / TOKEN_UNIT;
    return { what: 'buy tokens', by, to: bankAddress, value, data, gasLimit: ACT_GAS };
  }

  /** What the meter of a home shows for a period: sellers mostly give, buyers mostly take, and not always what they promised. */
  #measured(home: Household): { readonly producedMwh: bigint; readonly consumedMwh: bigint } {
    const [more, less] = [this.random.between(0, 3_000_000), this.random.between(0, 400_000)].map(BigInt) as [
      bigint,
      bigint,
    ];
    return SELLERS.includes(home) ? { producedMwh: more, consumedMwh: less } : { producedMwh: less, consumedMwh: more };
  }
}
