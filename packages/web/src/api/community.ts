import { computed } from '@preact/signals';
import { type Community, type CommunityDescription, communityOf, readCommunityDescription } from '@wattchain/market';
import type { Address } from 'viem';
import { shortAddress } from '../format.js';
import { account, accounts, publishedAccounts } from '../keys/session.js';
import { periodsOf } from '../model/days.js';
import { type MeterClock, meterClock } from '../model/meterTime.js';
import { type NameBook, nameBook, nameIn } from '../model/names.js';
import type { Reader } from '../model/transactionWords.js';
import { recentBlocks } from './blocks.js';
import { ledger } from './ledger.js';
import { genesis, registryRules, status } from './live.js';
import { contracts } from './node.js';

/** The community as the events that are read so far tell it. */
export const community = computed<Community>(() =>
  communityOf(ledger.value?.events ?? [], registryRules.value.resolutionSeconds),
);

/** What the network was made for. */
export const description = computed<CommunityDescription>(() =>
  readCommunityDescription(genesis.value?.genesis.community),
);

/** Days and hours where the community lives. */
export const clock = computed<MeterClock>(() =>
  meterClock(description.value.zone, registryRules.value.resolutionSeconds),
);

/** The periods that are known, by day: worked out when events come, not at every block. */
export const days = computed(() => periodsOf(community.value, clock.value));

/** What everybody on the chain is called. */
export const names = computed<NameBook>(() => {
  const events = ledger.value?.events ?? [];
  const { meters } = community.value;
  const owners = new Set(meters.map(({ owner }) => owner));
  return nameBook({
    own: account.value,
    accounts: accounts.value.filter(({ kind }) => kind === 'stored'),
    contracts: CONTRACT_NAMES,
    homes: Object.entries(description.value.homes ?? {}).map(([address, name]) => ({
      address: address as Address,
      name,
    })),
    meters,
    published: publishedAccounts.value,
    operators: events.flatMap(({ eventName, args }) =>
      eventName === 'MeterRegistered'
        ? [args.registrar]
        : eventName === 'Attested' || eventName === 'Deposited' || eventName === 'RatesAnnounced'
          ? [args.operator]
          : [],
    ),
    reporters: events.flatMap(({ eventName, args }) =>
      eventName === 'MeterRegistered' && !args.isDevice && !owners.has(args.source) ? [args.source] : [],
    ),
    miners: [
      ...(status.value?.miner.address ? [status.value.miner.address] : []),
      ...recentBlocks.value.map(({ miner }) => miner),
    ],
  });
});

/** How this page's person reads what contracts refuse. */
export const reader = computed<Reader>(() => ({
  clock: clock.value,
  nameOf: (address) => nameIn(names.value, address)?.name ?? shortAddress(address),
}));

const CONTRACT_NAMES = [
  { name: 'EnergyToken', address: contracts.tokenAddress },
  { name: 'Bank', address: contracts.bankAddress },
  { name: 'EnergyTrade', address: contracts.tradeAddress },
  { name: 'MeterRegistry', address: contracts.registryAddress },
  { name: 'Council', address: contracts.councilAddress },
];
