import { fromHex, type Hash, toHex } from '../bytes.js';
import type { Outcome } from '../error.js';
import type { RlpFault, RlpItem } from './rlp.js';
import type { AccessList, AccessListEntry } from './types.js';

/** `[[address, [storageKey, …]], …]` (EIP-2930). */
export function encodeAccessList(list: AccessList): RlpItem {
  return list.map(({ address, storageKeys }) => [fromHex(address), storageKeys.map(fromHex)]);
}

/** Reverse of {@link encodeAccessList}: addresses of 20 bytes, keys of 32, nothing else; entries may repeat. */
export function accessListOf(item: RlpItem): Outcome<AccessList, RlpFault> {
  if (item instanceof Uint8Array) return bad('is no list');
  const list: AccessListEntry[] = [];
  for (const [i, entry] of item.entries()) {
    if (entry instanceof Uint8Array || entry.length !== 2)
      return bad(`entry ${i} is no list of an address and its keys`);
    const [address, keys] = entry as [RlpItem, RlpItem];
    if (!(address instanceof Uint8Array)) return bad(`entry ${i} begins with a list, an address is expected`);
    if (address.length !== 20) return bad(`entry ${i} has an address of ${address.length} bytes, 20 are expected`);
    if (keys instanceof Uint8Array) return bad(`entry ${i} has no list of keys`);
    const storageKeys: Hash[] = [];
    for (const key of keys) {
      if (!(key instanceof Uint8Array)) return bad(`entry ${i} has a list among its keys`);
      if (key.length !== 32) return bad(`entry ${i} has a key of ${key.length} bytes, 32 are expected`);
      storageKeys.push(toHex(key));
    }
    list.push({ address: toHex(address), storageKeys });
  }
  return { value: list };
}

function bad(detail: string): { fault: RlpFault } {
  return { fault: { detail: `the access list ${detail}` } };
}
