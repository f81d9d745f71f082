import type { Address } from '@wattchain/core';
import { COUNCIL_ADDRESS, METER_REGISTRY_ADDRESS } from './contracts.js';

/** Where a community's contracts stand in a network whose genesis carries them. Nobody has a key of these addresses. */
export const COMMUNITY_ADDRESSES = {
  registryAddress: METER_REGISTRY_ADDRESS,
  councilAddress: COUNCIL_ADDRESS,
  moneyAddress: '0xe000000000000000000000000000000000000010',
  gridAddress: '0xe000000000000000000000000000000000000011',
  marketAddress: '0xe000000000000000000000000000000000000012',
} as const satisfies Readonly<Record<string, Address>>;
