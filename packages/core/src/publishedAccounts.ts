import type { Address } from './bytes.js';

/**
 * The testbed's mnemonic, known to everyone who reads this line: whoever holds value under it has given it away.
 * Accounts follow BIP-44 at `m/44'/60'/0'/0/i`.
 */
export const PUBLISHED_MNEMONIC = 'lonely rebel farm seven waste vacant wet armed ghost uncle enter child';

/**
 * The accounts of {@link PUBLISHED_MNEMONIC}, i = 0 … 36: the testbed's eight participants, and the households 4 to 32 of communities
 * that are larger than the paper's. No network but a testbed may give them anything.
 */
export const PUBLISHED_ADDRESSES: readonly Address[] = [
  '0xbea1b148f781826391347c8624d309fbea4071d1',
  '0xf6bb90339b3f0b7617cc2d89488ea24237b25131',
  '0xfbc24b00995af1435e4b352e2fcdae0715565101',
  '0xfcfd0ff1dbc8f7c4a5ad91cab60532051229df39',
  '0xd884b0aa897aeca92b0b998172d532dab4e6d760',
  '0x15fcab099c5b3045dcf4423c89321e9b91abf8e9',
  '0xe20589a03ce8025e1efd32fd1c76c8489f6eb51e',
  '0xba5a142d18d3f47d33acedd9d6f7f6cee0bb8219',
  '0x6616f4cdc4c4cc906d5502cfadb4aac84b4e2bb3',
  '0x9c3870cf81be08d074259b467ce25001fa16e222',
  '0x8114d5447f8f775e4ce127f70daa0623327c3a11',
  '0x18aa492fc482de67fb8e81e9275c954503d0334a',
  '0x7cf7d71b4bdf9cefa6332c795f002519e063b151',
  '0x507587da6c7dfa8303836a3eb7a18742a8a3a27c',
  '0x7ed5cc6ef50ab9beb68f74d11254bd061bc147a5',
  '0x704bd9133d4dcdf14839b4747e61956be6be5b31',
  '0x3d9471f7bc9ee91e81e8b6f903fccb67d66f2030',
  '0x8df6944b216efe514b3f3290018fa84bbb0c6061',
  '0x97cee1e7058d6a7560e2d841332cb52c64299b86',
  '0x7cebdc8f6fb51d2191ee9538c8897114355ce301',
  '0x29e16005a0f13f74abae790778293630c6a18ce7',
  '0x74d9d300b9e1b16355ba34b57285975695d115e2',
  '0x571ead563659822e326f9d8bae9afd484085d71e',
  '0x25d702ff1358feff65fc7c35ae65dbeb1313d6f6',
  '0xa582e4cee2c916499bfa13aa24e23ce6472fd345',
  '0xef252623bab5638834263bcd75eb7e9fb671f15f',
  '0xbaf4ed0f099b15cda9c44d4ee739ba6250e01297',
  '0x2f83bbcbfd043dcc50a2f08091bc8ecb610f9498',
  '0x3cb99e31fb20184fa7bc63fd53a0e4358559c1da',
  '0xe0fd917b5166ddae8f8a1cc6da2c9358a0a1313a',
  '0xcbb56257d4cb7ff3f7d1736690872d8bfd70aa4f',
  '0xac86915375893da265519f801a94b9c22e1b5c48',
  '0xb7f1c53ff18469ab5d43cc1206603ce607b2f4c8',
  '0x7e039ffff36fbfcf98e08632e44ab21fbee0a36a',
  '0xed11baa119cf17a63923495f56a9f4f2fe49a7b3',
  '0x4a6540ff03fa65ec041c28897d22971e50bb069a',
  '0x8299bbcb627ab76fd5de25d0740ae9350d37ce88',
];

/** Who holds the first eight of {@link PUBLISHED_ADDRESSES} on a testbed, in their order, and what they do there. */
export const PUBLISHED_PARTICIPANTS = [
  { name: 'node-1', role: 'the household with solar panels, node 1 of Table 2' },
  { name: 'gateway', role: 'reports the readings of all meters' },
  { name: 'node-2', role: 'a household that buys, node 2 of Table 2' },
  { name: 'node-3', role: 'a household that buys, node 3 of Table 2' },
  { name: 'miner-1', role: 'earns rewards and fees' },
  { name: 'operator-1', role: 'runs the bank' },
  { name: 'miner-2', role: 'earns rewards and fees' },
  { name: 'operator-2', role: 'runs the bank' },
] as const satisfies readonly { readonly name: string; readonly role: string }[];

/** The paper's households are among the first eight; those of larger communities follow. */
const FIRST_FURTHER_HOUSEHOLD = 4;

/** Who holds the account at an index of {@link PUBLISHED_ADDRESSES}: `node-4` and so on after the first eight. */
export function publishedParticipant(index: number): { readonly name: string; readonly role: string } {
  return (
    PUBLISHED_PARTICIPANTS[index] ?? {
      name: `node-${index - PUBLISHED_PARTICIPANTS.length + FIRST_FURTHER_HOUSEHOLD}`,
      role: "a household of a community larger than the paper's",
    }
  );
}

const PUBLISHED: ReadonlySet<Address> = new Set(PUBLISHED_ADDRESSES);

/** Whether everybody can sign for this address. */
export function isPublishedAddress(address: Address): boolean {
  return PUBLISHED.has(address);
}
