import type { CommunityMeter } from '@wattchain/market';
import type { Address } from 'viem';
import { humanise, wordText } from '../format.js';

/** What somebody on the chain is called, and why. */
export interface KnownName {
  readonly name: string;
  /** `you` is the account that acts on this page, `own` another one that this browser knows. */
  readonly kind: 'you' | 'own' | 'contract' | 'household' | 'published' | 'operator' | 'reporter' | 'miner';
}

/** Names by address in lower case. */
export type NameBook = ReadonlyMap<string, KnownName>;

/** Where names come from; the first that knows an address wins, in this order. */
export interface NameSources {
  /** The account that acts on this page. */
  readonly own: { readonly address: Address; readonly name: string } | undefined;
  /** Accounts that this browser knows, with the names that their owner gave them. */
  readonly accounts: readonly { readonly address: Address; readonly name: string }[];
  /** Contracts of the network by the name of their kind, such as `EnergyToken`. */
  readonly contracts: readonly { readonly address: Address; readonly name: string }[];
  /** Homes that the genesis names. */
  readonly homes?: readonly { readonly address: Address; readonly name: string }[];
  readonly meters: readonly Pick<CommunityMeter, 'owner' | 'meter'>[];
  /** The testbed's accounts, by the names that its documents use. */
  readonly published: readonly { readonly address: Address; readonly name: string }[];
  readonly operators: readonly Address[];
  readonly reporters: readonly Address[];
  readonly miners: readonly Address[];
}

/** Puts the names together: a household is called as the genesis names it, or after its meters, others after what they do. */
export function nameBook(sources: NameSources): NameBook {
  const book = new Map<string, KnownName>();
  const add = (address: Address, entry: KnownName) => {
    const key = address.toLowerCase();
    if (!book.has(key)) book.set(key, entry);
  };
  const meters = new Map<string, string[]>();
  for (const { owner, meter } of sources.meters) {
    const key = owner.toLowerCase();
    meters.set(key, [...(meters.get(key) ?? []), wordText(meter)]);
  }
  const named = new Map((sources.homes ?? []).map(({ address, name }) => [address.toLowerCase(), name]));
  const homeOf = (address: Address) =>
    named.get(address.toLowerCase()) ?? meters.get(address.toLowerCase())?.join(', ');

  if (sources.own !== undefined) {
    const { address, name } = sources.own;
    add(address, { name: `you (${homeOf(address) ?? name})`, kind: 'you' });
  }
  for (const { address, name } of sources.contracts) add(address, { name: humanise(name), kind: 'contract' });
  for (const { address, name } of sources.homes ?? []) add(address, { name, kind: 'household' });
  for (const { owner } of sources.meters) add(owner, { name: homeOf(owner) ?? '', kind: 'household' });
  for (const { address, name } of sources.accounts) add(address, { name, kind: 'own' });
  for (const { address, name } of sources.published) add(address, { name, kind: 'published' });
  numbered(sources.operators, 'bank operator', (address, name) => add(address, { name, kind: 'operator' }));
  numbered(sources.reporters, 'meter gateway', (address, name) => add(address, { name, kind: 'reporter' }));
  numbered(sources.miners, 'miner', (address, name) => add(address, { name, kind: 'miner' }));
  return book;
}

/** What an address is called; `undefined` for strangers. */
export const nameIn = (book: NameBook, address: Address): KnownName | undefined => book.get(address.toLowerCase());

/** Several of a kind are told apart by the end of their address, which stays theirs when more come. */
function numbered(addresses: readonly Address[], kind: string, add: (address: Address, name: string) => void): void {
  const different = [...new Set(addresses.map((address) => address.toLowerCase() as Address))];
  for (const address of different) add(address, different.length === 1 ? kind : `${kind} …${address.slice(-4)}`);
}
