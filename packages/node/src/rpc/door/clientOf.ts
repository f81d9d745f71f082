import { isIPv4, isIPv6, type Socket } from 'node:net';

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
  return isIPv6(address) ? networkOf(address) : address;
}

/** One spelling per address: what came by IPv4 is written so, IPv6 without a zone, in full and in lower case. */
function canonicalAddress(address: string): string {
  const [withoutZone = ''] = address.toLowerCase().split('%');
  if (!isIPv6(withoutZone)) return withoutZone;
  const groups = groupsOf(withoutZone);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return groups.map((group) => group.toString(16)).join(':');
}

function groupsOf(address: string): number[] {
  // The last 32 bits may be written as IPv4.
  const plain = address.replace(/[^:]+\.[^:]+$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [read(head), read(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function isLoopback(address: string): boolean {
  return isIPv4(address) ? address.startsWith('127.') : address === '0:0:0:0:0:0:0:1';
}

/** A household has a whole /64, and a machine as many addresses in it as it likes. Link-local ones are one per machine. */
function networkOf(address: string): string {
  return /^fe[89ab]/.test(address) ? address : `${address.split(':').slice(0, 4).join(':')}::/64`;
}
