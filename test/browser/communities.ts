/**
 * The communities that browser tests visit: on one or two real node processes, one of which mines, where blocks that come by themselves, peers or trouble matter;
 * else on a developer's chain, where nothing waits for a miner.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { DevelopmentNode, developmentGenesis } from '@wattchain/node';
import { createPublicClient, createWalletClient, defineChain, type Hex, http, stringToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { freePort, TEST_CHAIN_ID, TestNetwork, type TestNode, testGenesis } from '../functional/framework.js';

export type ParticipantName = (typeof PUBLISHED_PARTICIPANTS)[number]['name'];
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
      recoveryKey: addressOf('miner-2'),
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

/** A minute ago, a whole second. */
const genesisTime = () => Math.floor(Date.now() / 1000 - 60) * 1000;

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
  const timestampMs = genesisTime();
  return testGenesis(PUBLISHED_ADDRESSES.slice(0, 8), blockIntervalMs, {
    name,
    timestampMs,
    contracts: deployForGenesis(rulesOf(BigInt(timestampMs / 1000), rules)),
    community: COMMUNITY,
    ...changes,
  });
}

const { registryAddress } = GENESIS_ADDRESSES;

/** A community with its contracts, behind the JSON-RPC of whatever makes its blocks. */
abstract class Community {
  readonly client;

  /** @param url where its page is */
  protected constructor(readonly url: string) {
    this.client = createPublicClient({ transport: http(url, PATIENT), pollingInterval: 100 });
  }

  abstract remove(): Promise<void>;

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

/** A community on real nodes, of which the last one mines. */
export class TestCommunity extends Community {
  private constructor(
    private readonly network: TestNetwork,
    private readonly blockIntervalMs: number,
  ) {
    super(network.node(0).rpcUrl);
  }

  /** Where nothing is to be seen of the other node, the one that serves the page mines alone. */
  static async start({ blockIntervalMs = 300, isAlone = false } = {}): Promise<TestCommunity> {
    const genesis = communityGenesis({ name: 'test community', blockIntervalMs });
    const [nodes, miners] = isAlone ? [1, [0]] : [2, [1]];
    const network = await TestNetwork.create(genesis, { nodes, miners, minMembers: 1 }, MINER);
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
    return this.network.node(0);
  }

  /** Both nodes begin another chain, on the same ports; `changes` are to its genesis. */
  async replaceChain(name: string, changes: object = {}): Promise<void> {
    await Promise.all(this.network.nodes.map((node) => node.end('SIGKILL')));
    const genesis = JSON.stringify(communityGenesis({ name, blockIntervalMs: this.blockIntervalMs, changes }));
    for (const { dataDir } of this.network.nodes) {
      rmSync(join(dataDir, 'chain'), { recursive: true, force: true });
      writeFileSync(join(dataDir, 'genesis.json'), genesis);
    }
    await this.network.start();
  }

  async remove(): Promise<void> {
    await this.network.remove();
  }
}

const PAGE = fileURLToPath(new URL('../../packages/web/dist', import.meta.url));

/** A community on a developer's chain: a block for every transaction, at once, and time that passes when it is told to. */
export class QuickCommunity extends Community {
  private constructor(
    url: string,
    private readonly node: DevelopmentNode,
  ) {
    super(url);
  }

  static async start(rules: TestRules = {}): Promise<QuickCommunity> {
    const timestampMs = genesisTime();
    const port = await freePort();
    const node = await DevelopmentNode.create({
      start: {
        genesis: {
          ...developmentGenesis({
            chainId: TEST_CHAIN_ID,
            timestampMs,
            addresses: PUBLISHED_ADDRESSES.slice(0, 8),
            balanceWei: 10_000n * TOKEN,
            contracts: deployForGenesis(rulesOf(BigInt(timestampMs / 1000), rules)),
          }),
          community: COMMUNITY,
        },
      },
      accounts: [],
      mode: { automine: true, intervalMs: 0 },
      pageDirectory: PAGE,
      rpc: { port },
    });
    await node.start();
    return new QuickCommunity(`http://127.0.0.1:${port}`, node);
  }

  /** Lets so many seconds pass, and makes a block. */
  async pass(seconds: bigint): Promise<void> {
    await this.client.request({ method: 'evm_increaseTime', params: [Number(seconds)] } as never);
    await this.client.request({ method: 'evm_mine' } as never);
  }

  async remove(): Promise<void> {
    await this.node.stop();
  }
}
