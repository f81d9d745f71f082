import { WattchainError } from '@wattchain/core';
import { COMMUNITY_ADDRESSES, type CompanionFigure, type Issue, issueCertificates } from '@wattchain/market';
import { stringToHex } from 'viem';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import { blockTimeOf, endOf, registerMeters, reportReadings, requireConserved } from '../ruleRuns/community.js';
import { meterOf, type OnChain, type ReadView, type RuleRunContext } from '../ruleRuns/ruleRun.js';
import { CompanionRun } from './companionRun.js';

const HOUR = 3_600n;
const MWH_PER_KWH = 1_000_000n;
/** Hours that one call issues. */
const HOURS_A_CALL = 168n;
const TECHNOLOGY = stringToHex('solar', { size: 16 });

/** Certificates for all that panels produce, issued day by day. */
export class CertificatesRun extends CompanionRun {
  readonly notes = [
    'Every home that produces is accredited as a solar plant; nobody hands certificates on or claims them.',
  ];
  readonly #producers: readonly number[];
  /** The first whole hour, and the end of the last one. */
  readonly #from: bigint;
  readonly #until: bigint;
  #next: bigint;

  /** @throws WattchainError `badCommunity` where an hour is no number of periods */
  constructor(context: RuleRunContext) {
    super(context, 'Certificates', [COMMUNITY_ADDRESSES.registryAddress]);
    const { facts, periods } = context.community;
    if (HOUR % facts.periodSeconds !== 0n)
      throw new WattchainError(
        'badCommunity',
        `certificates are by the hour, the periods have ${facts.periodSeconds} s`,
        {
          values: { periodSeconds: facts.periodSeconds },
          hint: 'leave --with certificates out, or give readings whose length divides an hour',
        },
      );
    this.#producers = periods.series.homes.flatMap(({ producedMwh }, home) =>
      producedMwh.some((energy) => energy > 0n) ? [home] : [],
    );
    this.#from = ((facts.fromSeconds + HOUR - 1n) / HOUR) * HOUR;
    this.#until = (facts.toSeconds / HOUR) * HOUR;
    this.#next = this.#from;
  }

  async setUp(chain: CommunityChain): Promise<void> {
    registerMeters(chain, this.registry, this.context);
    await chain.seal(0n);
    const [registrar] = this.context.roles.registrars;
    for (const home of this.#producers)
      chain.send(registrar, this.market, 'accredit', [this.#meterOf(home), TECHNOLOGY, this.#from]);
    await chain.seal(0n);
  }

  async play(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { community, roles } = this.context;
    reportReadings(chain, this.registry, this.context, { first, count });
    const end = endOf(community, first + count - 1);
    await chain.seal(blockTimeOf(this.context, end));
    const until = (end / HOUR) * HOUR;
    for (; this.#next < until; this.#next += HOURS_A_CALL * HOUR) {
      const hours = (until - this.#next) / HOUR;
      const taken = hours > HOURS_A_CALL ? HOURS_A_CALL : hours;
      for (const home of this.#producers)
        chain.send(roles.gateway, this.market, 'issue', [this.#meterOf(home), this.#next, taken, false], BLOCK_GAS);
      await chain.seal(0n);
    }
    this.#next = until > this.#from ? until : this.#from;
  }

  audit(read: ReadView): void {
    const [issued, claimed] = this.#totals(read);
    requireConserved(claimed <= issued ? claimed : issued, claimed);
  }

  protected check(read: ReadView): OnChain {
    const issues = this.#producers.map((home) => this.#issueOf(home));
    const expected = issues.reduce(
      (sum, { hours }) => sum + hours.reduce((all, one) => all + one.certificates, 0n),
      0n,
    );
    requireConserved(this.#totals(read)[0], expected);
    return {
      what: 'what is carried of a meter, in mWh,',
      paid: this.#producers.map((home) => BigInt(this.#sourceOf(read, home)[1])),
      billed: issues.map(({ remainderMwh }) => remainderMwh),
    };
  }

  protected figuresOf(read: ReadView): readonly CompanionFigure[] {
    const { facts } = this.context.community;
    const [issued, claimed] = this.#totals(read);
    const carried = this.#producers.map((home) => BigInt(this.#sourceOf(read, home)[1]));
    return [
      { what: 'homes that produce', value: BigInt(this.#producers.length), unit: 'number' },
      { what: 'certificates issued', value: issued, unit: 'number' },
      { what: 'certificates claimed', value: claimed, unit: 'number' },
      { what: 'energy certified', value: issued * MWH_PER_KWH, unit: 'mWh' },
      ...this.#producers.map((home, index) => ({
        what: `carried to the next hour, ${facts.homes[home]}`,
        value: carried[index] ?? 0n,
        unit: 'mWh' as const,
      })),
    ];
  }

  #issueOf(home: number): Issue {
    const { periods, facts } = this.context.community;
    const produced = periods.series.homes[home]?.producedMwh ?? [];
    const own = produced.flatMap((producedMwh, index) => {
      const periodStart = periods.described(index).start;
      return periodStart >= this.#from && periodStart < this.#until ? [{ periodStart, producedMwh }] : [];
    });
    return issueCertificates(0n, own, facts.periodSeconds);
  }

  #totals(read: ReadView): readonly [bigint, bigint] {
    return read(this.market, 'totals');
  }

  #sourceOf(read: ReadView, home: number): readonly [bigint, number, string] {
    return read(this.market, 'sources', [this.#meterOf(home)]);
  }

  #meterOf(home: number): string {
    return meterOf(this.context.community.facts.accounts[home] ?? '0x');
  }
}
