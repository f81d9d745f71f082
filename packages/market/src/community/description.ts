import type { PlainData } from '@wattchain/core';
import type { CommunityZone, ZoneOffset } from '../input/zone.js';

/** What genesis says of a community, as far as pages and reports use it. */
export interface CommunityDescription {
  /** What it is called, and on a testbed which day it trades: `fontana.csv, 2017-07-04`. */
  readonly name: string | undefined;
  /** By which clock its days and hours are told. */
  readonly zone: CommunityZone | undefined;
  /** Names of homes by their accounts in lower case, where the network was made for homes that are known. */
  readonly homes?: Readonly<Record<string, string>>;
}

/** A description as the field `community` of a genesis file. */
export function describeCommunity({ name, zone, homes }: CommunityDescription): PlainData {
  return {
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone: zone as PlainData }),
    ...(homes === undefined ? {} : { homes }),
  };
}

/** Reads the field `community` of a genesis. What is missing or not understood, as from a newer program, is `undefined`. */
export function readCommunityDescription(data: unknown): CommunityDescription {
  const { name, zone, homes } = fieldsOf(data);
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    zone: readZoneData(zone),
    ...(homes === undefined ? {} : { homes: readNames(homes) }),
  };
}

function readNames(data: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(fieldsOf(data)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return Object.fromEntries(texts.map(([account, name]) => [account.toLowerCase(), name]));
}

function readZoneData(data: unknown): CommunityZone | undefined {
  const { kind, name, offsets } = fieldsOf(data);
  if (kind === 'wall') return { kind };
  if (kind === 'named' && typeof name === 'string') return { kind, name };
  if (kind !== 'offsets' || !Array.isArray(offsets) || offsets.length === 0) return undefined;
  return offsets.every(isOffset) ? { kind, offsets } : undefined;
}

function isOffset(data: unknown): data is ZoneOffset {
  const { fromSeconds, offsetSeconds } = fieldsOf(data);
  return Number.isSafeInteger(fromSeconds) && Number.isSafeInteger(offsetSeconds);
}

function fieldsOf(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : {};
}
