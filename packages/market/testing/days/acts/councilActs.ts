/** What members of the council decide: whose keys act, and the grid price. */
import type { Known } from '../known.js';
import { NEW_KEYS, RECOVERY, STRANGER } from '../names.js';
import type { Random } from '../random.js';
import type { Act } from '../script.js';
import { type Maker, otherMember } from './maker.js';

const TOKEN = 10n ** 18n;

const member = (random: Random, known: Known) => random.pick(known.members) ?? 'p1';

function requestKeyChange(random: Random, known: Known): Act {
  const by = random.pick([...known.members, RECOVERY]) ?? 'p1';
  const old = random.oneIn(8) ? RECOVERY : member(random, known);
  // Who was replaced may come back.
  const next = random.pick([...NEW_KEYS, 'p1', 'p2']) ?? 'p15';
  return { by, call: 'council.requestKeyChange', args: [old, next] };
}

function handleKeyChange(random: Random, known: Known): Act | undefined {
  const change = random.pick(known.keyChanges.slice(-4));
  if (change === undefined) return undefined;
  const [old = '', next = '', , at = '0'] = change;
  const by = random.pick([...known.members, ...known.members, RECOVERY, old]) ?? 'p1';
  if (random.oneIn(4)) return { by, call: 'council.vetoKeyChange', args: [old, next, at] };
  return { by, call: 'council.voteOnKeyChange', args: [old, next, at, !random.oneIn(3)] };
}

function handleGridPrice(random: Random, known: Known): Act {
  const [, price = '0', at = '0', announcedBy, confirmed = '0'] = known.values('trade.gridPrice');
  const by = otherMember(random, known, announcedBy);
  const hasLapsed = known.nowS > BigInt(at) + 2n * known.notice;
  if (at === '0' || hasLapsed || random.oneIn(8)) {
    const next = random.oneIn(20) ? 0n : random.between(TOKEN / 2n, 2n * TOKEN);
    return { by, call: 'trade.announceGridPrice', args: [String(next)] };
  }
  const args = [price, at];
  if (random.oneIn(12)) return { by, call: 'trade.retractGridPrice', args };
  const isConfirmed = confirmed !== '0';
  return random.oneIn(6) === isConfirmed
    ? { by, call: 'trade.confirmGridPrice', args }
    : { by: STRANGER, call: 'trade.applyGridPrice', args };
}

/** What ends a notice. */
export const COUNCIL_DECISIONS = [handleKeyChange, handleGridPrice];

export const COUNCIL_ACTS: readonly Maker[] = [
  [2, requestKeyChange],
  [6, handleKeyChange],
  [6, handleGridPrice],
];
