import type { Flow } from '@wattchain/market';
import type { Address } from 'viem';
import { kwh, tokens } from '../format.js';
import type { KnownName } from './names.js';

/** Sellers that are named one by one; what the rest did is summed up. */
const MAX_NAMED = 3;

/** What was traded, in sentences: `You sold 2.1 kWh to two neighbours for 14 ENT.` */
export function tradesInWords(flows: readonly Flow[], nameOf: (address: Address) => KnownName | undefined): string {
  const real = flows.filter(({ energyMwh }) => energyMwh > 0n);
  if (real.length === 0) return 'Nothing was traded between neighbours.';
  const isOwn = (address: Address) => nameOf(address)?.kind === 'you';
  const subject = (address: Address) => (isOwn(address) ? 'You' : (nameOf(address)?.name ?? 'A household'));
  const sellers = [...new Set(real.map(({ seller }) => seller))];
  const sentences = sellers.slice(0, MAX_NAMED).map((seller) => {
    const own = real.filter((flow) => flow.seller === seller);
    return `${subject(seller)} sold ${sums(own, neighbours(new Set(own.map(({ buyer }) => buyer)).size, 'to'))}.`;
  });
  const ownPurchases = real.filter(({ buyer }) => isOwn(buyer));
  if (ownPurchases.length > 0) {
    const from = neighbours(new Set(ownPurchases.map(({ seller }) => seller)).size, 'from');
    sentences.push(`You bought ${sums(ownPurchases, from)}.`);
  }
  const others = sellers.length - MAX_NAMED;
  if (others > 0) {
    const rest = real.filter(({ seller }) => sellers.indexOf(seller) >= MAX_NAMED);
    sentences.push(`${others === 1 ? 'Another household' : `${others} more households`} sold ${sums(rest)}.`);
  }
  return sentences.join(' ');
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
const neighbours = (count: number, preposition: string) =>
  ` ${preposition} ${COUNTS[count] ?? count} ${count === 1 ? 'neighbour' : 'neighbours'}`;

function sums(flows: readonly Flow[], partners = ''): string {
  const energy = flows.reduce((sum, { energyMwh }) => sum + energyMwh, 0n);
  const paid = flows.reduce((sum, flow) => sum + flow.paid, 0n);
  return `${kwh(energy)}${partners} for ${tokens(paid)}`;
}
