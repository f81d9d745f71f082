import type { Address } from './bytes.js';

/**
 * The testbed's mnemonic, known to everyone who reads this line: whoever holds value under it has given it away.
 * Accounts follow BIP-44 at `m/44'/60'/0'/0/i`.
 */
export const PUBLISHED_MNEMONIC = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';

/** The eight accounts of {@link PUBLISHED_MNEMONIC}, i = 0 … 7. No network but a testbed may give them anything. */
export const PUBLISHED_ADDRESSES: readonly Address[] = [
  '0xbea1b148f781826391347c8624d309fbea4071d1',
  '0xf6bb90339b3f0b7617cc2d89488ea24237b25131',
  '0xfbc24b00995af1435e4b352e2fcdae0715565101',
  '0xfcfd0ff1dbc8f7c4a5ad91cab60532051229df39',
  '0xd884b0aa897aeca92b0b998172d532dab4e6d760',
  '0x15fcab099c5b3045dcf4423c89321e9b91abf8e9',
  '0xe20589a03ce8025e1efd32fd1c76c8489f6eb51e',
  '0xba5a142d18d3f47d33acedd9d6f7f6cee0bb8219',
];

/** Whether everybody can sign for this address. */
export function isPublishedAddress(address: Address): boolean {
  return PUBLISHED_ADDRESSES.includes(address);
}
