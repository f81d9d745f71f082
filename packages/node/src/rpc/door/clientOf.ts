import type { Socket } from 'node:net';
import { canonicalAddress, isLoopback, networkOf } from '../../base/ipNetwork.js';

/**
 * Whose a connection is, for what belongs to all: those of one address are one client. On this machine every program, and
 * behind a proxy that the configuration names everybody, has the same address, so each connection is a client of its own.
 * What a request says of where it comes from (`X-Forwarded-For`) is never asked: anybody can write it.
 */
export function clientOf(
  { remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>,
  proxies: readonly string[],
): string {
  const address = canonicalAddress(remoteAddress ?? '');
  if (isLoopback(address) || proxies.some((proxy) => canonicalAddress(proxy) === address)) {
    return `${address} ${remotePort}`;
  }
  return networkOf(address);
}
