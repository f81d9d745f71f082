/** Every rule over a week of seventeen real homes; the figures come from an independent computation. */
import { describe, expect, it } from 'vitest';
import { dollars, fontanaWeek, ownerOf } from '../../testing/fontanaWeek.js';
import { sum } from '../mechanism/common/split.js';
import { homeTotal } from '../results/communityResult.js';
import type { ResultContext } from '../results/resultContext.js';
import { jsonOf, resultChunks } from '../results/resultText.js';
import { homeBills, ruleResult, totalsOfCommunity } from '../results/ruleResult.js';
import { orderSheet, TRUTHFUL_AGENTS, ziAgents } from './agents.js';
import { parseAgentOrders } from './fileAgents.js';
import { type Agents, MarketPeriods } from './marketPeriods.js';
import type { RuleParams } from './marketRule.js';
import { MARKET_RULES, marketRuleOf, paramsOf, parseRuleParams } from './marketRules.js';
import { RULE_NAMES, type RuleName, rulesNamed } from './ruleNames.js';

function community(pvHomes?: readonly number[], fees = { gridFee: 0n, localFee: 0n }) {
  const { periods: week, owners, homes, factors } = fontanaWeek(pvHomes);
  const series = {
    homes,
    periodSeconds: 3_600n,
    periods: week.map(({ periodStart }, index) => ({
      start: periodStart,
      label: `${String(index % 24).padStart(2, '0')}:00`,
      date: `2017-07-0${Math.floor(index / 24) + 1}`,
    })),
  };
  const periods = new MarketPeriods(
    series,
    owners,
    week.map(({ band }) => ({ ...band, ...fees })),
  );
  const context: ResultContext = {
    periods,
    homes: homes.map(({ name }) => name),
    charges: homes.map(() => 0n),
    totals: totalsOfCommunity(periods),
    factors,
  };
  const known = new Map<RuleName, ReturnType<typeof compute>>();
  const compute = (name: RuleName, agents: Agents, given: RuleParams) => {
    const rule = marketRuleOf(name);
    const params = paramsOf(rule, given);
    const outcome = rule.settle({ periods, agents, params });
    return { rule, params, outcome, bills: homeBills(context, outcome) };
  };
  const settle = (name: RuleName, agents?: Agents, given?: RuleParams) => {
    if (agents !== undefined || given !== undefined) return compute(name, agents ?? TRUTHFUL_AGENTS, given ?? {});
    const settled = known.get(name) ?? compute(name, TRUTHFUL_AGENTS, {});
    known.set(name, settled);
    return settled;
  };
  const baselines = { feedIn: settle('feedIn').bills, netMetering: settle('netMetering').bills };
  const result = (name: RuleName, agents?: Agents, given?: RuleParams) => {
    const { rule, params, outcome } = settle(name, agents, given);
    return ruleResult(context, baselines, { rule, params, outcome, chain: undefined, notes: [] });
  };
  return { periods, context, settle, result };
}

const cost = (bills: ReturnType<typeof homeBills>) => dollars(sum(bills.map(homeTotal)));
const week = community();
const six = community([1, 4, 7, 10, 13, 16]);

describe('names', () => {
  it('the table has every rule once, in the order of the names', () => {
    expect(MARKET_RULES.map(({ name }) => name)).toEqual(RULE_NAMES);
  });

  it('a word is a rule, a family, or all', () => {
    expect(rulesNamed('callAuction')).toEqual(['callAuction:uniform', 'callAuction:mcafee', 'callAuction:payAsBid']);
    expect(rulesNamed('pool:mmr')).toEqual(['pool:mmr']);
    expect(rulesNamed('all')).toEqual(RULE_NAMES);
    expect(rulesNamed('pool:')).toEqual([]);
  });
});

describe('the week', () => {
  it.each([
    ['feedIn', '716.9623', '1061.8667'],
    ['netMetering', '542.3918', '970.7888'],
    ...(
      [
        'energyTrade',
        'callAuction:uniform',
        'callAuction:payAsBid',
        'continuousBook',
        'peerChoice',
        'pool:mmr',
        'pool:sdr',
        'pool:billSharing',
        'pool:dynamic',
      ] as const
    ).map((name) => [name, '610.8504', '970.7888']),
  ] as [RuleName, string, string][])('%s costs %s, with six prosumers %s', (name, all, prosumers) => {
    expect([cost(week.settle(name).bills), cost(six.settle(name).bills)]).toEqual([all, prosumers]);
  });

  it.each(RULE_NAMES)('%s: bills sum to what leaves the community, energies to the meters', (name) => {
    const { bills, money, periods, untradedMwh } = week.result(name);
    expect(sum(bills.map(homeTotal))).toBe(money.toSupplier - money.fromSupplier + money.toGrid + money.toFund);
    const { totals } = week.context;
    expect(sum(bills.map((bill) => bill.importedMwh + bill.boughtMwh))).toBe(totals.needMwh);
    expect(sum(bills.map((bill) => bill.exportedMwh + bill.soldMwh))).toBe(totals.surplusMwh);
    expect(sum(bills.map((bill) => bill.ownUseMwh))).toBe(totals.ownUseMwh);
    expect(sum(periods.map((period) => period.tradedMwh))).toBe(totals.tradableMwh - untradedMwh);
    expect(sum(periods.map((period) => period.importedMwh))).toBe(sum(bills.map((bill) => bill.importedMwh)));
  });

  it('names the losers of bill sharing, the largest loss first, and nobody under the mid-market rate', () => {
    const { againstFeedIn } = week.result('pool:billSharing').losers;
    expect(againstFeedIn.length).toBeGreaterThan(0);
    expect(
      againstFeedIn.every(({ lost }, index) => lost > 0n && lost <= (againstFeedIn[index - 1]?.lost ?? lost)),
    ).toBe(true);
    expect(week.result('pool:mmr').losers.againstFeedIn).toEqual([]);
  });

  it('has indicators that the recorded figures give', () => {
    const { indicators } = six.result('pool:mmr');
    expect(indicators.savedAgainstFeedIn).toMatch(/^91\.0779/);
    expect(indicators.liquidity).toBe('1.000000');
    expect(Math.round(Number(indicators.co2))).toBe(567);
    expect(Math.round(Number(six.result('feedIn').indicators.co2))).toBe(654);
    expect(six.result('feedIn').indicators.meanLocalPrice).toBeUndefined();
  });

  it('fees of the grid operator: each kilowatt-hour pays its own', () => {
    const charged = community(undefined, { gridFee: 10n ** 15n, localFee: 4n * 10n ** 14n });
    for (const name of ['feedIn', 'callAuction:uniform', 'pool:billSharing', 'mintPerKwh'] as const) {
      const { bills, money } = charged.result(name);
      const due = bills.reduce(
        (all, bill) => all + bill.importedMwh * 10n ** 15n + bill.boughtMwh * 4n * 10n ** 14n,
        0n,
      );
      const difference = due / 150_000n - money.toGrid;
      expect(difference >= 0n && difference <= 2n * 168n).toBe(true);
    }
  });
});

describe('agents', () => {
  it('zero intelligence: the same seed states the same, within the band, and trades less', () => {
    const period = week.periods.at(12);
    const sheet = orderSheet(period, ziAgents(7));
    expect(orderSheet(period, ziAgents(7))).toEqual(sheet);
    expect(orderSheet(period, ziAgents(8))).not.toEqual(sheet);
    const { tariff, feedIn } = period.prices;
    expect([...sheet.bids, ...sheet.asks].every(({ price }) => price >= feedIn && price <= tariff)).toBe(true);
    expect(week.result('callAuction:uniform', ziAgents(7)).untradedMwh).toBeGreaterThan(0n);
  });

  it('a file states orders by time and home; what is no order is named with its line', () => {
    const series = {
      homes: [{ name: 'home01', producedMwh: [], consumedMwh: [] }],
      periods: [{ start: 0n, label: '00:00', date: '2017-07-01' }],
    };
    const read = (line: string) =>
      parseAgentOrders({ file: 'orders.csv', text: `time,home,energy_kWh,price_per_kWh\n${line}\n`, series });
    const period = { ...week.periods.at(0), index: 0 };
    expect(read('2017-07-01T00:00,home01,1.5,0.10').orderOf(period, 0)).toEqual({
      energyMwh: 1_500_000n,
      price: 15n * 10n ** 15n,
    });
    expect(() => read('2017-07-02T00:00,home01,1.5,0.10')).toThrow('line 2: there is no period 2017-07-02T00:00');
    expect(() => read('2017-07-01T00:00,home02,1.5,0.10')).toThrow('line 2: there is no home home02');
    expect(() => read('2017-07-01T00:00,home01,-1,0.10')).toThrow('line 2');
    expect(() => read('2017-07-01T00:00,home01,1,0.1\n2017-07-01T00:00,home01,1,0.1')).toThrow('two orders');
  });
});

describe('parameters', () => {
  it('are read from a file, and what is none is refused with the rule’s own', () => {
    const read = (value: unknown) => parseRuleParams('params.json', JSON.stringify(value));
    expect(read({ 'pool:static': { coefficients: [1, 2] } }).get('pool:static')).toEqual({
      coefficients: '1,2',
      localBps: '5000',
    });
    expect(() => read({ pool: {} })).toThrow('pool is no rule');
    expect(() => read({ 'pool:mmr': { price: '1' } })).toThrow('pool:mmr has no parameter price');
    expect(() => read([])).toThrow('no object');
    expect(() => parseRuleParams('params.json', '{')).toThrow('params.json is no JSON');
    expect(() => week.settle('pool:static', TRUTHFUL_AGENTS, { coefficients: '1,2' })).toThrow('coefficients is 1,2');
    expect(() => week.settle('peerChoice', TRUTHFUL_AGENTS, { ranks: 'x' })).toThrow('ranks is x');
    expect(() => week.settle('pool:dynamic', TRUTHFUL_AGENTS, { localBps: '-1' })).toThrow('localBps is -1');
  });

  it('change the outcome', () => {
    const dear = week.result('pool:dynamic', TRUTHFUL_AGENTS, { localBps: '10000' });
    expect(dear.bills).not.toEqual(week.result('pool:dynamic').bills);
    expect(week.settle('continuousBook', TRUTHFUL_AGENTS, { arrival: 'buyersFirst' }).bills).not.toEqual(
      week.settle('continuousBook').bills,
    );
  });
});

describe('periods', () => {
  it('refuse prices that are no band', () => {
    const { series, owners, prices } = week.periods;
    const wrong = prices.map((price, index) => (index === 3 ? { ...price, feedIn: price.tariff + 1n } : price));
    expect(() => new MarketPeriods(series, owners, wrong)).toThrow('period 4: the feed-in price');
    expect(owners[0]).toBe(ownerOf(1));
  });
});

describe('the text of a result', () => {
  it('is the JSON of the result, with whole numbers as decimal texts', () => {
    const { totals } = week.context;
    const rules = [week.result('feedIn'), week.result('pool:mmr')];
    const result = {
      version: 1 as const,
      inputs: [],
      options: { rules: RULE_NAMES, with: [], seed: 1, agents: 'truthful', gaps: 'refuse' as const },
      community: {
        homes: [],
        producers: [],
        accounts: [],
        currency: 'USD',
        zone: { kind: 'wall' as const },
        fromSeconds: 0n,
        toSeconds: 1n,
        periodSeconds: 1n,
        periods: 1,
      },
      totals,
      rules,
      assumptions: [],
    };
    const text = [...resultChunks(result)].join('');
    const { rules: rulesThere, ...rest } = result;
    expect(JSON.parse(text)).toEqual(JSON.parse(jsonOf({ ...rest, rules: rulesThere })));
    expect([...resultChunks({ ...result, rules: [] })].join('')).toContain('"rules": [');
  });
});
