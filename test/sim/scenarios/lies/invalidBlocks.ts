import { encodeBody, type Hash, type Header, type PowSolution, sealHash, targetToWords, toHex } from '@wattchain/core';
import {
  buildTemplate,
  encodeBlockAnnouncement,
  type MinerThread,
  type SearchJob,
  type SearchReport,
  type Transport,
} from '@wattchain/node/parts';
import type { Disguise, SimNode } from '../../world/simNode.js';

/** Mines blocks whose work is right and whose content is not, with all of its hash power, and announces them. */
export function invalidBlocks(): Disguise {
  let transport: Transport | undefined;
  return {
    name: 'invalidBlocks',
    transport: (inner) => {
      transport = inner;
      return inner;
    },
    minerThread: (inner, node) =>
      new ForgingThread(inner, node, (header) => {
        void transport?.publish('blocks', encodeBlockAnnouncement(header, encodeBody([])));
      }),
  };
}

const WRONG: Hash = `0x${'57'.repeat(32)}`;

/** Searches a forged block instead of the one that it is given, and tells the miner of nothing that it finds. */
class ForgingThread implements MinerThread {
  #forged: { readonly header: Header; readonly seal: Uint8Array } | undefined;
  #forgeries = 0;

  constructor(
    private readonly inner: MinerThread,
    private readonly node: SimNode,
    private readonly announce: (header: Header) => void,
  ) {
    inner.onReport((report) => this.#onReport(report));
  }

  post(job: SearchJob): void {
    const header = this.#forge();
    if (header === undefined) return;
    const seal = sealHash(header);
    this.#forged = { header, seal };
    this.inner.post({ ...job, sealHash: seal, targetWords: targetToWords(header.target) });
  }

  onReport(_listener: (report: SearchReport) => void): void {
    // What it finds is not the block that the miner asked for.
  }

  onCrash(listener: (error: unknown) => void): void {
    this.inner.onCrash(listener);
  }

  terminate(): Promise<void> {
    return this.inner.terminate();
  }

  #onReport(report: SearchReport): void {
    const forged = this.#forged;
    if (report.kind !== 'solution' || forged === undefined || toHex(report.sealHash) !== toHex(forged.seal)) return;
    const solution: PowSolution = report.solution;
    this.announce({ ...forged.header, ...solution });
  }

  /** An empty block on the head with one root that is wrong, by turns. */
  #forge(): Header | undefined {
    const chain = this.node.services?.chain;
    if (chain === undefined) return undefined;
    const nowMs = chain.head.header.timestampMs + 1;
    const template = buildTemplate({ chain, candidates: [], miner: this.node.address, nowMs });
    if (template === undefined) return undefined;
    const fields = ['stateRoot', 'receiptsRoot', 'transactionsRoot', 'historyRoot'] as const;
    return { ...template.header, [fields[this.#forgeries++ % fields.length] as 'stateRoot']: WRONG };
  }
}
