/** Random rules of a day, and the acts with which every day begins. */
import { ADDRESSES, CONTRACT_ADDRESSES, DEVICES, GATEWAY, HOUSEHOLDS, METERS, PEOPLE, RECOVERY } from './names.js';
import type { Random } from './random.js';
import type { Act, DayRules } from './script.js';

/** Block time at which every day begins. */
export const START_S = 1_800_000_000n;
const TOKEN = 10n ** 18n;
const COINS = 10n ** 24n;
export const UNLIMITED = 2n ** 256n - 1n;

/** What the genesis of a day decides. */
export function randomRules(random: Random): DayRules {
  const seats = random.oneOf([2, 2, 3, 4]);
  const buyRate = random.oneOf([2_000_000n, 10n ** 15n, 3n, 10n ** 18n + 7n]);
  const isTestbed = random.oneIn(3);
  return {
    chainId: '77',
    registryAddress: CONTRACT_ADDRESSES.registry ?? '',
    people: ADDRESSES,
    coins: Object.fromEntries(PEOPLE.map((person) => [person, String(COINS)])),
    council: {
      keys: PEOPLE.slice(0, seats),
      recoveryKey: seats > 2 && random.oneIn(3) ? 'p0' : RECOVERY,
      noticeSeconds: random.oneOf(['300', '900', '3600']),
    },
    registry: {
      resolutionSeconds: random.oneOf(['900', '300', '3600']),
      correctionSeconds: random.oneOf(['0', '0', '400', '2000']),
      readingLeadSeconds: isTestbed ? '86400' : random.oneOf(['0', '0', '900']),
      marketTimeOffset: isTestbed ? String(-START_S) : random.oneOf(['0', '7', '-1799990000']),
    },
    trade: {
      settlement: random.oneOf(['0', '1', '1', '2']),
      bonds: !random.oneIn(3),
      gridPrice: String(random.between(TOKEN / 2n, 2n * TOKEN)),
      smallestAcceptanceMwh: random.oneOf(['1', '1000', '50000']),
      longestSpanSeconds: random.oneOf(['20000', '604800']),
      gateSeconds: isTestbed ? '-86400' : random.oneOf(['0', '0', '300', '-600']),
      offerLeadSeconds: random.oneOf(['10000', '86400']),
    },
    bank: {
      limits: Array.from({ length: seats }, () => String(random.between(50n, 400n) * TOKEN)),
      buyRate: String(buyRate),
      redeemRate: String(random.oneIn(2) ? buyRate : random.between((buyRate + 1n) / 2n, buyRate)),
    },
  };
}

/** Meters, coins, tokens and allowances of the beginning. */
export function firstActs(random: Random, { bank, council }: DayRules): Act[] {
  const acts: Act[] = [];
  const [first = 'p1', second = 'p2'] = council.keys;
  METERS.slice(0, 4).forEach((meter, i) => {
    const household = HOUSEHOLDS[i % HOUSEHOLDS.length] ?? 'p6';
    const isDevice = random.oneIn(2);
    const source = isDevice ? (DEVICES[i] ?? GATEWAY) : GATEWAY;
    const rating = String(random.between(500_000n, 3_000_000n));
    acts.push({ by: second, call: 'registry.registerMeter', args: [meter, household, source, isDevice, rating] });
  });
  for (const key of council.keys) acts.push({ by: key, call: 'bank.deposit', args: [], coins: String(COINS / 4n) });
  for (const [i, household] of HOUSEHOLDS.entries()) {
    const tokens = random.between(5n, 100n) * TOKEN + random.between(0n, 1000n);
    if (random.oneIn(2)) {
      acts.push({ by: first, call: 'bank.attest', args: [household, String(tokens), `r${i + 1}`] });
    } else {
      const coins = String((tokens * BigInt(bank.buyRate)) / TOKEN + 1n);
      acts.push({ by: household, call: 'bank.buy', args: ['0', String(START_S + 10n ** 9n)], coins });
    }
    const allowed = String(random.oneIn(6) ? tokens / 2n : UNLIMITED);
    acts.push({ by: household, call: 'token.approve', args: ['trade', allowed] });
    acts.push({ by: household, call: 'token.approve', args: ['bank', allowed] });
  }
  return acts;
}
