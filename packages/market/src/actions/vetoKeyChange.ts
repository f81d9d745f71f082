import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { councilAbi } from '../contracts/generated.js';
import type { KeyChangeName } from './requestKeyChange.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface VetoKeyChangeParameters extends KeyChangeName, TransactionOptions {
  /** The council. */
  readonly councilAddress: Address;
  /** Block time in seconds of the request that is meant (`getKeyChange`). */
  readonly requestedAt: bigint;
}

/**
 * Freezes the power of both keys until the change is decided, once for a change. Members and the recovery key, but for who
 * requested it.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { requestedAt } = await getKeyChange(client, { councilAddress, oldKey, newKey });
 * const hash = await vetoKeyChange(client, { councilAddress, oldKey, newKey, requestedAt });
 */
export async function vetoKeyChange(client: SigningClient, parameters: VetoKeyChangeParameters): Promise<Hash> {
  const { councilAddress, oldKey, newKey, requestedAt, ...options } = parameters;
  const data = encodeFunctionData({
    abi: councilAbi,
    functionName: 'vetoKeyChange',
    args: [oldKey, newKey, requestedAt],
  });
  return sendCall(client, { address: councilAddress, abi: councilAbi, data }, options);
}
