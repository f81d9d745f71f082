import { pbkdf2Sync } from 'node:crypto';
import {
  type Address,
  PUBLISHED_ADDRESSES,
  PUBLISHED_MNEMONIC,
  PUBLISHED_PARTICIPANTS,
  publishedParticipant,
} from '@wattchain/core';
import { type HDAccount, HDKey, hdKeyToAccount } from 'viem/accounts';

/** The four machines of the paper's testbed. */
export const MACHINES = ['home-1', 'home-2', 'miner-1', 'miner-2'] as const;
export type MachineName = (typeof MACHINES)[number];

/** Who holds the testbed's eight accounts, in the order of their index under the published mnemonic, two a machine. */
export const PARTICIPANTS = PUBLISHED_PARTICIPANTS.map((participant, index) => ({
  ...participant,
  machine: MACHINES[Math.floor(index / 2)] as MachineName,
}));
type NamedParticipant = (typeof PARTICIPANTS)[number]['name'];
/** A household by its place in a community, from `node-1`. */
export type HouseholdName = `node-${number}`;
export type ParticipantName = NamedParticipant | HouseholdName;

/** Somebody who holds an account of the testbed. */
export interface Participant {
  readonly name: ParticipantName;
  readonly machine: MachineName;
  readonly role: string;
}

/** Most households of a community on the testbed: as many as core publishes accounts for. */
export const MAX_HOUSEHOLDS = 32;
const PAPER_HOUSEHOLDS = 3;

/** Households 4 to 32, for communities larger than the paper's; they use the machines of the paper's households in turn. */
const FURTHER_HOUSEHOLDS: readonly Participant[] = Array.from(
  { length: MAX_HOUSEHOLDS - PAPER_HOUSEHOLDS },
  (_, index) => ({
    name: householdName(PAPER_HOUSEHOLDS + index),
    machine: index % 2 === 0 ? 'home-1' : 'home-2',
    role: publishedParticipant(PARTICIPANTS.length + index).role,
  }),
);
/** Everybody, in the order of {@link PUBLISHED_ADDRESSES}. */
const EVERYBODY: readonly Participant[] = [...PARTICIPANTS, ...FURTHER_HOUSEHOLDS];

/** The household at a position from 0: `node-1`, `node-2`, … */
export function householdName(position: number): HouseholdName {
  return `node-${position + 1}`;
}

/** The eight participants, and as many further households as a community of so many needs. */
export function participantsFor(households: number): readonly Participant[] {
  return EVERYBODY.slice(0, PARTICIPANTS.length + Math.max(0, households - PAPER_HOUSEHOLDS));
}

/** The participant of a name, or none. */
export function findParticipant(name: string): Participant | undefined {
  return EVERYBODY.find((candidate) => candidate.name === name);
}

/** The participant whose name differs from this in its case at most. */
export function participantLike(name: string): Participant | undefined {
  return EVERYBODY.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
}

/** Who holds a published address, or nobody. */
export function participantAt(address: Address): Participant | undefined {
  return EVERYBODY[PUBLISHED_ADDRESSES.indexOf(address)];
}

/** The key of everybody's accounts. BIP-39's seed by the native PBKDF2: the JavaScript one behind `mnemonicToAccount` takes a third of a second a call. */
const rootKey = HDKey.fromMasterSeed(pbkdf2Sync(PUBLISHED_MNEMONIC, 'mnemonic', 2048, 64, 'sha512'));
const accounts = new Map<ParticipantName, HDAccount>();

/** The signing account of a participant; its key is public, so it must hold nothing of value. */
export function participantAccount(name: ParticipantName): HDAccount {
  const known = accounts.get(name);
  if (known) return known;
  const addressIndex = EVERYBODY.findIndex((participant) => participant.name === name);
  if (addressIndex < 0) throw new RangeError(name);
  const account = hdKeyToAccount(rootKey, { addressIndex });
  accounts.set(name, account);
  return account;
}

/** The machine that a participant sends its transactions through. */
export function machineOf(name: ParticipantName): MachineName {
  const participant = findParticipant(name);
  if (!participant) throw new RangeError(name);
  return participant.machine;
}
