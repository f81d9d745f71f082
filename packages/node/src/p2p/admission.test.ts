import { beforeEach, describe, expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { networkOfMultiaddr, PeerAdmission } from './admission.js';
import { type PeerFault, SCORE } from './faultPolicy.js';
import { MAX_PEERS, MAX_PEERS_PER_NETWORK, MAX_PENDING_PER_NETWORK } from './limits.js';
import { PendingInbound } from './pendingInbound.js';
import type { Connected } from './transport.js';

const FATAL: PeerFault = { code: 'headerHeight', got: 1, expected: 2 };
const SERIOUS: PeerFault = { code: 'messageShape', detail: '' };
const SLIGHT: PeerFault = { code: 'requestTimeout', protocol: 'p', afterMs: 1 };

let runtime: ManualRuntime;
let admission: PeerAdmission;
const connected: Connected[] = [];

beforeEach(() => {
  connected.length = 0;
  runtime = new ManualRuntime(0);
  admission = create();
});

function create(allow?: readonly string[]): PeerAdmission {
  return new PeerAdmission({
    stopwatch: runtime.stopwatch,
    allow,
    isOurs: (peerId) => peerId.startsWith('known'),
    connected: () => connected,
  });
}

const at = (host: string, peerId: string, direction: Connected['direction'] = 'inbound'): Connected => {
  return { peerId, direction, address: `/ip4/10.0.0.${host}/tcp/40001` };
};

/** Makes a connection as the network does; who had to go for it. */
function join(connection: Connected): 'refused' | string | undefined {
  const place = admission.admits(connection) ? admission.take(connection) : undefined;
  if (place === undefined) return 'refused';
  const index = connected.findIndex(({ peerId }) => peerId === place.from);
  if (index >= 0) connected.splice(index, 1);
  connected.push(connection);
  return place.from;
}

describe('a ban', () => {
  it('is not escaped by a new key: nobody unknown comes in from an address of the banned', () => {
    join(at('1', 'liar'));
    expect(admission.record('liar', FATAL)).toBe('ban');
    expect(admission.admits(at('1', 'liar'))).toBe(false);
    for (let key = 0; key < 1_000; key++) expect(admission.admits(at('1', `new key ${key}`))).toBe(false);
    expect(admission.admits(at('2', 'new key'))).toBe(true);
    runtime.advance(SCORE.banMs);
    expect(admission.admits(at('1', 'new key'))).toBe(true);
  });

  it('follows from the faults of several keys of one address together, as it does from those of one', () => {
    for (const [key, isLetIn] of [
      ['a', true],
      ['b', true],
      ['c', true],
      ['d', false],
    ] as const) {
      expect(admission.admits(at('1', key)), key).toBe(isLetIn);
      join(at('1', key));
      admission.record(key, SERIOUS);
      connected.length = 0;
    }
  });

  it('is of the address too when the fault is found after its sender has left', () => {
    join(at('1', 'quick'));
    connected.length = 0;
    admission.record('quick', FATAL);
    expect(admission.admits(at('1', 'new key'))).toBe(false);
  });

  it('of an address is nothing against peers that the node was told of, nor those that it dials', () => {
    join(at('1', 'liar'));
    admission.record('liar', FATAL);
    expect(admission.admits(at('1', 'known'))).toBe(true);
    expect(admission.admits(at('1', 'anybody', 'outbound'))).toBe(true);
  });

  it('of a known peer is its own: its address may be that of a whole testbed', () => {
    join(at('1', 'known liar'));
    admission.record('known liar', FATAL);
    expect(admission.admits(at('1', 'known liar'))).toBe(false);
    expect(admission.admits(at('1', 'neighbour'))).toBe(true);
  });

  it('never comes from what honest peers do under load, however many of them share an address', () => {
    for (let peer = 0; peer < 100; peer++) {
      join(at('1', `peer ${peer}`));
      for (let i = 0; i < 10; i++) admission.record(`peer ${peer}`, SLIGHT);
      connected.length = 0;
    }
    admission.record('peer 0', SERIOUS);
    expect(admission.admits(at('1', 'newcomer'))).toBe(true);
  });

  it('is of a /64 where addresses are IPv6', () => {
    const from = (address: string, peerId: string): Connected => {
      return { peerId, direction: 'inbound', address: `/ip6/${address}/tcp/1` };
    };
    join(from('2001:db8:1:2::1', 'liar'));
    admission.record('liar', FATAL);
    expect(admission.admits(from('2001:db8:1:2:3:4:5:6', 'new key'))).toBe(false);
    expect(admission.admits(from('2001:db8:1:3::1', 'new key'))).toBe(true);
  });
});

describe('places of strangers', () => {
  it('of one address are a few', () => {
    for (let i = 0; i < MAX_PEERS_PER_NETWORK; i++) expect(join(at('1', `key ${i}`))).toBeUndefined();
    expect(join(at('1', 'one more'))).toBe('refused');
    // It may open its second connection.
    expect(admission.admits(at('1', 'key 0'))).toBe(true);
    expect(join(at('2', 'neighbour'))).toBeUndefined();
    expect(join(at('1', 'known'))).toBeUndefined();
    expect(join(at('1', 'dialled', 'outbound'))).toBeUndefined();
  });

  it('that are all taken are shared: whoever has most gives one to who has less, its newest', () => {
    const attackers = MAX_PEERS / MAX_PEERS_PER_NETWORK;
    for (let i = 0; i < MAX_PEERS; i++) join(at(String(1 + (i % attackers)), `attacker ${i}`));
    expect(connected).toHaveLength(MAX_PEERS);
    expect(join(at('100', 'honest'))).toBe(`attacker ${MAX_PEERS - 1}`);
    // The attacker comes back from the same address, which has as many as the others, and takes nobody's place.
    expect(join(at(String(attackers), 'again'))).toBe('refused');
    expect(connected.map(({ peerId }) => peerId)).toContain('honest');
    expect(connected).toHaveLength(MAX_PEERS);
  });

  it('are not enough for each other when every address has one: who is there stays', () => {
    for (let i = 0; i < MAX_PEERS; i++) join(at(String(i), `peer ${i}`));
    expect(join(at('200', 'newcomer'))).toBe('refused');
  });

  it('that are all taken keep no known peer out, and none that is dialled', () => {
    for (let i = 0; i < MAX_PEERS; i++) join(at(String(i), `stranger ${i}`));
    for (let i = 0; i < 40; i++) expect(join(at('200', `known ${i}`))).toBeUndefined();
    expect(join(at('200', 'dialled', 'outbound'))).toBeUndefined();
  });

  it('are taken at the moment of the connection, not when it was asked for', () => {
    const late = at('1', 'late');
    expect(admission.admits(late)).toBe(true);
    for (let i = 0; i < MAX_PEERS_PER_NETWORK; i++) join(at('1', `key ${i}`));
    expect(admission.take(late)).toBeUndefined();
  });
});

it('an allow-list is asked first', () => {
  admission = create(['friend']);
  expect(admission.admits(at('1', 'friend'))).toBe(true);
  expect(admission.admits(at('1', 'known'))).toBe(false);
  expect(admission.admits(at('1', 'stranger', 'outbound'))).toBe(false);
});

it('an address is read out of a multiaddr', () => {
  expect(networkOfMultiaddr('/ip4/192.0.2.7/tcp/30303/p2p/12D3')).toBe('192.0.2.7');
  expect(networkOfMultiaddr('/ip6/::ffff:192.0.2.7/tcp/1')).toBe('192.0.2.7');
  expect(networkOfMultiaddr('/ip6zone/eth0/ip6/fe80::1/tcp/1')).toBe('fe80:0:0:0:0:0:0:1');
  for (const other of ['', '/dns4/meter.local/tcp/1', '/memory/7']) expect(networkOfMultiaddr(other)).toBeUndefined();
});

it('connections that are being made are limited by address, and counted until each has ended once', () => {
  const pending = new PendingInbound();
  const address = '/ip4/10.0.0.1/tcp/1';
  const ends = Array.from({ length: MAX_PENDING_PER_NETWORK }, () => pending.begin(address));
  expect(pending.begin('/ip4/10.0.0.1/tcp/2')).toBeUndefined();
  expect(pending.begin('/ip4/10.0.0.2/tcp/1')).toBeDefined();
  ends[0]?.();
  ends[0]?.();
  expect(pending.begin(address)).toBeDefined();
  expect(pending.begin(address)).toBeUndefined();
  for (const end of ends) end?.();
  expect(pending.size).toBe(2);
});
