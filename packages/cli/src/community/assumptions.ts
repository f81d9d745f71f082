import type { PreparedCommunity } from './prepare.js';
import { BLOCK_SECONDS, CONFIRMATIONS, NANOJOULES_A_TRY, TRIES_A_BLOCK } from './ruleChain.js';

/** What the reader of a result must know, one sentence each. */
export function assumptionsOf({ inputs, facts }: PreparedCommunity): string[] {
  const { agents, feedIn, pvHomes, testbed } = inputs.options;
  const truthful =
    'Agents are truthful: each home foresees what its meter will show and states the tariff as the most that it pays, the feed-in price as the least that it takes.';
  return [
    ...(agents === 'truthful' ? [truthful] : []),
    ...(agents === 'zi'
      ? [
          'Agents have zero intelligence: prices are drawn evenly within the supplier’s band from the seed; energies are truthful.',
        ]
      : []),
    ...(agents === 'file' ? ['Orders come from a file; a home without an order in a period states nothing.'] : []),
    ...(pvHomes === undefined ? [] : [`Only the homes with the numbers ${pvHomes.join(', ')} keep their panels.`]),
    ...(feedIn === undefined ? [] : [`The supplier pays ${feedIn} ${facts.currency} for a kWh into the grid.`]),
    'Self-sufficiency, imports, peaks and CO2 are of what is billed: energy sold to a neighbour is no import. What flows at the community’s connection is the same under every rule.',
    `Proof of work is modelled: a network with a block every ${BLOCK_SECONDS} s makes its blocks through the whole span, each takes ${TRIES_A_BLOCK} tries of ${NANOJOULES_A_TRY} nJ. ${testbed ? 'The blocks of this run were mined by four nodes with a target of their own; what that took is not in the figures.' : 'The chains of a run take no work.'}`,
    `Seconds to confirmation are modelled: from the end of a period until its day is reported, then a block every ${BLOCK_SECONDS} s until the settlement has ${CONFIRMATIONS} confirmations.`,
    ...inputs.notes,
  ];
}
