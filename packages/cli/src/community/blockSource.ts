import { type Address, assert, encodeBody, type Genesis, type Header, type Transaction } from '@wattchain/core';
import { buildTemplate, type Chain, type Template } from '@wattchain/node';

/** Whoever earns the fees of a run's own blocks. Nobody has a key of this address. */
export const MINER: Address = '0x00000000000000000000000000000000000000aa';

/** A block, as somebody made it. */
export interface MadeBlock {
  readonly header: Header;
  readonly body: Uint8Array;
  /** What its transactions did, where this process executed them to make it. */
  readonly template?: Template;
}

/** Where the blocks of a chain come from. */
export interface BlockSource {
  /** Whether transactions stand in blocks in the order in which they wait, whosever they are. */
  readonly keepsOrder: boolean;
  /**
   * The block after the head of `chain`, perhaps without any of what waits; what waits stands in none that says less than `earliestMs`
   * of block time.
   * @throws WattchainError `runFailed` where no block comes
   */
  next(chain: Chain, waiting: readonly Transaction[], earliestMs: number): Promise<MadeBlock>;
}

/** What a network's blocks take; everything else of a genesis follows from the inputs. */
export interface ChainWork {
  readonly blockIntervalMs: number;
  readonly firstTarget: bigint;
  readonly largestTarget: bigint;
}

/** A chain that is ready to be played on. */
export interface HostedChain {
  readonly genesis: Genesis;
  readonly source: BlockSource;
  /** @param isWhole whether the chain was played to its end */
  close(isWhole: boolean): Promise<void>;
}

/** Where the chains of a run are made: begins one, whose genesis is that of these figures. */
export type ChainHost = (name: string, genesisFor: (work: ChainWork) => Genesis) => Promise<HostedChain>;

/** Blocks of this process: made when they are asked for, at the time that is asked for. Nobody waits for anything. */
export const OWN_BLOCKS: BlockSource = {
  keepsOrder: true,
  async next(chain, candidates, earliestMs) {
    const nowMs = Math.max(earliestMs, chain.head.header.timestampMs + chain.genesis.blockIntervalMs);
    const template = buildTemplate({ chain, candidates, miner: MINER, nowMs });
    assert(template?.result !== undefined, 'the state of the head is there, and nobody else moves it');
    assert(
      template.transactions.length > 0 || candidates.length === 0,
      'a transaction that was made for a block fits it',
    );
    return { header: template.header, body: encodeBody(template.transactions), template };
  },
};
