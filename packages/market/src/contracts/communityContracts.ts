import {
  allowancePoolAbi,
  allowancePoolCode,
  callAuctionAbi,
  callAuctionCode,
  certificatesAbi,
  certificatesCode,
  communityMoneyAbi,
  communityMoneyCode,
  communityRegistryAbi,
  communityRegistryCode,
  continuousBookAbi,
  continuousBookCode,
  dualTokenAbi,
  dualTokenCode,
  flexibilityCallAbi,
  flexibilityCallCode,
  gridAbi,
  gridCode,
  mintPerKwhAbi,
  mintPerKwhCode,
  peerChoiceAbi,
  peerChoiceCode,
  poolAbi,
  poolCode,
} from './communityGenerated.js';
import type { ContractArtifact } from './contracts.js';

/** The contracts of a community's market, apart from those of the paper's day: a page that needs those does not load these. */
export const COMMUNITY_ARTIFACTS = {
  CommunityMoney: { name: 'CommunityMoney', abi: communityMoneyAbi, code: communityMoneyCode },
  CommunityRegistry: { name: 'CommunityRegistry', abi: communityRegistryAbi, code: communityRegistryCode },
  Grid: { name: 'Grid', abi: gridAbi, code: gridCode },
  Pool: { name: 'Pool', abi: poolAbi, code: poolCode },
  MintPerKwh: { name: 'MintPerKwh', abi: mintPerKwhAbi, code: mintPerKwhCode },
  DualToken: { name: 'DualToken', abi: dualTokenAbi, code: dualTokenCode },
  Certificates: { name: 'Certificates', abi: certificatesAbi, code: certificatesCode },
  FlexibilityCall: { name: 'FlexibilityCall', abi: flexibilityCallAbi, code: flexibilityCallCode },
  CallAuction: { name: 'CallAuction', abi: callAuctionAbi, code: callAuctionCode },
  ContinuousBook: { name: 'ContinuousBook', abi: continuousBookAbi, code: continuousBookCode },
  PeerChoice: { name: 'PeerChoice', abi: peerChoiceAbi, code: peerChoiceCode },
  AllowancePool: { name: 'AllowancePool', abi: allowancePoolAbi, code: allowancePoolCode },
} as const satisfies Record<string, ContractArtifact>;
export type CommunityContractName = keyof typeof COMMUNITY_ARTIFACTS;
