import { type Log, parseEventLogs, type RpcLog } from 'viem';
import { bankAbi, councilAbi, energyTokenAbi, energyTradeAbi, meterRegistryAbi } from '../contracts/generated.js';

/** Every event of the community's contracts. */
const EVENTS_ABI = [...energyTokenAbi, ...bankAbi, ...energyTradeAbi, ...meterRegistryAbi, ...councilAbi].filter(
  (item) => item.type === 'event',
);

/** Decodes logs of the community's contracts; leaves out what is none of their events. The caller sees to whose logs they are. */
export const decodeMarketEvents = (logs: readonly (Log | RpcLog)[]) =>
  parseEventLogs({ abi: EVENTS_ABI, logs: [...logs], strict: true });

/** An event of one of the community's contracts, decoded. */
export type MarketEvent = ReturnType<typeof decodeMarketEvents>[number];
