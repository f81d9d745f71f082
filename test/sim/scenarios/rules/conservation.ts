import { type Address, accountKey, decodeAccount, type KeyValueReader } from '@wattchain/core';
import type { HeadEvent } from '@wattchain/node/parts';
import type { Ground, Rule, Watched } from '../rule.js';
import { MarketView } from '../workload/marketView.js';
import { TOKEN_HOLDERS } from '../workload/people.js';

/** What a node's accounts have together, kept up to date with its head. */
interface Ledger {
  readonly balances: Map<Address, bigint>;
  sum: bigint;
}

/**
 * Money and tokens are conserved, in every node after every change of its head: all coins together are those of genesis and one reward for each
 * block; all tokens together are the supply, and the trade contract can pay what it holds for others.
 */
export class Conservation implements Rule {
  readonly name = 'conservation';
  /** Everybody who has ever had coins. */
  readonly #addresses = new Set<Address>();
  readonly #ledgers = new Map<number, Ledger>();
  #genesisCoins = 0n;
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
    const { genesis } = ground.world;
    for (const { address, balance } of genesis.alloc) {
      this.#addresses.add(address);
      this.#genesisCoins += balance;
    }
  }

  opened(watched: Watched): void {
    const { node, services } = watched;
    const ledger: Ledger = { balances: new Map(), sum: 0n };
    this.#ledgers.set(node.index, ledger);
    this.#update(ledger, services.chain.stateAt(services.chain.head.hash), this.#addresses);
    this.#look(watched, ledger);
  }

  moved(watched: Watched, { head, changedAccounts, added, removed }: HeadEvent): void {
    const { node, services } = watched;
    const ledger = this.#ledgers.get(node.index);
    if (ledger === undefined) return;
    const changed = changedAccounts === 'all' ? this.#addresses : changedAccounts;
    for (const address of changed) this.#addresses.add(address);
    this.#update(ledger, services.chain.stateAt(head.hash), changed);
    this.#look(watched, ledger);
    const hasLogs = [...added, ...removed].some(({ receipts }) => receipts.some(({ logs }) => logs.length > 0));
    if (hasLogs) this.#lookAtTokens(watched);
  }

  #update(ledger: Ledger, reader: KeyValueReader | undefined, addresses: Iterable<Address>): void {
    for (const address of addresses) {
      const value = reader?.get(accountKey(address));
      const balance = value === undefined ? 0n : decodeAccount(value).balance;
      ledger.sum += balance - (ledger.balances.get(address) ?? 0n);
      ledger.balances.set(address, balance);
    }
  }

  #look({ node, services: { chain } }: Watched, { sum }: Ledger): void {
    const { height } = chain.head.header;
    const expected = this.#genesisCoins + BigInt(height) * chain.genesis.blockRewardWei;
    if (sum === expected) return;
    const what = `at block ${height} there are ${sum} wei, genesis and ${height} rewards are ${expected}`;
    this.#ground?.violate(this, what, node);
  }

  #lookAtTokens({ node, services: { chain } }: Watched): void {
    const view = new MarketView(chain);
    const supply = view.totalSupply();
    const held = TOKEN_HOLDERS.reduce((sum, holder) => sum + view.tokensOf(holder), 0n);
    if (held === supply) return;
    const what = `at block ${chain.head.header.height} ${held} token units are held, ${supply} exist`;
    this.#ground?.violate(this, what, node);
  }
}
