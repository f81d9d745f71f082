import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { measureMiningRate } from '@wattchain/bench';
import {
  type Address,
  type Genesis,
  type Hash,
  type PlainData,
  parseGenesis,
  targetForRate,
  toChecksumAddress,
  WattchainError,
} from '@wattchain/core';
import type { DayProfile, TradeRules } from '@wattchain/market';
import { type NodeConfigInput, peerIdIn, systemRuntime } from '@wattchain/node';
import { writeMarketArtifacts } from '../artifacts.js';
import { makePrivateDirectory, writeInto } from '../directory.js';
import { createGenesis } from '../genesisFile.js';
import { writeKeyFile } from '../keys/keyFiles.js';
import { toJson } from '../output.js';
import {
  MACHINES,
  type MachineName,
  type ParticipantName,
  participantAccount,
  participantsFor,
} from './participants.js';
import { NodeProcess } from './processes.js';
import { testbedRules } from './rules.js';

/** Fixed, unlike the genesis: the day on which the paper's households traded. */
export const TESTBED_CHAIN_ID = 20_190_704;
/** The file that marks a directory as a testbed's, which alone may be reset. */
const MARKER = 'testbed.json';
/** The machines that mine. */
const MINER_MACHINES = ['miner-1', 'miner-2'] as const;

/** Where a testbed is and how it mines. */
export interface TestbedPlaces {
  /** Everything below it is replaced at every start. */
  readonly directory: string;
  /** RPC port of `home-1`; the other machines take the next three. */
  readonly rpcPort: number;
  /** libp2p port of `home-1`; the other machines take the next three. */
  readonly p2pPort: number;
  readonly blockIntervalMs: number;
  /** Part of a core that each of the two miners uses. */
  readonly duty: number;
  /** Joules that a try costs, an estimate; the nodes' own default where it is absent. */
  readonly joulesPerHash?: number;
  /** Where home-1's page can be looked at from other machines, without keys and control; absent: nowhere. */
  readonly shared?: { readonly host: string; readonly port: number };
}

/** What a testbed of the energy contracts is made with. */
export interface TestbedOptions extends TestbedPlaces {
  /** The day that is played, for which the genesis stands at 00:00; households beyond the paper's three get accounts of their own. */
  readonly profile: DayProfile;
  /** What of the market's rules is not as {@link testbedRules} has it. */
  readonly trade?: Partial<TradeRules>;
  /** What genesis says of the community. */
  readonly community: PlainData;
}

/** Four node processes on this machine, two of them mining. */
export class Testbed {
  readonly nodes: ReadonlyMap<MachineName, NodeProcess>;

  private constructor(
    readonly genesis: Genesis,
    nodes: ReadonlyMap<MachineName, NodeProcess>,
    readonly shared: TestbedPlaces['shared'],
  ) {
    this.nodes = nodes;
  }

  get genesisHash(): Hash {
    return this.genesis.hash;
  }

  /** A testbed of the energy contracts, as {@link make} makes it. */
  static create(options: TestbedOptions, progress: (text: string) => void): Promise<Testbed> {
    const genesisFor = (target: bigint) => testbedGenesis(options, target, writeRecoveryKey(options.directory));
    return Testbed.make(options, genesisFor, progress);
  }

  /**
   * Writes a fresh genesis and the four data directories. The first target follows from the rate that mining threads have on
   * this machine, as many as there will be, so that blocks come at the interval from the start.
   * @param genesisFor the genesis file as JSON data, with this first target
   */
  static async make(
    options: TestbedPlaces,
    genesisFor: (target: bigint) => unknown,
    progress: (text: string) => void,
  ): Promise<Testbed> {
    // Before anything is deleted: a port in use may well belong to a testbed that still runs in this directory.
    await refuseUsedPorts(options);
    resetDirectory(options.directory);
    const rate = await measureMiningRate({ threads: MINER_MACHINES.length, duty: options.duty });
    progress(
      `measured ${Math.round(rate).toLocaleString('en')} tries/s of two mining threads at duty ${options.duty} each`,
    );
    const target = targetForRate(rate, options.blockIntervalMs);
    const genesis = toJson(genesisFor(target));
    const nodes = new Map<MachineName, NodeProcess>();
    const members = await makeIdentities(options);
    MACHINES.forEach((name, index) => {
      const dataDir = join(options.directory, name);
      writeInto(dataDir, 'genesis.json', genesis);
      writeInto(dataDir, 'config.json', toJson(nodeConfig(options, name, index, members)));
      writeMarketArtifacts(dataDir);
      const onRestart = (machine: MachineName, how: string) => progress(`${machine} ended (${how}); starting it again`);
      nodes.set(name, new NodeProcess(name, dataDir, `http://127.0.0.1:${options.rpcPort + index}`, onRestart));
    });
    return new Testbed(parseGenesis(JSON.parse(genesis)), nodes, options.shared);
  }

  /**
   * The nodes' clocks are so far ahead of the system's from now on. Those that mine are told last, so that nobody is shown a block from its
   * future.
   */
  setClockAhead(aheadMs: number): void {
    for (const node of this.nodes.values()) node.setClockAhead(aheadMs);
  }

  /** Starts all four nodes; resolves when each answers. */
  async start(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.start()));
  }

  /** Stops all four nodes. */
  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.stop()));
  }

  /** Ends all four nodes at once; they find their chains again at the next start. */
  kill(): void {
    for (const node of this.nodes.values()) node.kill();
  }

  /** The node process of a machine. */
  node(name: MachineName): NodeProcess {
    const node = this.nodes.get(name);
    if (!node) throw new RangeError(name);
    return node;
  }
}

async function refuseUsedPorts(options: TestbedPlaces): Promise<void> {
  const { rpcPort, p2pPort } = options;
  if (Math.abs(rpcPort - p2pPort) < MACHINES.length) {
    const last = MACHINES.length - 1;
    throw new WattchainError(
      'portsOverlap',
      `ports ${rpcPort} to ${rpcPort + last} and ${p2pPort} to ${p2pPort + last} overlap`,
      {
        values: { rpcPort, p2pPort },
        hint: `each of the four nodes takes one of both: choose --rpc-port and --p2p-port at least ${MACHINES.length} apart`,
      },
    );
  }
  const local = MACHINES.flatMap((_, index) => [options.rpcPort + index, options.p2pPort + index]);
  const places = local.map((port) => ({ host: '127.0.0.1', port }));
  for (const { host, port } of options.shared === undefined ? places : [...places, options.shared]) {
    const server = createServer();
    try {
      await once(server.listen(port, host), 'listening');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw new WattchainError('badLanAddress', `this machine cannot listen on ${host}, port ${port}`, {
          values: { host, port },
          hint: 'name an address of this machine in the local network: --share-page 192.168.1.20',
          cause,
        });
      }
      throw new WattchainError('portInUse', `port ${port} of this machine is in use`, {
        values: { port },
        hint: 'stop the testbed or node that uses it, or choose others with --rpc-port and --p2p-port',
        cause,
      });
    }
    server.close();
    await once(server, 'close');
  }
}

function resetDirectory(directory: string): void {
  if (existsSync(directory)) {
    if (!existsSync(join(directory, MARKER))) {
      throw new WattchainError('notATestbed', `${directory} exists and is not a testbed's directory`, {
        values: { directory },
        hint: 'a testbed replaces its directory at every start: name a new one with --dir',
      });
    }
    rmSync(directory, { recursive: true, force: true });
  }
  makePrivateDirectory(directory);
  writeInto(directory, MARKER, toJson({ note: 'replaced at every start of wattchain testbed' }));
}

/** Makes the data directories with the nodes' keys, before any of them runs: each is told who the four are. */
function makeIdentities({ directory }: Pick<TestbedPlaces, 'directory'>): Promise<string[]> {
  const { random } = systemRuntime();
  return Promise.all(
    MACHINES.map((name) => {
      makePrivateDirectory(join(directory, name));
      return peerIdIn(join(directory, name), random);
    }),
  );
}

const addressOfParticipant = (name: ParticipantName) => participantAccount(name).address.toLowerCase() as Address;

/** Where a testbed keeps the key that decides on changes of its operators' keys. */
const RECOVERY_KEYS = 'recovery';
const RECOVERY_NAME = 'recovery';
/** It protects nothing: the testbed's other keys are published. */
const RECOVERY_PASSPHRASE = 'testbed';

/** Makes the recovery key of a testbed, in a file of its folder with the passphrase `testbed`; gives its address. */
function writeRecoveryKey(directory: string): Address {
  const folder = join(directory, RECOVERY_KEYS);
  return writeKeyFile(folder, RECOVERY_NAME, randomBytes(32), RECOVERY_PASSPHRASE).address;
}

/** The genesis file of a testbed of the energy contracts, as JSON data, with this first target. */
export function testbedGenesis(
  {
    blockIntervalMs,
    profile,
    community,
    trade,
  }: Pick<TestbedOptions, 'blockIntervalMs' | 'profile' | 'community' | 'trade'>,
  target: bigint,
  recoveryKey: Address,
): unknown {
  const timestampMs = Date.now();
  const rules = testbedRules(profile, {
    operators: [addressOfParticipant('operator-1'), addressOfParticipant('operator-2')],
    recoveryKey,
    genesisSeconds: BigInt(Math.floor(timestampMs / 1_000)),
  });
  return createGenesis({
    name: 'wattchain testbed',
    community,
    chainId: TESTBED_CHAIN_ID,
    timestampMs,
    blockIntervalMs,
    target,
    testbed: true,
    // The recovery key pays for what it sends.
    participants: [...participantsFor(profile.homes.length).map(({ name }) => addressOfParticipant(name)), recoveryKey],
    market: { ...rules, trade: { ...rules.trade, ...trade } },
  });
}

function nodeConfig(
  options: TestbedPlaces,
  name: MachineName,
  index: number,
  members: readonly string[],
): NodeConfigInput {
  const p2pAddress = (machine: number) => `/ip4/127.0.0.1/tcp/${options.p2pPort + machine}`;
  const miner = MINER_MACHINES.find((machine) => machine === name);
  return {
    p2p: {
      listen: [p2pAddress(index)],
      peers: MACHINES.map((_, machine) => p2pAddress(machine)).filter((_, machine) => machine !== index),
      members,
    },
    rpc: { port: options.rpcPort + index },
    ...(index === 0 && options.shared !== undefined ? { reading: options.shared } : {}),
    mine: {
      ...(miner === undefined
        ? { enabled: false }
        : { enabled: true, address: toChecksumAddress(addressOfParticipant(miner)), duty: options.duty }),
      ...(options.joulesPerHash === undefined ? {} : { joulesPerHash: options.joulesPerHash }),
    },
  };
}
