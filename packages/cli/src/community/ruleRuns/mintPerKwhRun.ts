import { mintWidth, type RuleOutcome } from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import { requireConserved } from './community.js';
import { CommunityMarketRun } from './communityMarketRun.js';
import type { OnChain, ReadView, RuleRunContext } from './ruleRun.js';

/** Coins for exports: readings come in, coins are minted and burned. */
export class MintPerKwhRun extends CommunityMarketRun {
  constructor(context: RuleRunContext) {
    super(context, 'MintPerKwh', [mintWidth(context.community.periods, context.params)]);
  }

  protected async settle(chain: CommunityChain, first: number, count: number): Promise<void> {
    const args = [this.hintOf(first), this.startOf(first), BigInt(count)];
    chain.send(this.context.roles.gateway, this.market, 'settle', args, BLOCK_GAS);
    await chain.seal(0n);
  }

  /** The supply of coins is what was minted less what was burned. */
  override audit(read: ReadView): void {
    super.audit(read);
    const [minted, burned] = read<readonly [bigint, bigint]>(this.market, 'coinTotals');
    requireConserved(read<bigint>(this.market, 'totalSupply'), minted - burned);
  }

  /** Money as in every market; and coins, whose balances must be those of the bills. */
  override compare(read: ReadView, outcome: RuleOutcome): OnChain {
    for (const { owner, coins } of outcome.bills)
      requireConserved(read<bigint>(this.market, 'balanceOf', [owner]), coins?.balance ?? 0n);
    return super.compare(read, outcome);
  }
}
