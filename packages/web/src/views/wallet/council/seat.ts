import { councilAbi } from '@wattchain/market';
import type { Address } from 'viem';
import { readContract } from 'viem/actions';
import { client, contracts } from '../../../api/node.js';
import { useLive } from '../../../api/useLive.js';

/** The seat of the council that an account acts for; 0 for none, and while its power is frozen or not known yet. */
export function useSeat(address: Address | undefined): bigint {
  const loaded = useLive(
    async () =>
      address === undefined
        ? 0n
        : readContract(client, {
            address: contracts.councilAddress,
            abi: councilAbi,
            functionName: 'seatOf',
            args: [address],
          }),
    [address],
  );
  return loaded.state === 'loaded' ? loaded.value : 0n;
}
