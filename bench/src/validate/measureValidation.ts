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
import type { TradeCodes } from '../trades/tradeWorkload.js';
import { ImportedBlocks, type TurnTimes } from './blockRates.js';
import { evmImportRate, evmMachineRate, MACHINE_MEASURES, ownMachineRate } from './machineRates.js';
import { Signatures } from './recoverRates.js';
import {
  type Contest,
  cpuRate,
  type MissingMeasure,
  type Rate,
  type RivalMeasure,
  type RivalName,
  runContests,
} from './rivals.js';
import { measureTrades, SignedTrades, TRADE_MEASURES, type TradeExtent, type TradeMeasure } from './tradeRates.js';

/** What `wattchain bench validate` says. */
export interface ValidationReport {
  readonly node: string;
  readonly cpu: string;
  readonly rounds: number;
  readonly rivals: readonly (RivalMeasure | MissingMeasure)[];
  /** Processor time between two turns of the event loop while full blocks are imported. */
  readonly turns: TurnTimes;
}

/** How much is measured. */
export interface ValidationExtent {
  readonly rounds: number;
  /** Signatures of ours, and of the slower rivals. */
  readonly signatures: number;
  readonly slowSignatures: number;
  /** Of this project's server and the faster rivals, and of the slower ones. */
  readonly trades: TradeExtent;
  readonly slowTrades: TradeExtent;
  /** Transfers of tokens in this process, and of the rival. */
  readonly transfers: TradeExtent;
  readonly slowTransfers: TradeExtent;
  /** Trades that are imported, and by the rival. */
  readonly imported: TradeExtent;
  readonly slowImported: TradeExtent;
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
  const blocks = await ImportedBlocks.make(extent.imported);
  let compiled: TradeCodes | undefined;
  const codes = () => {
    compiled ??= evmCodes(progress);
    return compiled;
  };
  const all = [
    ...recoverContests(extent),
    ...machineContests(extent, codes),
    importContest(blocks, extent, codes),
    ...tradeContests(extent, codes),
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

function refused(reason: unknown): (() => Promise<Rate>) | undefined {
  return reason === undefined ? undefined : () => Promise.reject(reason);
}

function recoverContests({ signatures: count, slowSignatures: share }: ValidationExtent): Contest[] {
  const signatures = new Signatures(count);
  const theirs = { '@noble/secp256k1': () => signatures.noble(share), 'tiny-secp256k1': () => signatures.tiny(share) };
  return [
    { measure: 'recover', ours: () => signatures.own(true), theirs },
    { measure: 'recoverSingle', ours: () => signatures.own(false), theirs },
  ];
}

function machineContests({ transfers, slowTransfers }: ValidationExtent, codes: () => TradeCodes): Contest[] {
  return MACHINE_MEASURES.map((measure) => ({
    measure,
    ours: async () => ({ perCpuSecond: await ownMachineRate(measure, transfers) }),
    theirs: {
      '@ethereumjs/vm': async () => ({ perCpuSecond: await evmMachineRate(measure, codes(), slowTransfers) }),
    },
  }));
}

function importContest(blocks: ImportedBlocks, extent: ValidationExtent, codes: () => TradeCodes): Contest {
  const sources = blocks.signatures(extent.slowSignatures);
  return {
    measure: 'import',
    ours: async () => ({ perCpuSecond: await blocks.rate() }),
    theirs: {
      '@noble/secp256k1': async () => ({
        perCpuSecond: (await cpuRate(sources.length, () => sources.map(recoverPublicKeyByNoble)))[1],
      }),
      '@ethereumjs/vm': async () => ({ perCpuSecond: await evmImportRate(codes(), extent.slowImported) }),
    },
  };
}

function tradeContests(extent: ValidationExtent, codes: () => TradeCodes): Contest[] {
  let signed: SignedTrades | undefined;
  const run = (measure: TradeMeasure, contestant: () => Contestant, some: TradeExtent) => async () => {
    // Just before the first server starts, whose time it is to be.
    signed ??= new SignedTrades(Math.floor(Date.now() / 1_000), extent.trades.warmUp + extent.trades.measured);
    return measureTrades(measure, contestant(), signed, some);
  };
  return TRADE_MEASURES.map((measure) => ({
    measure,
    ours: run(measure, ownContestant, extent.trades),
    theirs: Object.fromEntries(
      RIVAL_SERVERS.map((name) => {
        const some = isSlow(name, measure) ? extent.slowTrades : extent.trades;
        return [name, run(measure, () => rivalContestant(name, codes()), some)];
      }),
    ),
  }));
}

/** Ganache takes too long for more, and so does Anvil where each transaction has its own block: it keeps every state. */
function isSlow(name: RivalServer, measure: TradeMeasure): boolean {
  return name === 'ganache' || (name === 'anvil' && measure === 'tradesOneByOne');
}
