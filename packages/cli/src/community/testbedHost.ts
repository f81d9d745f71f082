import { rmSync } from 'node:fs';
import { genesisToJson } from '@wattchain/core';
import { largestTargetOf } from '../genesisFile.js';
import { Testbed, type TestbedPlaces } from '../testbed/network.js';
import type { ChainHost } from './blockSource.js';
import { TestbedBlocks } from './testbedBlocks.js';

/** How a run's chains are played on testbeds. */
export interface TestbedHostOptions {
  readonly places: TestbedPlaces;
  /** Whether the network of the chain that was played last runs on. */
  readonly stays: boolean;
  /** A line that stays. */
  readonly progress: (text: string) => void;
  /** What happens just now. */
  readonly step: (text: string) => void;
}

/**
 * Four nodes for each chain of a run, one chain after the other: real processes that mine, with the genesis of the chain and a clock that
 * stands in the community's days. Time passes as it does outside, and is moved on where a run waits for a period's end.
 */
export class TestbedHost {
  #testbed: Testbed | undefined;
  /** Whether the chain of the testbed that runs was played to its end. */
  #isWhole = false;

  constructor(private readonly options: TestbedHostOptions) {}

  /** Begins the next chain; the network of the one before it ends. Errors: those of a testbed. */
  readonly begin: ChainHost = async (name, genesisFor) => {
    const { places, progress, step } = this.options;
    await this.stop();
    const testbed = await Testbed.make(
      places,
      (firstTarget) => {
        const { blockIntervalMs } = places;
        const largestTarget = largestTargetOf(firstTarget);
        return genesisToJson(genesisFor({ blockIntervalMs, firstTarget, largestTarget }));
      },
      step,
    );
    this.#testbed = testbed;
    this.#isWhole = false;
    const { genesis } = testbed;
    let aheadMs = genesis.timestampMs - Date.now();
    testbed.setClockAhead(aheadMs);
    await testbed.start();
    progress(`${name}: four nodes, two of them mining; its page: ${testbed.node('home-1').rpcUrl}/`);
    const source = new TestbedBlocks({
      rpcUrls: new Map([...testbed.nodes].map(([machine, { rpcUrl }]) => [machine, rpcUrl])),
      reach: (timeMs) => {
        if (Date.now() + aheadMs >= timeMs) return;
        aheadMs = timeMs - Date.now();
        testbed.setClockAhead(aheadMs);
      },
      told: (height, waiting) => step(`${name}: block ${height}, ${waiting} transactions wait`),
    });
    return { genesis, source, close: (isWhole) => this.#end(isWhole) };
  };

  /** The testbed that runs, if one does. */
  get running(): Testbed | undefined {
    return this.#testbed;
  }

  /** Stops the nodes that run. What a failed run leaves is kept for its logs. */
  async stop(): Promise<void> {
    const testbed = this.#testbed;
    this.#testbed = undefined;
    await testbed?.stop();
    if (testbed !== undefined && this.#isWhole) rmSync(this.options.places.directory, { recursive: true, force: true });
  }

  /** Ends the nodes at once. */
  kill(): void {
    this.#testbed?.kill();
  }

  async #end(isWhole: boolean): Promise<void> {
    this.#isWhole = isWhole;
    if (!this.options.stays || !isWhole) await this.stop();
  }
}
