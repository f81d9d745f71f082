/** What people do who mean nobody harm, and let nobody take from them what the rules let them keep. */
import { HONEST_BANK_ACTS } from './acts/bankActs.js';
import { makeOne } from './acts/maker.js';
import { TRADE_ACTS } from './acts/tradeActs.js';
import type { Known, KnownMeter } from './known.js';
import type { Party, TruthOf } from './party.js';
import type { Random } from './random.js';
import type { Act } from './script.js';
import { signed } from './signing.js';

/** Acts of everybody else in a block. */
export function honestActs(random: Random, known: Known, party: Party, truthOf: TruthOf): Act[] {
  const isOther = (act: Act | undefined): act is Act => act !== undefined && !party.keys.includes(act.by);
  const own = Array.from({ length: 5 }, () => makeOne([...TRADE_ACTS, ...HONEST_BANK_ACTS], random, known));
  return [...watch(known, party), ...readings(random, known, party, truthOf), ...own.filter(isOther)];
}

/** Objections to payments that nobody made, and votes against keys that nobody lost. */
function watch(known: Known, { keys }: Party): Act[] {
  const others = known.members.filter((member) => !keys.includes(member));
  const seat = String(known.members.findIndex((member) => keys.includes(member)) + 1);
  const payouts = known.payouts.flatMap(({ id, holder, amount, destination, state, payer, reference }): Act[] => {
    const named = [id, holder, amount];
    const isTheirs = keys.includes(holder);
    if (state === '2' && payer === seat && !isTheirs) {
      return [{ by: holder, call: 'bank.objectToPayout', args: [...named, reference] }];
    }
    const judge = others.find((member) => known.members.indexOf(member) + 1 !== Number(payer));
    if (state === '3' && judge !== undefined) {
      return [{ by: judge, call: 'bank.decidePayout', args: [...named, reference, payer !== seat] }];
    }
    const cashier = others[0];
    if (state !== '1' || !isTheirs || cashier === undefined) return [];
    return [{ by: cashier, call: 'bank.markPaid', args: [...named, destination, `r${40 + Number(id)}`] }];
  });
  const votes = known.keyChanges
    .filter((change) => keys.includes(change[2] ?? '') && change.at(-1) === '1')
    .flatMap(([old = '', next = '', , at = '0']) =>
      [...others, 'p5'].map((by): Act => ({ by, call: 'council.voteOnKeyChange', args: [old, next, at, false] })),
    );
  return [...payouts, ...votes];
}

/** Readings of what was sold and bought: true, mostly in time; the party may keep those of its own meters back. */
function readings(random: Random, known: Known, { keys }: Party, truthOf: TruthOf): Act[] {
  return known.meters.flatMap((meter) => {
    const isOwn = keys.includes(meter.household);
    if (random.oneIn(isOwn ? 2 : 4)) return [];
    const start = nextStart(known, meter);
    return start === undefined ? [] : [reading(meter, start, truthOf)];
  });
}

function nextStart(known: Known, { id, readUntil }: KnownMeter): bigint | undefined {
  return known.trades
    .filter((trade) => trade.offer.meter === id || trade.meter === id)
    .map(({ offer }) => offer.start)
    .filter((start) => start >= readUntil && start + known.resolution <= known.marketTime)
    .sort((a, b) => (a < b ? -1 : 1))[0];
}

function reading({ id, number, source, isDevice }: KnownMeter, start: bigint, truthOf: TruthOf): Act {
  const { produced, consumed } = truthOf(id, start);
  const content = {
    meter: id,
    number: String(number + 1n),
    periodStart: String(start),
    producedMwh: String(produced),
    consumedMwh: String(consumed),
  };
  if (!isDevice) return { by: source, call: 'registry.report', args: [[content]] };
  const batch = [{ reading: content, signature: signed('Reading', content, source) }];
  return { by: 'p9', call: 'registry.reportSigned', args: [batch] };
}
