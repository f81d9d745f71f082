/**
 * The commands beside a node whose genesis carries the energy contracts, for the tests of a file: a real one that mines
 * (`useNetwork`), or a developer's chain whose blocks and time come at once (`useDevelopmentChain`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect } from 'vitest';
import { createGenesis, deployEnergyContracts, type MarketOptions } from '../../packages/cli/dist/genesisFile.js';
import { DevelopmentNode, developmentGenesis } from '../../packages/node/dist/index.js';
import { type Finished, TEST_CHAIN_ID, TestNetwork, type TestNode, testTarget, wattchain } from './framework.js';
import { runInProcess } from './inProcess.js';

export const BLOCK_INTERVAL_MS = 250;
export const [NODE_1, , NODE_2, NODE_3, MINER, OPERATOR_1, , OPERATOR_2] = PUBLISHED_ADDRESSES as Address[] &
  [Address, Address, Address, Address, Address, Address, Address, Address];
export const PASSPHRASE = 'three words here';

/** Seconds of 2018-07-10T00:00Z, for which the genesis stands: offers and readings of the tests lie some weeks around it. */
const MARKET_BEGINNING = 1_531_180_800;
const LEAD_SECONDS = 90n * 86_400n;

/** The rules of the market beside which commands are tried: those of a testbed, with periods of a quarter of an hour. */
function marketAt(genesisSeconds: number): MarketOptions {
  return {
    operators: [OPERATOR_1, OPERATOR_2],
    recoveryKey: MINER,
    noticeSeconds: 60n,
    registry: {
      resolutionSeconds: 900n,
      correctionSeconds: 0n,
      readingLeadSeconds: LEAD_SECONDS,
      marketTimeOffset: BigInt(MARKET_BEGINNING - genesisSeconds),
    },
    trade: {
      settlement: 'sellerMeter',
      bonds: false,
      gateSeconds: -LEAD_SECONDS,
      offerLeadSeconds: LEAD_SECONDS,
    },
  };
}

/**
 * Commands with a folder and keys of their own, beside the node of a file. One runs as a process where streams, exit codes or two at once
 * are what is tested; the rest run in the process of the test, as a process takes a second to start.
 */
export class Commands {
  readonly directory = mkdtempSync(join(tmpdir(), 'wattchain-cli-'));
  readonly keys = join(this.directory, 'keys');

  /** @param rpcUrl the node's, once it runs */
  constructor(private readonly rpcUrl: () => string) {
    afterAll(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  /** Runs a command as a process; words are separated by single spaces, arguments with spaces come after. */
  readonly spawned = (words: string, ...more: string[]): Promise<Finished> =>
    wattchain([...words.split(' '), ...more], this.#environment);

  /** Runs a command in this process, with the streams and the exit code that a process would have. */
  readonly run = (words: string, ...more: string[]): Promise<Finished> =>
    runInProcess([...words.split(' '), ...more], this.#environment);

  readonly succeed = async (words: string, ...more: string[]) => printed(await this.run(words, ...more));
  readonly json = async <Result>(words: string, ...more: string[]) =>
    parsed<Result>(await this.run(words, ...more, '--json'));
  readonly refuse = async (message: RegExp, words: string, ...more: string[]) =>
    expectRefusal(await this.run(words, ...more), message);

  /** Commands that must be refused, each with the sentence. */
  readonly refuseAll = async (
    cases: readonly (readonly [message: RegExp, words: string, ...more: string[]])[],
  ): Promise<void> => {
    for (const [message, words, ...more] of cases) await this.refuse(message, words, ...more);
  };

  get #environment() {
    return { WATTCHAIN_RPC: this.rpcUrl(), WATTCHAIN_KEYS: this.keys, WATTCHAIN_PASSPHRASE: PASSPHRASE };
  }
}

/** Lets the tests of a file run beside a node that mines; `node` gives it. */
export function useNetwork(): { readonly commands: Commands; readonly node: () => TestNode } {
  let network: TestNetwork;
  beforeAll(async () => {
    const timestampMs = Date.now() - 60_000;
    const genesis = createGenesis({
      name: 'cli test',
      chainId: TEST_CHAIN_ID,
      timestampMs,
      blockIntervalMs: BLOCK_INTERVAL_MS,
      target: testTarget(BLOCK_INTERVAL_MS),
      testbed: true,
      participants: [...PUBLISHED_ADDRESSES],
      market: marketAt(Math.floor(timestampMs / 1_000)),
    });
    network = await TestNetwork.create(genesis as object, { nodes: 1, miners: [0] }, MINER);
    await network.start();
  });
  afterAll(() => network.remove());
  const node = () => network.node(0);
  return { commands: new Commands(() => node().rpcUrl), node };
}

/** Lets the tests of a file run beside a developer's chain with a market of these rules; the published accounts have coins. */
export function useDevelopmentChain(market: MarketOptions): {
  readonly commands: Commands;
  readonly rpc: () => string;
} {
  let node: DevelopmentNode;
  beforeAll(async () => {
    const genesis = developmentGenesis({
      chainId: TEST_CHAIN_ID,
      timestampMs: Date.now() - 60_000,
      addresses: PUBLISHED_ADDRESSES,
      balanceWei: 10n ** 24n,
      contracts: deployEnergyContracts(market),
    });
    node = await DevelopmentNode.create({
      start: { genesis },
      accounts: [],
      mode: { automine: true, intervalMs: 0 },
      rpc: { port: 0 },
    });
    await node.start();
  });
  afterAll(() => node.stop());
  const rpc = () => node.rpc.url;
  return { commands: new Commands(rpc), rpc };
}

/** What a command that succeeded printed. */
export function printed(finished: Finished): string {
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
}

/** The result of a command that succeeded with `--json`. */
export function parsed<Result>(finished: Finished): Result {
  expect(finished, finished.stdout).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(finished.stdout) as Result;
}

/** A command must have failed with one sentence, perhaps a hint, and nothing else. */
export function expectRefusal({ code, stdout, stderr }: Finished, message: RegExp): void {
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  expect(stderr).toMatch(/^error: [^\n]+\n( {2}[^\n]+\n)?$/);
}
