/// <reference lib="dom" />
/**
 * What browser tests are made of: a community on two real node processes (one mines, the other serves the page), and visitors
 * with a real browser who record what must not happen. Things on the page are found by role and name, as a person finds them.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC, PUBLISHED_PARTICIPANTS } from '@wattchain/core';
import {
  correctReading,
  deployForGenesis,
  describeCommunity,
  GENESIS_ADDRESSES,
  getReading,
  PAPER_ZONE,
  paperPeriodStart,
  type RegistryRules,
  registerMeter,
  reportReadings,
  signCorrection,
  type TradeRules,
} from '@wattchain/market';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { createPublicClient, createWalletClient, defineChain, type Hex, http, stringToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { TEST_CHAIN_ID, TestNetwork, type TestNode, testGenesis } from '../functional/framework.js';

type ParticipantName = (typeof PUBLISHED_PARTICIPANTS)[number]['name'];
/** A token, and what the bank wants for it in wei. */
const TOKEN = 10n ** 18n;
const HOUR_SECONDS = 3600n;
const DAY_SECONDS = 24n * HOUR_SECONDS;
/** Most that a meter of a test shows for an hour, mWh. */
const RATING_MWH = 50_000_000n;
/** A busy machine lets a node take its time. */
const PATIENT = { timeout: 120_000 };
/** None of the testbed's accounts, which may mine on testbeds only. */
const MINER = '0x00000000000000000000000000000000000000a1';

/** The address of one of the testbed's accounts. */
export function addressOf(name: ParticipantName): Hex {
  return PUBLISHED_ADDRESSES[indexOf(name)] as Hex;
}

const indexOf = (name: ParticipantName) => PUBLISHED_PARTICIPANTS.findIndex((each) => each.name === name);

/** San Diego, where the paper's households live. */
const COMMUNITY = describeCommunity({ name: undefined, zone: PAPER_ZONE });

/** What a community of a test decides otherwise than a testbed. */
export interface TestRules {
  readonly noticeSeconds?: bigint;
  readonly registry?: Partial<RegistryRules>;
  readonly trade?: Partial<TradeRules>;
}

/** A testbed's rules: its genesis stands for 00:00 of the paper's day, hours are traded, and the seller's meter alone counts. */
function rulesOf(genesisSeconds: bigint, { noticeSeconds = HOUR_SECONDS, registry, trade }: TestRules) {
  return {
    council: {
      members: [addressOf('operator-1'), addressOf('operator-2')],
      recoveryKey: PUBLISHED_ADDRESSES[8] as Hex,
      noticeSeconds,
    },
    registry: {
      resolutionSeconds: HOUR_SECONDS,
      correctionSeconds: 0n,
      readingLeadSeconds: DAY_SECONDS,
      marketTimeOffset: paperPeriodStart(0) - genesisSeconds,
      ...registry,
    },
    trade: {
      settlement: 'sellerMeter',
      bonds: false,
      gateSeconds: -DAY_SECONDS,
      offerLeadSeconds: DAY_SECONDS,
      ...trade,
    },
    bank: { buyRateWei: TOKEN, redeemRateWei: TOKEN, attestationLimits: [1_000n * TOKEN, 1_000n * TOKEN] },
  } as const;
}

/** How the genesis of a test's community is made. */
interface GenesisParts {
  readonly name: string;
  readonly blockIntervalMs: number;
  readonly rules?: TestRules;
  /** To the genesis itself. */
  readonly changes?: object;
}

/** A genesis with the testbed's accounts and the community's contracts. */
function communityGenesis({ name, blockIntervalMs, rules = {}, changes = {} }: GenesisParts): object {
  const timestampMs = Math.floor(Date.now() / 1000 - 60) * 1000;
  return testGenesis(PUBLISHED_ADDRESSES.slice(0, 8), blockIntervalMs, {
    name,
    timestampMs,
    contracts: deployForGenesis(rulesOf(BigInt(timestampMs / 1000), rules)),
    community: COMMUNITY,
    ...changes,
  });
}

/** Two nodes of a community with its contracts. */
export class TestCommunity {
  readonly #network: TestNetwork;
  readonly #blockIntervalMs: number;
  readonly client;

  private constructor(network: TestNetwork, blockIntervalMs: number) {
    this.#network = network;
    this.#blockIntervalMs = blockIntervalMs;
    this.client = createPublicClient({ transport: http(this.url, PATIENT), pollingInterval: 100 });
  }

  static async start(blockIntervalMs = 300, rules: TestRules = {}): Promise<TestCommunity> {
    const genesis = communityGenesis({ name: 'test community', blockIntervalMs, rules });
    const network = await TestNetwork.create(genesis, { nodes: 2, miners: [1], minPeers: 0 }, MINER);
    try {
      await network.start();
    } catch (error) {
      await network.remove();
      throw error;
    }
    return new TestCommunity(network, blockIntervalMs);
  }

  /** The node that serves the page. */
  get home(): TestNode {
    return this.#network.node(0);
  }

  /** Where its page is. */
  get url(): string {
    return this.home.rpcUrl;
  }

  /** Both nodes begin another chain, on the same ports; `changes` are to its genesis. */
  async replaceChain(name: string, changes: object = {}): Promise<void> {
    await Promise.all(this.#network.nodes.map((node) => node.end('SIGKILL')));
    const genesis = JSON.stringify(communityGenesis({ name, blockIntervalMs: this.#blockIntervalMs, changes }));
    for (const { dataDir } of this.#network.nodes) {
      rmSync(join(dataDir, 'chain'), { recursive: true, force: true });
      writeFileSync(join(dataDir, 'genesis.json'), genesis);
    }
    await this.#network.start();
  }

  async remove(): Promise<void> {
    await this.#network.remove();
  }

  /** A client that signs for one of the testbed's accounts. */
  signer(name: ParticipantName) {
    const chain = defineChain({
      id: TEST_CHAIN_ID,
      name: 'test',
      nativeCurrency: { name: 'Watt', symbol: 'WATT', decimals: 18 },
      rpcUrls: { default: { http: [this.url] } },
    });
    const account = mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: indexOf(name) });
    return createWalletClient({ chain, transport: http(this.url, PATIENT), account });
  }

  /** Waits until a transaction is in a block; it must have succeeded. */
  async included(sending: Promise<Hex>) {
    const receipt = await this.client.waitForTransactionReceipt({ hash: await sending, timeout: 480_000 });
    if (receipt.status !== 'success') throw new TypeError(`${receipt.transactionHash} failed`);
    return receipt;
  }

  /** An operator registers a meter for an address; the gateway reports for it. */
  async registerMeter(name: string, household: Hex): Promise<void> {
    const meter = stringToHex(name, { size: 32 });
    const source = addressOf('gateway');
    await this.included(
      registerMeter(this.signer('operator-1'), {
        registryAddress,
        meter,
        household,
        source,
        isDevice: false,
        ratingMwh: RATING_MWH,
      }),
    );
  }

  /** The gateway reports what a meter counted in the hour that begins at `periodStart`. */
  async report(name: string, periodStart: bigint, producedMwh: bigint, consumedMwh: bigint, number = 1n) {
    const meter = stringToHex(name, { size: 32 });
    const reading = { meter, periodStart, number, producedMwh, consumedMwh };
    await this.included(reportReadings(this.signer('gateway'), { registryAddress, readings: [reading] }));
  }

  /** The gateway and an operator correct what a meter counted. */
  async correct(name: string, periodStart: bigint, newProducedMwh: bigint, newConsumedMwh: bigint): Promise<void> {
    const meter = stringToHex(name, { size: 32 });
    const now = await getReading(this.client, { registryAddress, meter, periodStart });
    const correction = {
      meter,
      periodStart,
      correction: now.corrections,
      oldProducedMwh: now.producedMwh,
      oldConsumedMwh: now.consumedMwh,
      newProducedMwh,
      newConsumedMwh,
    };
    const signed = { registryAddress, chainId: TEST_CHAIN_ID, correction };
    const [sourceSignature, registrarSignature] = await Promise.all([
      signCorrection(this.signer('gateway').account, signed),
      signCorrection(this.signer('operator-2').account, signed),
    ]);
    await this.included(
      correctReading(this.signer('gateway'), { registryAddress, correction, sourceSignature, registrarSignature }),
    );
  }
}

const { registryAddress } = GENESIS_ADDRESSES;

/** What must not happen while somebody looks. */
export interface Incidents {
  /** Uncaught exceptions, and what the console calls an error. */
  readonly errors: string[];
  /** Addresses of requests that left the node's origin. */
  readonly foreignRequests: string[];
}

/** How a visitor looks at the page. */
export interface VisitorOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A person with a browser of their own: nothing is shared with other visitors. */
export class Visitor {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly incidents: Incidents,
    readonly origin: string,
  ) {}

  static async come(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { width = 1280, colorScheme = 'light' } = options;
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
    });
    context.setDefaultTimeout(240_000);
    const incidents: Incidents = { errors: [], foreignRequests: [] };
    const { origin } = new URL(url);
    context.on('page', (page) => record(page, incidents, origin));
    await context.addInitScript(observe);
    return new Visitor(context, await context.newPage(), incidents, origin);
  }

  /** Opens a view and waits until it shows the chain. */
  async open(path: string, page = this.page): Promise<void> {
    await page.goto(this.origin + path, { waitUntil: 'commit' });
    await settled(page);
  }

  /** Milliseconds of the processor that the page's main thread takes for something, which do not depend on what else runs. */
  async processorMs(task: () => Promise<void>): Promise<number> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const read = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN);
    };
    const before = await read();
    await task();
    const after = await read();
    await session.detach();
    return after - before;
  }

  /** Violations of the page's own policy, and what moved, since it was loaded. */
  async observed(page = this.page): Promise<Observed> {
    return page.evaluate(() => (window as unknown as { observed: Observed }).observed);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** What is recorded inside of a page. */
export interface Observed {
  readonly violations: string[];
  /** What moved although nobody touched anything, by the Layout Instability API: all scores together, the largest, and what that was. */
  readonly shifts: { total: number; largest: number; what: string };
}

/** The place of the page that says which block it knows. */
export const SHOWN_HEIGHT = '.status a[href^="/chain/block/"]';

/** The height in a text such as `block 1,234`. */
export function heightIn(text: string | null): number {
  return Number(/block ([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', ''));
}

/** Waits until the page is live and has read what it shows. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.status.live').waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton') === null);
}

/** Runs in the page before its own scripts. */
function observe(): void {
  const observed: Observed = { violations: [], shifts: { total: 0, largest: 0, what: '' } };
  Object.assign(window, { observed });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    observed.violations.push(`${violatedDirective} ${blockedURI}`),
  );
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Element | null }[] };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      if (hadRecentInput) continue;
      observed.shifts.total += value;
      // One text, not all of them: what a page keeps is measured too.
      if (value <= observed.shifts.largest) continue;
      observed.shifts.largest = value;
      observed.shifts.what = sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? 'text').join();
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

function record(page: Page, { errors, foreignRequests }: Incidents, origin: string): void {
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) foreignRequests.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) foreignRequests.push(socket.url());
  });
}

/** Begins to record the tasks of all pages of a browser. */
export async function traceTasks(browser: Browser): Promise<void> {
  await browser.startTracing(undefined, { categories: ['toplevel', 'blink.user_timing'] });
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when, and how long it had the processor. */
  readonly ts: number;
  readonly tdur?: number;
}

/**
 * Ends the record: for each page the longest task of its main thread since a time of the page's own clock, in milliseconds. Processor
 * time, because by the clock a busy machine makes every task long.
 */
export async function longestTasks(
  browser: Browser,
  since: readonly { readonly page: Page; readonly fromMs: number }[],
): Promise<number[]> {
  const marks: { readonly name: string; readonly spanMs: number }[] = [];
  for (const [index, { page, fromMs }] of since.entries()) {
    const name = `end of page ${index}`;
    const endMs = await page.evaluate((text) => performance.mark(text).startTime, name);
    marks.push({ name, spanMs: endMs - fromMs });
  }
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  return marks.map(({ name, spanMs }) => {
    // Where the mark stands says which thread of which process is the page's.
    const end = traceEvents.find((event) => event.name === name);
    const tasks = traceEvents.filter(
      ({ name: kind, pid, tid, ts }) =>
        kind === 'ThreadControllerImpl::RunTask' &&
        pid === end?.pid &&
        tid === end.tid &&
        ts > end.ts - 1000 * spanMs &&
        ts < end.ts,
    );
    if (tasks.length === 0) throw new TypeError(`no task of ${name} was recorded`);
    return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur), 0) / 1000;
  });
}

/** Bytes that the page's JavaScript keeps, after collecting garbage. */
export async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  return usedSize;
}
