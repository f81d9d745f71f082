import { pbkdf2Sync } from 'node:crypto';
import { PUBLISHED_MNEMONIC } from '@wattchain/core';
import { type HDAccount, HDKey, hdKeyToAccount } from 'viem/accounts';

/** The four machines of the paper's testbed. */
export const MACHINES = ['home-1', 'home-2', 'miner-1', 'miner-2'] as const;
export type MachineName = (typeof MACHINES)[number];

/** Who holds the testbed's eight accounts, in the order of their index under the published mnemonic, two a machine. */
export const PARTICIPANTS = [
  { name: 'node-1', machine: 'home-1', role: 'the household with solar panels, node 1 of Table 2' },
  { name: 'gateway', machine: 'home-1', role: 'reports the readings of all meters' },
  { name: 'node-2', machine: 'home-2', role: 'a household that buys, node 2 of Table 2' },
  { name: 'node-3', machine: 'home-2', role: 'a household that buys, node 3 of Table 2' },
  { name: 'miner-1', machine: 'miner-1', role: 'earns rewards and fees' },
  { name: 'operator-1', machine: 'miner-1', role: 'runs the bank' },
  { name: 'miner-2', machine: 'miner-2', role: 'earns rewards and fees' },
  { name: 'operator-2', machine: 'miner-2', role: 'runs the bank' },
] as const satisfies readonly { name: string; machine: MachineName; role: string }[];
export type ParticipantName = (typeof PARTICIPANTS)[number]['name'];

/** BIP-39's seed by the native PBKDF2: the JavaScript one behind `mnemonicToAccount` takes a third of a second a call. */
const seed = pbkdf2Sync(PUBLISHED_MNEMONIC, 'mnemonic', 2048, 64, 'sha512');
const accounts = new Map<ParticipantName, HDAccount>();

/** The signing account of a participant; its key is public, so it must hold nothing of value. */
export function participantAccount(name: ParticipantName): HDAccount {
  const known = accounts.get(name);
  if (known) return known;
  const addressIndex = PARTICIPANTS.findIndex((participant) => participant.name === name);
  const account = hdKeyToAccount(HDKey.fromMasterSeed(seed), { addressIndex });
  accounts.set(name, account);
  return account;
}

/** The machine that a participant sends its transactions through. */
export function machineOf(name: ParticipantName): MachineName {
  const participant = PARTICIPANTS.find((candidate) => candidate.name === name);
  if (!participant) throw new RangeError(name);
  return participant.machine;
}
