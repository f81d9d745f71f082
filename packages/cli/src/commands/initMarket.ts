import { WattchainError } from '@wattchain/core';
import {
  formatKwh,
  formatTokens,
  PILOT_NOTICE_SECONDS,
  PILOT_REGISTRY_RULES,
  PILOT_TRADE_RULES,
  parseCoins,
  parseTokens,
  type Settlement,
} from '@wattchain/market';
import { type Command, Option } from 'commander';
import type { MarketOptions } from '../genesisFile.js';
import { collect } from '../options.js';
import { resolveAddress } from './coins.js';
import { durationOf, parseDuration, parseEnergyKwh } from './energyOptions.js';

/** What `wattchain init` lets a community decide of its market; what is left out has the value of a pilot. */
export interface InitMarketOptions {
  readonly operator: readonly string[];
  readonly recoveryKey?: string;
  readonly notice?: string;
  readonly resolution?: string;
  readonly correctionTime?: string;
  readonly readingLead?: string;
  readonly settlement?: string;
  readonly bonds: boolean;
  readonly gridPrice?: string;
  readonly smallestAcceptance?: string;
  readonly longestSpan?: string;
  readonly gate?: string;
  readonly offerLead?: string;
  readonly buyRate?: string;
  readonly redeemRate?: string;
  readonly attestationLimit?: string;
  readonly keys?: string;
}

/** Rules of settlement as they are written on a command line. */
const SETTLEMENT_WORDS: Readonly<Record<string, Settlement>> = {
  'pro-rata': 'proRata',
  'first-come': 'firstCome',
  'seller-meter': 'sellerMeter',
};

/** Adds the options of {@link InitMarketOptions}. */
export function withMarket(command: Command): Command {
  const { resolutionSeconds, correctionSeconds, readingLeadSeconds } = PILOT_REGISTRY_RULES;
  const { gridPrice, smallestAcceptanceMwh, longestSpanSeconds, gateSeconds, offerLeadSeconds } = PILOT_TRADE_RULES;
  return command
    .option(
      '--operator <who>',
      'address or key name that runs the bank and registers meters; 2 to 16 for a new network',
      collect,
      [],
    )
    .option(
      '--recovery-key <who>',
      'address or key name that decides on lost and stolen keys of operators after the notice; needed with two of them',
    )
    .option(
      '--notice <duration>',
      `between what operators announce and its coming into force (default: ${durationOf(PILOT_NOTICE_SECONDS)})`,
    )
    .option('--resolution <duration>', `length of every period (default: ${durationOf(resolutionSeconds)})`)
    .option(
      '--correction-time <duration>',
      `how long a reading can be corrected; nothing settles before (default: ${durationOf(correctionSeconds)})`,
    )
    .option(
      '--reading-lead <duration>',
      `how long before the end of its period a reading may come (default: ${durationOf(readingLeadSeconds)})`,
    )
    .addOption(
      new Option(
        '--settlement <rule>',
        "whose meters count: both, pro rata or first come, or the seller's alone (default: pro-rata)",
      ).choices(Object.keys(SETTLEMENT_WORDS)),
    )
    .option('--no-bonds', 'offers need no bond; then who does not deliver loses nothing')
    .option('--grid-price <tokens>', `what the grid takes for 150 Wh (default: ${formatTokens(gridPrice)})`)
    .option(
      '--smallest-acceptance <kwh>',
      `least energy of an offer and an acceptance (default: ${formatKwh(smallestAcceptanceMwh)})`,
    )
    .option(
      '--longest-span <duration>',
      `how far ahead a trade's deadline may be (default: ${durationOf(longestSpanSeconds)})`,
    )
    .option(
      '--gate <duration>',
      `how long before its period an offer closes; -1h: an hour after it begins (default: ${durationOf(gateSeconds)})`,
    )
    .option(
      '--offer-lead <duration>',
      `how far ahead the period of an offer may be (default: ${durationOf(offerLeadSeconds)})`,
    )
    .option('--buy-rate <coins>', 'what the bank takes for a token (default: 1)')
    .option('--redeem-rate <coins>', 'what the bank gives for a token (default: the same)')
    .option('--attestation-limit <tokens>', 'what each operator may attest as paid outside (default: 100000)');
}

/** The options of the market that were given, by name: none of them is for a network that exists. */
export function givenMarketOptions(options: InitMarketOptions): string[] {
  const { operator, bonds, ...others } = options;
  const named: Readonly<Record<string, string | undefined>> = {
    '--recovery-key': others.recoveryKey,
    '--notice': others.notice,
    '--resolution': others.resolution,
    '--correction-time': others.correctionTime,
    '--reading-lead': others.readingLead,
    '--settlement': others.settlement,
    '--grid-price': others.gridPrice,
    '--smallest-acceptance': others.smallestAcceptance,
    '--longest-span': others.longestSpan,
    '--gate': others.gate,
    '--offer-lead': others.offerLead,
    '--buy-rate': others.buyRate,
    '--redeem-rate': others.redeemRate,
    '--attestation-limit': others.attestationLimit,
  };
  return [
    ...(operator.length > 0 ? ['--operator'] : []),
    ...(bonds ? [] : ['--no-bonds']),
    ...Object.entries(named).flatMap(([option, value]) => (value === undefined ? [] : [option])),
  ];
}

/**
 * What a new network's market is made with. Errors: `operatorsNeeded`, `recoveryKeyNeeded`, and those of the values. What a contract refuses
 * of it is refused when the genesis is made.
 */
export function marketOf(options: InitMarketOptions): MarketOptions {
  const operators = options.operator.map((who) => resolveAddress(who, options.keys));
  if (operators.length < 2) {
    throw new WattchainError(
      'operatorsNeeded',
      `a new network needs two operators or more for its bank, and ${operators.length} are given`,
      {
        hint: 'give --operator twice (make keys with "wattchain account new NAME"), or join a network with --genesis FILE',
      },
    );
  }
  if (operators.length === 2 && options.recoveryKey === undefined) {
    throw new WattchainError(
      'recoveryKeyNeeded',
      'of two operators neither can replace the other, and no recovery key is given',
      {
        hint: 'make one that owns nothing with "wattchain account new recovery", keep its file and passphrase away from here, and name it: --recovery-key recovery',
      },
    );
  }
  const given = <Value>(text: string | undefined, parse: (text: string) => Value): Value | undefined =>
    text === undefined ? undefined : parse(text);
  const duration = (name: string, text: string | undefined, least = 0n) =>
    given(text, (value) => parseDuration(name, value, least));
  const council = withoutGaps({
    recoveryKey: given(options.recoveryKey, (who) => resolveAddress(who, options.keys)),
    noticeSeconds: duration('--notice', options.notice, 1n),
  });
  return {
    operators,
    ...council,
    registry: withoutGaps({
      resolutionSeconds: duration('--resolution', options.resolution, 1n),
      correctionSeconds: duration('--correction-time', options.correctionTime),
      readingLeadSeconds: duration('--reading-lead', options.readingLead),
    }),
    trade: withoutGaps({
      settlement: given(options.settlement, (word) => SETTLEMENT_WORDS[word]),
      bonds: options.bonds ? undefined : false,
      gridPrice: given(options.gridPrice, parseTokens),
      smallestAcceptanceMwh: given(options.smallestAcceptance, parseEnergyKwh),
      longestSpanSeconds: duration('--longest-span', options.longestSpan, 1n),
      gateSeconds: given(options.gate, parseGate),
      offerLeadSeconds: duration('--offer-lead', options.offerLead),
    }),
    bank: withoutGaps({
      buyRateWei: given(options.buyRate, parseCoins),
      redeemRateWei: given(options.redeemRate, parseCoins),
      attestationLimit: given(options.attestationLimit, parseTokens),
    }),
  };
}

/** Before the period, or with a minus after its beginning. */
function parseGate(text: string): bigint {
  return text.startsWith('-') ? -parseDuration('--gate', text.slice(1), 0n) : parseDuration('--gate', text, 0n);
}

type Given<Values> = { [Name in keyof Values]: Exclude<Values[Name], undefined> };

/** Only what was given. */
function withoutGaps<Values extends object>(values: Values): Given<Partial<Values>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<
    Partial<Values>
  >;
}
