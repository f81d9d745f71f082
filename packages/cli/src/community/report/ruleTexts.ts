import type { RuleName } from '@wattchain/market';

/** What reports say of a rule beside its title. */
export interface RuleText {
  /** Above a narrow column. */
  readonly short: string;
  /** What happens, for a household. */
  readonly what: string;
  /** Where the rule is from, by the marks of {@link SOURCES}. */
  readonly sources: readonly SourceMark[];
}

/** Marks of the sources, in the order of the list. */
export type SourceMark = keyof typeof SOURCES;

/** What the reports rest on. */
export const SOURCES = {
  paper:
    'U. Cali, A. Fifield: Towards the decentralized revolution in energy systems using blockchain technology. International Journal of Smart Grid and Clean Energy 8 (3), 2019, 245–256, doi 10.12720/sgce.8.3.245-256.',
  long: 'C. Long, J. Wu, C. Zhang, L. Thomas, M. Cheng, N. Jenkins: Peer-to-peer energy trading in a community microgrid. IEEE Power & Energy Society General Meeting, 2017, doi 10.1109/PESGM.2017.8274546. Mid-market rate and bill sharing.',
  liu: 'N. Liu, X. Yu, C. Wang, C. Li, L. Ma, J. Lei: Energy-sharing model with price-based demand response for microgrids of peer-to-peer prosumers. IEEE Transactions on Power Systems 32 (5), 2017, 3569–3583, doi 10.1109/TPWRS.2017.2649558. Supply-demand ratio.',
  mcafee:
    'R. P. McAfee: A dominant strategy double auction. Journal of Economic Theory 56 (2), 1992, 434–450, doi 10.1016/0022-0531(92)90091-U.',
  mengelkamp:
    'E. Mengelkamp, J. Gärttner, K. Rock, S. Kessler, L. Orsini, C. Weinhardt: Designing microgrid energy markets: a case study, the Brooklyn Microgrid. Applied Energy 210, 2018, 870–880, doi 10.1016/j.apenergy.2017.06.054.',
  mihaylov:
    'M. Mihaylov, S. Jurado, N. Avellana, K. Van Moffaert, I. Magrans de Abril, A. Nowé: NRGcoin: virtual currency for trading of renewable energy in smart grids. 11th International Conference on the European Energy Market, 2014, doi 10.1109/EEM.2014.6861213.',
  zhang:
    'C. Zhang, J. Wu, C. Long, M. Cheng: Review of existing peer-to-peer energy trading projects. Energy Procedia 105, 2017, 2563–2568, doi 10.1016/j.egypro.2017.03.737.',
  zhou: 'Y. Zhou, J. Wu, C. Long: Evaluation of peer-to-peer energy sharing mechanisms based on a multiagent simulation framework. Applied Energy 222, 2018, 993–1022, doi 10.1016/j.apenergy.2018.02.089. Indicators.',
  jain: 'R. Jain, D. Chiu, W. Hawe: A quantitative measure of fairness and discrimination for resource allocation in shared computer systems. DEC Research Report TR-301, 1984.',
} as const;

/** What is said of the rules. */
export const RULE_TEXTS: Readonly<Record<RuleName, RuleText>> = {
  feedIn: {
    short: 'feed-in',
    what: 'No market: every home buys from the supplier at the tariff and sells to it at the feed-in price.',
    sources: ['paper'],
  },
  netMetering: {
    short: 'net meter',
    what: 'No market: the meter runs backwards, so what a home feeds in is worth the tariff of its hour.',
    sources: ['paper'],
  },
  timeOfUse: {
    short: 'time of use',
    what: 'No market: a register for each price band runs backwards; what it lacks is paid at the tariff, what it has too much at the feed-in price.',
    sources: [],
  },
  energyTrade: {
    short: 'paper',
    what: 'Sellers offer the energy of an hour, buyers take what they need of it, at one price.',
    sources: ['paper'],
  },
  'callAuction:uniform': {
    short: 'uniform',
    what: 'Orders are collected until the gate closes and cleared at one price in the middle of the last two that meet.',
    sources: ['mengelkamp'],
  },
  'callAuction:mcafee': {
    short: 'McAfee',
    what: 'An auction in which, with orders of one size, nobody gains by hiding the true limit; at times the last pair does not trade, and a rest goes to the fund.',
    sources: ['mcafee'],
  },
  'callAuction:payAsBid': {
    short: 'pay as bid',
    what: 'Orders are paired from the best price on, each pair in the middle of its two prices.',
    sources: ['mengelkamp'],
  },
  continuousBook: {
    short: 'book',
    what: 'An order trades at once with the best that rests in the book, at the price of that one.',
    sources: ['mengelkamp'],
  },
  peerChoice: {
    short: 'peers',
    what: 'Buyers rank the neighbours that they want to buy from, sellers name a price of their own.',
    sources: ['zhang'],
  },
  'pool:mmr': {
    short: 'mid-market',
    what: 'What the community shares has a price halfway between tariff and feed-in price.',
    sources: ['long'],
  },
  'pool:sdr': {
    short: 'ratio',
    what: 'What the community shares has a price that falls from the tariff to the feed-in price as the supply grows.',
    sources: ['liu'],
  },
  'pool:billSharing': {
    short: 'bill share',
    what: "Energy of the community is free; the supplier's one bill is shared by what each home took, its payments by what each fed in.",
    sources: ['long'],
  },
  'pool:static': {
    short: 'static',
    what: 'Each home is allotted a fixed part of the surplus; what it cannot use goes to the grid.',
    sources: [],
  },
  'pool:dynamic': {
    short: 'dynamic',
    what: 'Each home gets of the surplus in the measure of its need in that hour.',
    sources: [],
  },
  allowancePool: {
    short: 'allowance',
    what: 'Surplus is given to the pool; energy is free up to an allowance and has a price beyond it.',
    sources: ['zhang'],
  },
  mintPerKwh: {
    short: 'coins',
    what: 'A kilowatt-hour fed in makes coins, a kilowatt-hour from the neighbours is paid with them.',
    sources: ['mihaylov'],
  },
};
