import { expect, test } from 'vitest';
import { canonicalAddress, isLoopback, networkOf } from './ipNetwork.js';

const network = (address: string) => networkOf(canonicalAddress(address));

test('an IPv4 address is a network of its own, however it came', () => {
  expect(network('192.0.2.7')).toBe('192.0.2.7');
  expect(network('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(network('::FFFF:c000:207')).toBe('192.0.2.7');
});

test('of IPv6 a /64 is one, but for this machine and the link', () => {
  expect(network('2001:DB8:1:2::1')).toBe(network('2001:db8:1:2:ffff::9'));
  expect(network('2001:db8:1:2::1')).not.toBe(network('2001:db8:1:3::1'));
  expect(network('fe80::1%eth0')).not.toBe(network('fe80::2%eth0'));
  expect(network('::1')).not.toBe(network('::2'));
});

test('this machine has many addresses', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
    expect(isLoopback(canonicalAddress(address)), address).toBe(true);
  }
  expect(isLoopback('128.0.0.1')).toBe(false);
});
