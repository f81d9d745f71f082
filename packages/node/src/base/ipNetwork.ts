import { isIPv4, isIPv6 } from 'node:net';

/** One spelling per address: what came by IPv4 is written so, IPv6 without a zone, in full and in lower case. */
export function canonicalAddress(address: string): string {
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

/** Whether a canonical address is this machine's own. */
export function isLoopback(address: string): boolean {
  return isIPv4(address) ? address.startsWith('127.') : address === '0:0:0:0:0:0:0:1';
}

/**
 * What one party has of the addresses, of a canonical one: of IPv4 the address itself; of IPv6 a /64, since a household has a
 * whole one, and a machine as many addresses in it as it likes. Link-local ones are one per machine.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address) || /^fe[89ab]/.test(address) || isLoopback(address)) return address;
  return `${address.split(':').slice(0, 4).join(':')}::/64`;
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
