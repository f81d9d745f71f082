import { cpus } from 'node:os';
import { recoverPublicKeyByNoble, WattchainError } from '@wattchain/core';
import {
  type Contestant,
  ownContestant,
  RIVAL_SERVERS,
  type RivalServer,
  rivalContestant,
} from '../servers/contestants.js';
import { installPeer, isInstalled, type PeerName } from '../servers/peers.js';
import { evmCodes } from '../trades/contractCodes.js';
import { SignedWorkload } from '../trades/signedWorkload.js';
import type { TradeCodes } from '../trades/tradeWorkload.js';
import { ImportedBlocks, type TurnTimes } from './blockRates.js';
import { EvmRates } from './evmRates.js';
import { MACHINE_MEASURES, ownMachineRate } from './machineRates.js';
import { Signatures } from './recoverRates.js';
import {
  type Contest,
  cpuRate,
  type Entrant,
  type Extent,
  type MissingMeasure,
  type RivalMeasure,
  type RivalName,
  runContests,
} from './rivals.js';
import { enterTrades, TRADE_MEASURES, type TradeMeasure } from './tradeRates.js';

/** What `wattchain bench validate` says. */
export interface ValidationReport {
  readonly node: string;
  readonly cpu: string;
  readonly rounds: number;
  readonly rivals: readonly (RivalMeasure | MissingMeasure)[];
  /** Processor time between two turns of the event loop while full blocks are imported. */
  readonly turns: TurnTimes;
}

/** How much is measured: rounds, and what each has. */
export interface ValidationExtent {
  readonly rounds: number;
  /** Signatures of ours, and of the slower rivals. */
  readonly signatures: number;
  readonly slowSignatures: number;
  /** Of this project's server and the faster rivals, and of the slower ones. */
  readonly trades: Extent;
  readonly slowTrades: Extent;
  /** Transfers of tokens in this process, and of the rival. */
  readonly transfers: Extent;
  readonly slowTransfers: Extent;
  /** Trades that are imported, and by the rival. */
  readonly imported: Extent;
  readonly slowImported: Extent;
}

/** What is measured, and what of it is told meanwhile. */
export interface ValidationOptions {
  readonly extent: ValidationExtent;
  readonly rivals: readonly RivalName[];
  /** Whether npm may fetch rivals that are not there. */
  readonly mayInstall: boolean;
  readonly progress: (text: string) => void;
}

const PEERS: Readonly<Partial<Record<RivalName, PeerName>>> = {
  'tiny-secp256k1': 'tiny-secp256k1',
  anvil: 'anvil',
  hardhat: 'hardhat',
  ganache: 'ganache',
  '@ethereumjs/vm': 'ethereumjs',
};

/**
 * Measures the whole way of a transaction, and parts of it, against programs and libraries that do the same, in turns in one run. What a rival
 * lacks is installed first. Rates are per CPU second: of this process, or of all processes of a server.
 */
export async function measureValidation(options: ValidationOptions): Promise<ValidationReport> {
  const { extent, rivals, progress } = options;
  const absent = await installAll(options);
  progress('signing the transactions …');
  const workload = new SignedWorkload(sizeOf(extent));
  const codes = once(() => evmCodes(progress));
  const evm = once(() => new EvmRates(workload, codes()));
  const blocks = await ImportedBlocks.make(workload, extent.imported);
  const all = [
    ...recoverContests(extent),
    ...machineContests(extent, workload, evm),
    importContest(blocks, extent, evm),
    ...tradeContests(extent, workload, codes),
  ];
  const contests = all.flatMap(({ measure, ours, theirs }) => {
    const chosen = Object.entries(theirs).filter(([name]) => rivals.includes(name as RivalName));
    const present = chosen.map(([name, run]) => [name, refused(absent.get(name as RivalName)) ?? run] as const);
    return present.length === 0 ? [] : [{ measure, ours, theirs: Object.fromEntries(present) }];
  });
  const results = await runContests(contests, extent.rounds, progress);
  const turns = await blocks.turns();
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    rounds: extent.rounds,
    rivals: results,
    turns,
  };
}

/** Why rivals are not there. */
async function installAll({ rivals, mayInstall, progress }: ValidationOptions): Promise<Map<RivalName, unknown>> {
  const absent = new Map<RivalName, unknown>();
  for (const name of rivals) {
    const peer = PEERS[name];
    if (peer === undefined) continue;
    try {
      if (mayInstall) await installPeer(peer, progress);
      else if (!isInstalled(peer)) throw new WattchainError('benchPeer', `bench/peers/${peer} is not installed`);
    } catch (error) {
      absent.set(name, error);
    }
  }
  return absent;
}

function refused(reason: unknown): (() => Promise<Entrant>) | undefined {
  return reason === undefined ? undefined : () => Promise.reject(reason);
}

/** As many as the longest of the measures sends. */
function sizeOf({ rounds, trades, slowTrades, imported, slowImported, transfers, slowTransfers }: ValidationExtent) {
  const all = ({ warmUp, measured }: Extent, times = 1) => warmUp + times * measured;
  return {
    trades: Math.max(all(trades, rounds), all(slowTrades, rounds), all(imported), all(slowImported)),
    transfers: Math.max(all(transfers), all(slowTransfers)),
  };
}

/** Makes something when it is first needed. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Who needs nothing but to be asked. */
const inProcess = (rate: () => number | Promise<number>) => async (): Promise<Entrant> => ({
  run: async () => ({ perCpuSecond: await rate() }),
});

function recoverContests({ signatures: count, slowSignatures: share }: ValidationExtent): Contest[] {
  const signatures = new Signatures(count);
  const theirs = {
    '@noble/secp256k1': inProcess(() => signatures.noble(share)),
    'tiny-secp256k1': inProcess(() => signatures.tiny(share)),
  };
  return [
    { measure: 'recover', ours: inProcess(() => signatures.own(true)), theirs },
    { measure: 'recoverSingle', ours: inProcess(() => signatures.own(false)), theirs },
  ];
}

function machineContests(
  { transfers, slowTransfers }: ValidationExtent,
  workload: SignedWorkload,
  evm: () => EvmRates,
): Contest[] {
  return MACHINE_MEASURES.map((measure) => ({
    measure,
    ours: inProcess(() => ownMachineRate(measure, workload, transfers)),
    theirs: { '@ethereumjs/vm': inProcess(() => evm().machineRate(measure, slowTransfers)) },
  }));
}

function importContest(blocks: ImportedBlocks, extent: ValidationExtent, evm: () => EvmRates): Contest {
  const sources = blocks.signatures(extent.slowSignatures);
  return {
    measure: 'import',
    ours: inProcess(() => blocks.rate()),
    theirs: {
      '@noble/secp256k1': inProcess(
        async () => (await cpuRate(sources.length, () => sources.map(recoverPublicKeyByNoble)))[1],
      ),
      '@ethereumjs/vm': inProcess(() => evm().importRate(extent.slowImported)),
    },
  };
}

function tradeContests(extent: ValidationExtent, workload: SignedWorkload, codes: () => TradeCodes): Contest[] {
  const enter = (measure: TradeMeasure, contestant: () => Contestant, some: Extent) => async () =>
    enterTrades(measure, contestant(), workload, some);
  return TRADE_MEASURES.map((measure) => ({
    measure,
    ours: enter(measure, ownContestant, extent.trades),
    theirs: Object.fromEntries(
      RIVAL_SERVERS.map((name) => {
        const some = isSlow(name, measure) ? extent.slowTrades : extent.trades;
        return [name, enter(measure, () => rivalContestant(name, codes()), some)];
      }),
    ),
  }));
}

/** Ganache takes too long for more, and so does Anvil where each transaction has its own block: it works out the root of the whole state for every one. */
function isSlow(name: RivalServer, measure: TradeMeasure): boolean {
  return name === 'ganache' || (name === 'anvil' && measure === 'tradesOneByOne');
}
