import { describe, expect, test } from 'vitest';
import { clientOf } from './clientOf.js';

const client = (remoteAddress: string | undefined, remotePort = 1, proxies: string[] = []) =>
  clientOf({ remoteAddress, remotePort } as Parameters<typeof clientOf>[0], proxies);

describe('a client is', () => {
  test('an address, whichever port it comes from and however it is spelled', () => {
    expect(client('192.0.2.7', 1)).toBe(client('192.0.2.7', 2));
    expect(client('192.0.2.7')).not.toBe(client('192.0.2.8'));
    expect(client('::ffff:192.0.2.7')).toBe(client('192.0.2.7'));
    expect(client('::FFFF:c000:207')).toBe(client('192.0.2.7'));
  });

  test('a network of IPv6, since a machine may take any address of it', () => {
    expect(client('2001:db8:1:2::1')).toBe(client('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(client('2001:db8:1:2::1')).not.toBe(client('2001:db8:1:3::1'));
    expect(client('2001:db8::1')).toBe(client('2001:0DB8:0:0:9::'));
  });

  test('a machine on the link, which shares its network with all others', () => {
    expect(client('fe80::1%eth0')).not.toBe(client('fe80::2%eth0'));
    expect(client('fe80::1%eth0', 1)).toBe(client('fe80::1%eth0', 2));
  });

  test('a connection on this machine', () => {
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
      expect(client(address, 1), address).not.toBe(client(address, 2));
      expect(client(address, 1), address).toBe(client(address, 1));
    }
  });

  test('a connection behind a proxy that the configuration names, and behind no other', () => {
    expect(client('192.0.2.7', 1, ['192.0.2.7'])).not.toBe(client('192.0.2.7', 2, ['192.0.2.7']));
    expect(client('::ffff:192.0.2.7', 1, ['192.0.2.7'])).not.toBe(client('192.0.2.7', 2, ['192.0.2.7']));
    expect(client('2001:db8::1', 1, ['2001:DB8:0::1'])).not.toBe(client('2001:db8::1', 2, ['2001:DB8:0::1']));
    expect(client('2001:db8::2', 1, ['2001:db8::1'])).toBe(client('2001:db8::2', 2, ['2001:db8::1']));
  });

  test('somebody, even when its connection is gone already', () => {
    expect(client(undefined)).toBe('');
  });
});
